"""Rows that nobody has verified, that are doubtful, or that are older than a year, by State and instrument."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import msgspec

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import OpenRow

_NAMES = ("title", "instrument", "ref", "power", "needs", "citation", "field", "ground", "capability", "id")
_A_YEAR = timedelta(days=365)


def open_rows(catalogue: Catalogue, on: date) -> Iterator[OpenRow]:
    """Every row that is `verified: false` or doubtful, an invitation that has expired, data older than a year."""
    for instrument in catalogue.instruments():
        yield from _unverified(instrument.id, instrument)
    for state in catalogue.states():
        yield from _unverified(state.code, state)
        yield from _dated(state.code, state.as_of, on)
        for index, row in enumerate(state.treaties):
            if row.expires is not None and row.expires < on:
                yield OpenRow(state.code, f"treaties[{index}]", row.instrument, f"expired {row.expires.isoformat()}")
    for national in catalogue.state_elements.offences:
        if not national.verified:
            yield OpenRow(national.state, "state-elements.yaml", f"{national.ref} {national.offence}", national.basis)
    yield from _dated("measures", catalogue.measure_tree.as_of, on)
    yield from _dated("facts", catalogue.questions.as_of, on)
    yield from _dated("cyberlaw-areas", catalogue.cyberlaw_areas.as_of, on)


def _dated(owner: str, as_of: date, on: date) -> Iterator[OpenRow]:
    if on - as_of > _A_YEAR:
        yield OpenRow(owner, "as_of", as_of.isoformat(), "older than a year")


def _unverified(owner: str, row: msgspec.Struct) -> Iterator[OpenRow]:
    for path, found in _rows("", row):
        if getattr(found, "doubtful", False):
            yield OpenRow(owner, path, _name(found), "doubtful")
        elif getattr(found, "verified", None) is False:
            yield OpenRow(owner, path, _name(found), "unverified")


def _rows(path: str, value: Any) -> Iterator[tuple[str, msgspec.Struct]]:
    if isinstance(value, msgspec.Struct):
        if path:
            yield path, value
        for name in value.__struct_fields__:
            yield from _rows(f"{path}.{name}" if path else name, getattr(value, name))
    elif isinstance(value, tuple):
        yield from _each(path, enumerate(value))
    elif isinstance(value, dict):
        yield from _each(path, value.items())


def _each(path: str, items: Iterable[tuple[Any, Any]]) -> Iterator[tuple[str, msgspec.Struct]]:
    for key, value in items:
        yield from _rows(f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}", value)


def _name(row: msgspec.Struct) -> str:
    values = (getattr(row, name, None) for name in _NAMES)
    return next((str(value) for value in values if value), "")
