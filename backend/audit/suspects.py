"""Finding the entry behind a tree node that the entries no longer lead to."""

from dataclasses import dataclass

from backend.audit import findings, reading
from backend.audit.findings import Finding
from backend.audit.storage import Connection
from crypto import merkle


@dataclass(frozen=True, slots=True)
class Suspect:
    """The first node whose stored hash is not the one computed from the entries; ``stored`` is None where none is."""

    level: int
    index: int
    stored: bytes | None
    left: bytes
    right: bytes

    @property
    def begin(self) -> int:
        """The first entry under the node."""
        return self.index << self.level

    @property
    def end(self) -> int:
        """The entry after the last one under the node."""
        return (self.index + 1) << self.level


def locate(connection: Connection, suspect: Suspect, *, signed: int) -> Finding:
    """The first bad entry under the suspect, given that those below ``signed`` are good.

    Of two entries under one hash either may be the bad one. If the right one still stands somewhere in the log, it was
    moved there: putting it back gives the stored hash and so tells which place it was taken from.
    """
    index = _moved(connection, suspect)
    if index is not None:
        return findings.replaced(index)
    return findings.replaced_between(max(suspect.begin, signed), suspect.end)


def _moved(connection: Connection, suspect: Suspect) -> int | None:
    stored = suspect.stored
    if suspect.level > 1 or stored is None:
        return None
    if merkle.node_hash(suspect.right, suspect.left) == stored:
        return suspect.begin
    for value in reading.leaf_hashes(connection):
        if merkle.node_hash(suspect.left, value) == stored:
            return suspect.begin + 1
        if merkle.node_hash(value, suspect.right) == stored:
            return suspect.begin
    return None
