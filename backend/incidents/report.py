"""The report as an officer's device seals it: parsed once, at the rim, into frozen types (schema: docs/report.md).

A first report says what happened; a supplement adds to it and a retraction withdraws it, or a supplement of it. Each is
sealed on its own and nothing earlier is overwritten.
"""

import uuid
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from backend.conventions.catalogue import Catalogue, shipped
from backend.incidents.blocks import (
    Answer,
    Block,
    Connection,
    DeclaredIndicator,
    EvidenceEntry,
    Instant,
    Line,
    Loss,
    Party,
    Person,
)
from backend.incidents.places import Where

SCHEMA = "comity/report/v1"
MAX_REPORT_BYTES = 1024 * 1024
# What a calendar, a database and a page can all show; nothing that is reported lies outside.
FIRST_YEAR, LAST_YEAR = 1971, 2199
# The members by which a report says something; a retraction has none of them, a supplement at least one.
CONTENT: tuple[str, ...] = (
    *("title", "narrative", "occurred_at", "occurred_until", "noticed_at", "unit_reference", "officer", "victims"),
    *("suspects", "losses", "where", "connections", "indicators", "offences", "facts", "evidence"),
)

__all__ = ["EvidenceEntry", "MalformedReport", "Person", "Report", "parse_report", "place_of", "read_again"]


class MalformedReport(Exception):
    """The opened report does not fit the schema; the sentence names the place, never the content."""


class Report(Block, frozen=True):
    """What the unit reports. Of a first report `title` and `narrative` are mandatory (see `parse_report`)."""

    schema: Literal["comity/report/v1"]
    kind: Literal["report", "supplement", "retraction"] = "report"
    of: uuid.UUID | None = None
    withdraws: uuid.UUID | None = None
    reason: Annotated[str, Meta(min_length=1, max_length=2000)] | None = None
    title: Annotated[str, Meta(max_length=300)] = ""
    narrative: Annotated[str, Meta(max_length=100_000)] = ""
    language: Literal["en", "es", "fr", "nl"] | None = None
    unit_reference: Line | None = None
    occurred_at: Instant | None = None
    occurred_until: Instant | None = None
    noticed_at: Instant | None = None
    officer: Person | None = None
    victims: Annotated[list[Party], Meta(max_length=500)] = []
    suspects: Annotated[list[Party], Meta(max_length=500)] = []
    losses: Annotated[list[Loss], Meta(max_length=500)] = []
    where: Annotated[list[Where], Meta(max_length=500)] = []
    connections: Annotated[list[Connection], Meta(max_length=5000)] = []
    indicators: Annotated[list[DeclaredIndicator], Meta(max_length=5000)] = []
    offences: Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=50)] = []
    facts: Annotated[dict[Annotated[str, Meta(max_length=60)], Answer], Meta(max_length=200)] = {}
    evidence: Annotated[list[EvidenceEntry], Meta(max_length=1000)] = []


def place_of(wrong: msgspec.ValidationError) -> str:
    """The path of the defect. msgspec's own message may repeat what was found, so nothing else of it goes on."""
    _, found, path = str(wrong).rpartition(" - at `")
    return path.rstrip("`") if found else "$"


def parse_report(body: bytes, *, law: Catalogue | None = None) -> Report:
    """The report in ``body`` (JSON, UTF-8, at most 1 MiB, white space around it); raises MalformedReport.

    Terms of closed vocabularies have to be those of the law data.
    """
    report = _decoded(body)
    _check_kind(report)
    for place in _outside(report, law or shipped()):
        raise MalformedReport(f"The report does not fit the schema at {place}: it is no term of the law data.")
    for place in _untimely(report):
        raise MalformedReport(f"The report does not fit the schema at {place}: the time cannot be.")
    for number, connection in enumerate(report.connections):
        if not _is_address(connection.ip):
            raise MalformedReport(f"The report does not fit the schema at $.connections[{number}].ip.")
    if len({entry.id for entry in report.evidence}) != len(report.evidence):
        raise MalformedReport("The report names an evidence file twice.")
    return report


