"""Gives committed events their place in the log, and signs what came of it.

What the log lacks is found by absence, not by reading past a high-water mark: a transaction that commits late has
lower ids and times than what is already integrated, and a mark would pass it by. Absence is kept as a table of its
own, ``audit_pendingevent``: a trigger adds a row in the transaction of the event, so that a late commit brings its
entry with it whenever it comes, and the batch that integrates an event removes the entry in the same transaction.
This equals the anti-join of events against leaves, but costs only the backlog and not the whole history (EXPLAIN on
200,000 events: docs/decisions/log-queue.md). The position in the queue orders a batch; it excludes nothing. An event
that was written past the trigger stands in neither table: ``comity audit verify`` looks for those with the full
anti-join.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from backend.audit import storage
from backend.audit.errors import LogDamaged
from backend.audit.events import PROVED
from backend.audit.leaves import EventRow, leaf_bytes
from backend.audit.storage import Connection, NodeKey
from crypto import merkle, notes
from crypto.errors import CryptoError
from crypto.signer import Signer

BATCH = 1000
# Two notaries would sign two histories. Any constant will do; "comity" in ASCII.
LOCK = int.from_bytes(b"comity", "big")


@dataclass(frozen=True, slots=True)
class Batch:
    """What one call of integrate() did."""

    events: int
    receipts: int
    size: int


class Sequencer:
    """The only writer of the log. One per process, on a connection that holds the log's lock."""

    def __init__(self, *, origin: str, signer: Signer) -> None:
        self._origin = origin
        self._signer = signer
        self._signed_size = 0

    def take_lock(self, connection: Connection) -> bool:
        """Whether this session is now the only notary; the database frees the lock when the session ends."""
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
        return bool(row and row[0])

    def integrate(self, connection: Connection, *, at: datetime, limit: int = BATCH) -> Batch:
        """Append up to ``limit`` waiting events under one new checkpoint, in one transaction, with their receipts.

        Raises LogDamaged, and signs nothing, when the stored log is not the one that was signed last.
        """
        try:
            with connection.transaction():
                batch = self._integrate(connection, at, limit)
        except psycopg.errors.UniqueViolation as error:
            raise LogDamaged(
                "The log already holds an entry beyond its newest checkpoint or an event twice; expected neither: "
                "run `comity audit verify` before the notary starts again."
            ) from error
        self._signed_size = batch.size
        return batch

    def _integrate(self, connection: Connection, at: datetime, limit: int) -> Batch:
        pending = storage.read_pending(connection, limit)
        if not pending:
            return Batch(events=0, receipts=0, size=self._signed_size)
        size, nodes = self._believed_head(connection)
        leaves = [leaf_bytes(row) for _, row in pending]
        hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
        added = merkle.complete_nodes(size, hashes, lambda level, index: nodes[level, index])
        nodes.update({(level, index): value for level, index, value in added})
        new_size = size + len(leaves)
        root = merkle.root_of(new_size, lambda level, index: nodes[level, index])
        text = notes.Checkpoint(origin=self._origin, size=new_size, root=root).text()
        note = notes.sign_note(text, self._origin, self._signer)
        rows = [row for _, row in pending]
        receipts = _receipts(rows, leaves, size, nodes, note)
        storage.write_leaves(connection, size, [row.id for row in rows], hashes)
        storage.write_nodes(connection, [node for node in added if node[0] > 0])
        storage.write_checkpoint(connection, new_size, root, note, at)
        storage.write_receipts(connection, receipts)
        storage.leave_queue(connection, [position for position, _ in pending])
        return Batch(events=len(rows), receipts=len(receipts), size=new_size)

    def _believed_head(self, connection: Connection) -> tuple[int, dict[NodeKey, bytes]]:
        """The log's size and the nodes that new leaves grow from, checked against our own signature over them."""
        head = storage.read_head(connection)
        if head is None:
            size, nodes = 0, dict[NodeKey, bytes]()
        else:
            size = head.size
            nodes = storage.read_nodes(connection, frontier(size))
            self._check_head(head, nodes)
        if size < self._signed_size:
            raise LogDamaged(
                f"The log has {size} entries, but {self._signed_size} were signed since this notary started; "
                "expected no fewer: run `comity audit verify` with an exported checkpoint before it starts again."
            )
        return size, nodes

    def _check_head(self, head: storage.StoredHead, nodes: dict[NodeKey, bytes]) -> None:
        try:
            signed = notes.verify_checkpoint(head.note, origin=self._origin, key=self._signer.verifying_key)
            root = merkle.root_of(head.size, lambda level, index: nodes[level, index])
        except (CryptoError, KeyError) as error:
            raise _not_ours(head.size) from error
        if not (signed.size == head.size and signed.root == head.root == root):
            raise _not_ours(head.size)


def frontier(size: int) -> list[NodeKey]:
    """The (level, index) of the complete subtrees that cover the first ``size`` leaves, largest first.

    They are all of the old tree that new leaves, their proofs and the new root are computed from (RFC 9162, 2.1).
    """
    found: list[NodeKey] = []
    begin = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append((level, begin >> level))
            begin += 1 << level
    return found


def _receipts(
    rows: list[EventRow], leaves: list[bytes], first: int, nodes: dict[NodeKey, bytes], note: bytes
) -> list[tuple[UUID, bytes]]:
    size = first + len(rows)
    found = []
    for index, (row, leaf) in enumerate(zip(rows, leaves, strict=True), start=first):
        if row.event in PROVED:
            path = merkle.inclusion_path(index, size, lambda level, i: nodes[level, i])
            found.append((row.id, notes.format_proof(leaf, index, path, note)))
    return found


def _not_ours(size: int) -> LogDamaged:
    return LogDamaged(
        f"The newest checkpoint, of {size} entries, is not this notary's or not over the stored tree; expected the one "
        "that it signed last: run `comity audit verify` before it starts again."
    )
