"""Recomputes the whole log from the event rows and compares it with everything that was stored and signed.

One pass, in constant memory: the entries come in order by a server-side cursor, with the stored tree nodes and the
checkpoints beside them. Up to each checkpoint whose root the entries lead to, everything is as it was signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from backend.audit import findings, reading
from backend.audit.findings import Finding
from backend.audit.leaves import leaf_bytes
from backend.audit.reading import Entry
from backend.audit.storage import Connection, StoredHead
from backend.audit.suspects import Suspect, locate
from backend.audit.trust import TrustedLog
from crypto import merkle, notes
from crypto.errors import CryptoError

OVERDUE = timedelta(minutes=1)


@dataclass(frozen=True)
class LogReport:
    """What was counted and found. ``finding`` is the first thing wrong; None when the log is as it was signed."""

    entries: int
    checkpoints: int
    waiting: int
    overdue: int
    newest: StoredHead | None
    finding: Finding | None


def verify_log(
    connection: Connection, *, trusted: TrustedLog, exported: Sequence[notes.Checkpoint], at: datetime
) -> LogReport:
    """Verify the log on a connection of its own, in one read-only snapshot, against its checkpoints and exported ones.

    ``exported`` are checkpoints of this log, verified, that were kept elsewhere: only they show that a whole log was
    rebuilt by someone who holds its key.
    """
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    with connection.transaction():
        walk = _Walk(connection, trusted, exported)
        finding = walk.run() or reading.find_outside(connection)
        waiting, overdue = reading.count_waiting(connection, at - OVERDUE)
        return LogReport(walk.size, walk.checkpoints, waiting, overdue, walk.newest, finding)


class _Walk:
    def __init__(self, connection: Connection, trusted: TrustedLog, exported: Sequence[notes.Checkpoint]) -> None:
        self._connection = connection
        self._trusted = trusted
        # The empty log is the beginning of every log: there is nothing to compare.
        self._exported = sorted((c for c in exported if c.size), key=lambda checkpoint: checkpoint.size)
        self._nodes = reading.StoredNodes(connection)
        self._stored = reading.StoredCheckpoints(connection)
        self._frontier: dict[tuple[int, int], bytes] = {}
        self._suspect: Suspect | None = None
        self._lasting: Finding | None = None  # wrong, but no reason to stop: later entries may be worse
        self._signed = 0  # entries that a good checkpoint covers
        self._vouched = 0  # entries that a good exported checkpoint covers
        self.size = 0
        self.checkpoints = 0
        self.newest: StoredHead | None = None

    def run(self) -> Finding | None:
        """The first finding, or None."""
        for entry in reading.entries(self._connection):
            found = self._entry(entry) or self._checkpoints_here()
            if found:
                return found
        return self._end() or self._lasting

    def _entry(self, entry: Entry) -> Finding | None:
        if entry.index != self.size:
            return self._located(findings.missing(self.size, entry.index))
        if entry.row is None:
            return self._located(findings.removed(entry.index, entry.event_id))
        if merkle.leaf_hash(leaf_bytes(entry.row)) != entry.leaf_hash:
            return self._located(findings.changed(entry.index, entry.event_id))
        self._grow(entry.leaf_hash)
        return None

    def _grow(self, leaf_hash: bytes) -> None:
        added = merkle.complete_nodes(self.size, [leaf_hash], lambda level, index: self._frontier[level, index])
        self.size += 1
        for level, index, value in added:
            self._frontier[level, index] = value
            if level:
                children = [self._frontier.pop((level - 1, 2 * index + side)) for side in (0, 1)]
                if self._suspect is None and self._lasting is None:
                    self._compare_node(level, index, value, children)

    def _compare_node(self, level: int, index: int, value: bytes, children: list[bytes]) -> None:
        stored = self._nodes.take(level, index)
        if stored != value:
            self._suspect = Suspect(level, index, stored, children[0], children[1])

    def _checkpoints_here(self) -> Finding | None:
        while (head := self._stored.at(self.size)) is not None:
            if found := self._checkpoint(head):
                return found
        while self._exported and self._exported[0].size == self.size:
            if self._exported.pop(0).root != self._root():
                return findings.rebuilt(self._vouched, self.size)
            self._vouched = self.size
        return None

    def _checkpoint(self, head: StoredHead) -> Finding | None:
        self.checkpoints += 1
        self.newest = head
        try:
            signed = notes.verify_checkpoint(head.note, origin=self._trusted.origin, key=self._trusted.key)
        except CryptoError:
            return findings.forged(head.size, self._signed)
        if (signed.size, signed.root) != (head.size, head.root):
            return findings.forged(head.size, self._signed)
        if head.root != self._root():
            return self._located(findings.replaced_between(self._signed, head.size))
        if self._suspect is not None:
            # The signed root says that the entries are right, so it is the stored node that is not.
            self._lasting = findings.wrong_node(self._suspect.level, self._suspect.index)
            self._suspect = None
        self._signed = head.size
        return None

    def _root(self) -> bytes:
        return merkle.root_of(self.size, lambda level, index: self._frontier[level, index])

    def _located(self, found: Finding) -> Finding:
        """``found``, or an entry before it where a stored node no longer agrees with the entries."""
        if self._suspect is None:
            return found
        return locate(self._connection, self._suspect, signed=self._signed)

    def _end(self) -> Finding | None:
        beyond = [size for size in (self._stored.next_size(), *(c.size for c in self._exported)) if size is not None]
        if beyond:
            return self._located(findings.truncated(self.size, max(beyond)))
        if self._signed < self.size:
            return self._located(findings.unsigned(self._signed, self.size))
        if self._lasting is None and (extra := self._nodes.next_size()) is not None:
            return findings.cut_off(self.size, extra)
        return None
