"""The node's tables as they stand, read in one snapshot by plain SQL."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

SUBMISSIONS = """
SELECT id::text, sender, submission_id::text, kind, encode(digest, 'hex'), size, encode(sha256(sealed), 'hex'),
       stored_as, stage, quarantine_reason FROM intake_submission
"""
INCIDENTS = """
SELECT i.id::text, i.submission_id::text, i.reference, d.public_key, d.fingerprint, k.id::text, k.wrapped,
       i.title_ct, i.report_ct, i.statement_ct
  FROM incidents_incident i JOIN vault_datakey k ON k.id = i.data_key_id JOIN units_device d ON d.id = i.device_id
"""
ITEMS = """
SELECT e.id::text, e.submission_id::text, e.sender, e.evidence_id::text, e.stage, e.payload_sha256, e.stored_as,
       f.file_key_ct, k.id::text, k.wrapped, (SELECT count(*) FROM incidents_custodyevent c
                                               WHERE c.item_id = e.id AND c.act = 'received')
  FROM incidents_evidenceitem e JOIN vault_datakey k ON k.id = e.data_key_id
  LEFT JOIN incidents_evidencekey f ON f.item_id = e.id WHERE e.incident_id IS NOT NULL
"""
Connection = psycopg.Connection[tuple[Any, ...]]
Leaf = tuple[int, bytes, dict[str, Any] | None]
EVENTS = "SELECT event, subject_id, count(*) FROM audit_auditevent GROUP BY event, subject_id"
LEAVES = """
SELECT l.index, l.leaf_hash, e.id::text, e.event, e.subject_kind, e.subject_id, e.acting_role, e.acting_id,
       to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.detail
  FROM audit_logleaf l LEFT JOIN audit_auditevent e ON e.id = l.event_id ORDER BY l.index
"""


@dataclass(frozen=True)
class Submission:
    """A row of the intake."""

    id: str
    sender: str
    submission: str
    kind: str
    sha256: str
    size: int
    sealed_sha256: str | None
    stored_as: str | None
    stage: str
    reason: str


@dataclass(frozen=True)
class Incident:
    """An incident with the wrapped key of its columns and the device that it is put down to."""

    id: str
    submission: str
    reference: str
    device_key: str
    device: str
    data_key: str
    wrapped: bytes | None
    title_ct: bytes
    report_ct: bytes
    statement_ct: bytes


@dataclass(frozen=True)
class Item:
    """An evidence item of a report."""

    id: str
    submission: str | None
    sender: str
    evidence: str
    stage: str
    payload_sha256: str
    stored_as: str
    file_key_ct: bytes | None
    data_key: str
    wrapped: bytes | None
    times_received: int


@dataclass
class Rows:
    """One snapshot of what matters."""

    submissions: list[Submission]
    incidents: list[Incident]
    items: list[Item]
    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    waiting: int = 0
    unlogged: int = 0


@contextmanager
def snapshot(conninfo: str) -> Iterator[Connection]:
    """A connection that reads one state of the database and can change nothing."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield connection


def read_rows(connection: Connection) -> Rows:
    """Submissions, incidents, evidence items and how often each event was recorded of each subject."""
    rows = Rows(
        [Submission(*row) for row in connection.execute(SUBMISSIONS)],
        [Incident(*row) for row in connection.execute(INCIDENTS)],
        [Item(*row) for row in connection.execute(ITEMS)],
    )
    rows.events.update({(event, subject): count for event, subject, count in connection.execute(EVENTS)})
    (rows.waiting,) = connection.execute("SELECT count(*) FROM audit_pendingevent").fetchone() or (0,)
    (rows.unlogged,) = connection.execute(
        "SELECT count(*) FROM audit_auditevent e"
        " WHERE NOT EXISTS (SELECT 1 FROM audit_logleaf l WHERE l.event_id = e.id)"
    ).fetchone() or (0,)
    return rows


def read_leaves(
    connection: Connection,
) -> Iterator[Leaf]:
    """Each leaf of the log: its index, the stored hash, the event as section 13 writes it (None where it is gone)."""
    for index, stored, id_, event, kind, subject, role, actor, at, detail in connection.execute(LEAVES):
        written = {
            "acting": {"id": actor, "role": role},
            "at": at,
            "detail": detail,
            "event": event,
            "id": id_,
            "subject": {"id": subject, "kind": kind},
        }
        yield index, bytes(stored), None if id_ is None else written
