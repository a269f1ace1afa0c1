"""Streams of the stored log for its verification: server-side cursors in one snapshot, in constant memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from backend.audit import findings
from backend.audit.events import PROVED
from backend.audit.findings import Finding
from backend.audit.leaves import COLUMNS, EventRow
from backend.audit.storage import Connection, StoredHead

AT_ONCE = 2000  # rows a round trip


@dataclass(frozen=True, slots=True)
class Entry:
    """A leaf as stored, with the event that it names; ``row`` is None when there is no such event."""

    index: int
    event_id: UUID
    leaf_hash: bytes
    row: EventRow | None


def entries(connection: Connection) -> Iterator[Entry]:
    """All entries of the log in order."""
    query = f"""
        SELECT l.index, l.event_id, l.leaf_hash, e.id, {COLUMNS}
          FROM audit_logleaf l LEFT JOIN audit_auditevent e ON e.id = l.event_id
         ORDER BY l.index
    """  # noqa: S608  (COLUMNS is a constant)
    for index, event_id, leaf_hash, *event in _stream(connection, "entries", query):
        yield Entry(index, event_id, leaf_hash, EventRow(*event) if event[0] is not None else None)


def leaf_hashes(connection: Connection) -> Iterator[bytes]:
    """All stored leaf hashes, in no order."""
    for (value,) in _stream(connection, "leaf_hashes", "SELECT leaf_hash FROM audit_logleaf"):
        yield value


class StoredNodes:
    """The stored tree in the order in which a growing tree completes its nodes."""

    def __init__(self, connection: Connection) -> None:
        query = "SELECT level, index, hash FROM audit_lognode ORDER BY (index + 1) << level, level"
        self._rows = _stream(connection, "nodes", query)
        self._next = next(self._rows, None)

    def take(self, level: int, index: int) -> bytes | None:
        """The hash of the node that is due now; None where another one, or none, is stored in its place."""
        if self._next is None or self._next[:2] != (level, index):
            return None
        value: bytes = self._next[2]
        self._next = next(self._rows, None)
        return value

    def next_size(self) -> int | None:
        """How many entries the next node speaks for; None when all were taken."""
        return None if self._next is None else (self._next[1] + 1) << self._next[0]


class StoredCheckpoints:
    """The stored checkpoints by size."""

    def __init__(self, connection: Connection) -> None:
        query = "SELECT size, root, note FROM audit_checkpoint ORDER BY size"
        self._rows = _stream(connection, "checkpoints", query)
        self._next = next(self._rows, None)

    def at(self, size: int) -> StoredHead | None:
        """The checkpoint of exactly this size, once; None where there is none."""
        if self._next is None or self._next[0] != size:
            return None
        _, root, note = self._next
        self._next = next(self._rows, None)
        return StoredHead(size, root, note.encode())

    def next_size(self) -> int | None:
        """The size of the next checkpoint; None when all were taken."""
        return None if self._next is None else self._next[0]


def find_outside(connection: Connection) -> Finding | None:
    """What is wrong beside the entries: events in neither log nor queue, queue without event, entry without receipt."""
    for query, parameters, finding in _OUTSIDE:
        row = connection.execute(query, parameters).fetchone()
        if row and row[0]:
            return finding(*row)
    return None


def count_waiting(connection: Connection, overdue_since: datetime) -> tuple[int, int]:
    """How many events wait to be logged, and how many of them since before ``overdue_since``."""
    query = "SELECT count(*), count(*) FILTER (WHERE since < %s) FROM audit_pendingevent"
    row = connection.execute(query, (overdue_since,)).fetchone()
    return (row[0], row[1]) if row else (0, 0)


_OUTSIDE: tuple[tuple[LiteralString, tuple[object, ...], Callable[[int, object], Finding]], ...] = (
    (
        """
        SELECT count(*), (array_agg(e.id ORDER BY e.at))[1] FROM audit_auditevent e
         WHERE NOT EXISTS (SELECT 1 FROM audit_logleaf l WHERE l.event_id = e.id)
           AND NOT EXISTS (SELECT 1 FROM audit_pendingevent p WHERE p.event_id = e.id)
        """,
        (),
        findings.past_the_queue,
    ),
    (
        """
        SELECT count(*), (array_agg(p.event_id ORDER BY p.position))[1] FROM audit_pendingevent p
         WHERE NOT EXISTS (SELECT 1 FROM audit_auditevent e WHERE e.id = p.event_id)
        """,
        (),
        findings.removed_while_waiting,
    ),
    (
        """
        SELECT count(*), (array_agg(e.id ORDER BY l.index))[1]
          FROM audit_auditevent e JOIN audit_logleaf l ON l.event_id = e.id
         WHERE e.event = ANY(%s) AND NOT EXISTS (SELECT 1 FROM audit_receipt r WHERE r.event_id = e.id)
        """,
        ([event.value for event in PROVED],),
        findings.without_receipt,
    ),
)


def _stream(connection: Connection, name: str, query: Any) -> Iterator[tuple[Any, ...]]:
    with connection.cursor(name=f"audit_{name}") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(query)
        yield from cursor