def read_again(body: bytes) -> Report:
    """A report that was in order when it arrived, whatever the vocabularies have become; raises MalformedReport."""
    return _decoded(body)


def _decoded(body: bytes) -> Report:
    if len(body) > MAX_REPORT_BYTES:
        raise MalformedReport(f"The report has {len(body)} bytes, at most {MAX_REPORT_BYTES} are read.")
    try:
        return msgspec.json.decode(body, type=Report, strict=True)
    except RecursionError as deep:
        raise MalformedReport("The report is nested too deeply.") from deep
    except msgspec.ValidationError as wrong:
        why = "a time without a zone" if "timezone component" in str(wrong) else "see docs/report.md"
        raise MalformedReport(f"The report does not fit the schema at {place_of(wrong)}: {why}.") from None
    except msgspec.DecodeError as wrong:
        raise MalformedReport("The report is not JSON.") from wrong


def _check_kind(report: Report) -> None:
    if report.kind == "report":
        missing = [name for name in ("title", "narrative") if not getattr(report, name).strip()]
        surplus = [name for name in ("of", "withdraws") if getattr(report, name)]
    else:
        missing, surplus = _of_later(report)
    if missing:
        raise MalformedReport(f"The {report.kind} does not fit the schema: `{missing[0]}` is missing.")
    if surplus:
        raise MalformedReport(f"The {report.kind} does not fit the schema: it has no `{surplus[0]}`.")


def _of_later(report: Report) -> tuple[list[str], list[str]]:
    """What a supplement or retraction lacks, and what it should not have."""
    says = [name for name in CONTENT if getattr(report, name)]
    missing = ["of"] if report.of is None else []
    if report.kind == "retraction":
        return missing + ([] if report.reason and report.reason.strip() else ["reason"]), says
    if not says:
        raise MalformedReport("The supplement adds nothing: say what it adds to the report.")
    return missing, ["withdraws"] if report.withdraws else []


def _outside(report: Report, law: Catalogue) -> Iterator[str]:
    """The places whose term is in no list of the data."""
    terms = law.report_terms
    for name in ("where", "victims", "suspects"):
        for number, block in enumerate(getattr(report, name)):
            if block.state is not None and block.state not in terms.states:
                yield f"$.{name}[{number}].state"
            if getattr(block, "chain", None) is not None and block.chain not in terms.chains:
                yield f"$.{name}[{number}].chain"
    yield from (
        f"$.losses[{n}].currency" for n, loss in enumerate(report.losses) if loss.currency not in terms.currencies
    )
    yield from (
        f"$.connections[{n}].event" for n, one in enumerate(report.connections) if one.event not in terms.events
    )
    yield from (
        f"$.indicators[{n}].type" for n, one in enumerate(report.indicators) if one.type not in terms.indicators
    )
    yield from (f"$.offences[{n}]" for n, code in enumerate(report.offences) if code not in law.offences)
    # Not by its name: what stands there may be something that a person wrote.
    yield from ("$.facts[...]" for fact in report.facts if fact not in law.facts)


def _untimely(report: Report) -> Iterator[str]:
    """The places whose time lies outside every calendar, or before what it should follow."""
    times = [(f"$.{name}", getattr(report, name)) for name in ("occurred_at", "occurred_until", "noticed_at")]
    for name in ("losses", "connections", "indicators"):
        times += [(f"$.{name}[{number}].at", block.at) for number, block in enumerate(getattr(report, name))]
    times += [(f"$.connections[{number}].until", block.until) for number, block in enumerate(report.connections)]
    yield from (place for place, at in times if at is not None and not FIRST_YEAR <= at.year <= LAST_YEAR)
    spans = [("$.occurred_until", report.occurred_at, report.occurred_until)]
    spans += [(f"$.connections[{number}].until", one.at, one.until) for number, one in enumerate(report.connections)]
    yield from (place for place, start, end in spans if start is not None and end is not None and end < start)


def _is_address(text: str) -> bool:
    try:
        return "%" not in text and bool(ip_address(text))
    except ValueError:
        return False
