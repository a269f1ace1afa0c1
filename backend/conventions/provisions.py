"""Provisions: what the data say under one reference of a source, and a digest by which a later wording is another.

A reference is what a letter cites, such as an article of an instrument or a section of a State's law; several rows
may stand under it. A person who confirms it has compared all of them with the source.
"""

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from backend.conventions.catalogue import Catalogue
from backend.conventions.schema.instruments import Instrument
from backend.conventions.schema.states import State

# How sure the data are, where it was seen and on which days it holds change nothing of what a row says.
_FLAGS = frozenset(
    {
        "verified",
        "confidence",
        "number_verified",
        "in_force_verified",
        "penalty_verified",
        "source",
        "penalty_source",
        "last_tested",
        "status_as_of",
        "valid_from",
        "valid_until",
    }
)
_KEPT = 512


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A row of the data under a reference: in which list of the file, and what it says, key by key."""

    part: str
    verified: bool
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Provision:
    """All rows under one reference. `digest`: 64 hex digits over source, reference and what the rows say.

    `verified`: every row is; `doubtful`: there is a reason to think that a row is wrong.
    """

    source: str
    ref: str
    digest: str
    verified: bool
    doubtful: bool
    rows: tuple[ToldRow, ...]


def provisions_of(catalogue: Catalogue, source: str) -> Mapping[str, Provision]:
    """The provisions of an instrument or State by their reference, in the order of the file. Raises UnknownName.

    A catalogue as of a day gives those of that day.
    """
    return _provisions(catalogue, source)


def sources(catalogue: Catalogue) -> tuple[str, ...]:
    """Every State and instrument that has provisions: States first."""
    return (*catalogue.state_codes, *catalogue.instrument_ids)


@functools.lru_cache(maxsize=_KEPT)
def _provisions(catalogue: Catalogue, source: str) -> dict[str, Provision]:
    state = source in catalogue.state_codes
    cited = _of_state(catalogue.state(source)) if state else _of_instrument(catalogue.instrument(source))
    under: dict[str, list[tuple[str, msgspec.Struct]]] = {}
    for ref, part, row in cited:
        if ref is not None and (part, row) not in under.setdefault(ref, []):
            under[ref].append((part, row))
    return {ref: _provision(source, ref, rows) for ref, rows in under.items()}


def _provision(source: str, ref: str, rows: list[tuple[str, msgspec.Struct]]) -> Provision:
    told = [(part, row, _content(row)) for part, row in rows]
    # In an order of their own: rows that change places in the file say the same.
    whole = [source, ref, sorted(json.dumps([part, content], sort_keys=True) for part, _, content in told)]
    return Provision(
        source=source,
        ref=ref,
        digest=hashlib.sha256(json.dumps(whole).encode()).hexdigest(),
        verified=all(getattr(row, "verified", False) for _, row, _ in told),
        doubtful=any(getattr(row, "doubtful", False) for _, row, _ in told),
        rows=tuple(
            ToldRow(part, bool(getattr(row, "verified", False)), tuple(_lines("", content)))
            for part, row, content in told
        ),
    )


def _content(row: msgspec.Struct) -> dict[str, Any]:
    content: dict[str, Any] = msgspec.to_builtins(row)
    return {name: value for name, value in content.items() if name not in _FLAGS and value not in (None, [], {}, False)}


def _lines(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, content in value.items():
            yield from _lines(f"{path}.{name}" if path else str(name), content)
    elif isinstance(value, list | tuple) and any(isinstance(one, dict) for one in value):
        for one in value:
            yield from _lines(path, one)
    elif isinstance(value, list | tuple):
        yield path, ", ".join(map(str, value))
    elif value is not None:
        yield path, str(value)


def _of_instrument(instrument: Instrument) -> Iterator[tuple[str | None, str, msgspec.Struct]]:
    for article in instrument.offences:
        yield article.ref, "offences", article
    for row in instrument.cooperation:
        # An article that limits a measure, or has its rule on dual criminality, is cited by itself.
        for ref in dict.fromkeys((row.ref, row.dual_criminality.ref, *row.limits_ref.values())):
            yield ref, "cooperation", row
    for content in instrument.request_contents:
        yield content.ref, "request_contents", content
    for ground in instrument.refusal_grounds:
        yield ground.ref, "refusal_grounds", ground
    for name, rule in instrument.rules.items():
        yield rule.ref, f"rules.{name}", rule


def _of_state(state: State) -> Iterator[tuple[str | None, str, msgspec.Struct]]:
    for row in state.treaties:
        yield row.instrument, "treaties", row
    for treaty in state.bilateral:
        yield treaty.instrument or treaty.ref, "bilateral", treaty
    for authority in state.authorities:
        yield authority.basis, "authorities", authority
    for gate in state.gates or ():
        yield gate.ref, "gates", gate
    for power in state.domestic_powers or ():
        yield power.ref, "domestic_powers", power
    for offence in state.cybercrime_statute.offences:
        yield offence.ref, "cybercrime_statute.offences", offence
    statute = state.mla_statute
    if statute.title:
        yield f"{statute.title} ({statute.citation})" if statute.citation else statute.title, "mla_statute", statute
        if statute.request_form:
            yield f"{statute.title}, {statute.request_form.ref}", "mla_statute.request_form", statute.request_form
    for law in state.provider_law:
        yield law.ref, "provider_law", law
