"""From an event's row to the bytes that the log commits to."""

import json
from dataclasses import dataclass
from uuid import UUID

from crypto.canonical import canonical_json

PREFIX = b"comity/audit-event/v1\n"

# The server writes the time, so that notary and verifier format it alike without a parser in between;
# six digits of a second are all that a timestamptz has.
COLUMNS = """
    event, subject_kind, subject_id, acting_role, acting_id,
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), detail::text
"""


@dataclass(frozen=True, slots=True)
class EventRow:
    """The columns of ``COLUMNS``, and the id."""

    id: UUID
    event: str
    subject_kind: str
    subject_id: str
    acting_role: str
    acting_id: str
    at: str
    detail: str


def leaf_bytes(row: EventRow) -> bytes:
    """The bytes under a leaf's hash: a type line, then the event as canonical JSON (SPEC.md, "The log")."""
    return PREFIX + canonical_json(
        {
            "acting": {"id": row.acting_id, "role": row.acting_role},
            "at": row.at,
            "detail": json.loads(row.detail),
            "event": row.event,
            "id": str(row.id),
            "subject": {"id": row.subject_id, "kind": row.subject_kind},
        }
    )
