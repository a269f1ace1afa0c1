"""Reading the stored tree's head and writing what a batch adds. SQL only; the rules are in sequencer.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from backend.audit.leaves import COLUMNS, EventRow

Connection = psycopg.Connection[tuple[Any, ...]]
NodeKey = tuple[int, int]


@dataclass(frozen=True, slots=True)
class StoredHead:
    """The newest checkpoint as stored: not yet believed."""

    size: int
    root: bytes
    note: bytes


def read_head(connection: Connection) -> StoredHead | None:
    """The newest checkpoint; None in an empty log."""
    row = connection.execute("SELECT size, root, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1").fetchone()
    return StoredHead(row[0], row[1], row[2].encode()) if row else None


def read_nodes(connection: Connection, keys: Iterable[NodeKey]) -> dict[NodeKey, bytes]:
    """The stored hashes of these (level, index); level 0 is the leaves. Absent ones are left out."""
    wanted = list(keys)
    leaves = [index for level, index in wanted if level == 0]
    levels = [level for level, _ in wanted if level > 0]
    indexes = [index for level, index in wanted if level > 0]
    rows = connection.execute(
        """
        SELECT 0, index, leaf_hash FROM audit_logleaf WHERE index = ANY(%s::bigint[])
        UNION ALL
        SELECT n.level, n.index, n.hash
          FROM unnest(%s::smallint[], %s::bigint[]) AS w(level, index)
          JOIN audit_lognode n ON n.level = w.level AND n.index = w.index
        """,
        (leaves, levels, indexes),
    )
    return {(level, index): value for level, index, value in rows}


def read_pending(connection: Connection, limit: int) -> list[tuple[int, EventRow]]:
    """Up to ``limit`` events that the log lacks, with their place in the queue, in its order."""
    # The inner LIMIT is not flattened away: the queue's index gives the order, the events come by primary key.
    rows = connection.execute(
        f"""
        SELECT p.position, e.id, {COLUMNS}
          FROM (SELECT position, event_id FROM audit_pendingevent ORDER BY position LIMIT %s) p
          JOIN audit_auditevent e ON e.id = p.event_id
         ORDER BY p.position
        """,  # noqa: S608  (COLUMNS is a constant)
        (limit,),
    )
    return [(row[0], EventRow(*row[1:])) for row in rows]


def write_leaves(connection: Connection, first: int, events: Sequence[UUID], hashes: Sequence[bytes]) -> None:
    """Append leaves from index ``first``. Raises psycopg.errors.UniqueViolation where the log already has one."""
    connection.execute(
        """
        INSERT INTO audit_logleaf (index, event_id, leaf_hash)
        SELECT %s + n - 1, event, hash FROM unnest(%s::uuid[], %s::bytea[]) WITH ORDINALITY AS u(event, hash, n)
        """,
        (first, list(events), list(hashes)),
    )


def write_nodes(connection: Connection, nodes: Sequence[tuple[int, int, bytes]]) -> None:
    """Append complete subtrees (level, index, hash) of level 1 and above."""
    connection.execute(
        """
        INSERT INTO audit_lognode (level, index, hash)
        SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])
        """,
        ([n[0] for n in nodes], [n[1] for n in nodes], [n[2] for n in nodes]),
    )


def write_checkpoint(connection: Connection, size: int, root: bytes, note: bytes, at: datetime) -> None:
    """Append a signed checkpoint."""
    connection.execute(
        "INSERT INTO audit_checkpoint (size, root, note, at) VALUES (%s, %s, %s, %s)", (size, root, note.decode(), at)
    )


def write_receipts(connection: Connection, receipts: Sequence[tuple[UUID, bytes]]) -> None:
    """Append receipts (event, log proof)."""
    connection.execute(
        "INSERT INTO audit_receipt (event_id, proof) SELECT * FROM unnest(%s::uuid[], %s::text[])",
        ([event for event, _ in receipts], [proof.decode() for _, proof in receipts]),
    )


def leave_queue(connection: Connection, positions: Sequence[int]) -> None:
    """Take integrated events out of the queue."""
    connection.execute("DELETE FROM audit_pendingevent WHERE position = ANY(%s::bigint[])", (list(positions),))
