"""A report before it is sent: begun as a draft with everything to fill in, finished when it fits the schema."""

import json
import uuid
from typing import Any

from backend.incidents.report import MAX_REPORT_BYTES, SCHEMA, MalformedReport, Report, parse_report

# Its presence says that the file is not finished; the schema knows no such member, so that nobody sends a draft.
DRAFT = "draft"
# What makes a report easier to act on; nothing of it is mandatory.
HELPFUL = ("occurred_at", "officer", "where", "facts")
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def new_report() -> dict[str, Any]:
    """A draft of a first report, with the members that most reports have."""
    return {
        DRAFT: True,
        "schema": SCHEMA,
        "title": "",
        "narrative": "",
        "language": None,
        "unit_reference": None,
        "occurred_at": None,
        "officer": {"name": "", "contact": ""},
        "victims": [{"name": "", "contact": ""}],
        "suspects": [{"name": "", "known_as": []}],
        "losses": [],
        "where": [],
        "connections": [],
        "indicators": [],
        "facts": {},
    }


def new_supplement(of: uuid.UUID) -> dict[str, Any]:
    """A draft of what adds to the report that was sent as ``of``."""
    first = {DRAFT: True, "schema": SCHEMA, "kind": "supplement", "of": str(of), "reason": None, "narrative": ""}
    return first | {name: [] for name in ("victims", "suspects", "losses", "where", "connections", "indicators")}


def retraction(of: uuid.UUID, reason: str, *, withdraws: uuid.UUID | None = None) -> dict[str, Any]:
    """A retraction of the report that was sent as ``of``, or of what was sent on it as ``withdraws``; finished."""
    named = {"withdraws": str(withdraws)} if withdraws else {}
    return {"schema": SCHEMA, "kind": "retraction", "of": str(of), **named, "reason": reason}


def finished(draft: bytes) -> tuple[bytes, Report]:
    """The JSON of a finished report, without what the draft left empty, and the same as read.

    Raises MalformedReport with the place that does not fit.
    """
    if len(draft) > MAX_REPORT_BYTES:
        raise MalformedReport(f"The draft has {len(draft)} bytes, at most {MAX_REPORT_BYTES} are read.")
    try:
        found = _filled(json.loads(draft))
    except (ValueError, RecursionError):
        raise MalformedReport("The draft is not JSON in UTF-8.") from None
    if not isinstance(found, dict):
        raise MalformedReport("The draft is not a JSON object.")
    found.pop(DRAFT, None)
    body = json.dumps(found, ensure_ascii=False, indent=2).encode(errors="surrogatepass")
    return body, parse_report(body)


def could_say(report: Report) -> tuple[str, ...]:
    """The members of a first report that are empty and would help whoever acts on it."""
    return tuple(name for name in HELPFUL if report.kind == "report" and not getattr(report, name))


def _filled(value: Any) -> Any:
    """A value without the members and entries in which nothing stands."""
    if isinstance(value, dict):
        return {
            name: kept for name, kept in ((name, _filled(one)) for name, one in value.items()) if kept not in _EMPTY
        }
    if isinstance(value, list):
        return [kept for kept in map(_filled, value) if kept not in _EMPTY]
    return value
