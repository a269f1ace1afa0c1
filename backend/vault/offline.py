"""Keys that the caller of a command names in a file: no Django, no database, none of the node's own keys."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from crypto.errors import MalformedKey
from crypto.keyholder import opening
from crypto.keyholder.identities import parse_identity
from crypto.sealing import Digests


@dataclass(frozen=True)
class FileOpener:
    """Opens what is sealed to any of the given age identities, which it does not show."""

    identities: tuple[str, ...] = field(repr=False)

    def open_bytes(self, sealed: bytes) -> bytes:
        """The plaintext; raises CannotOpen."""
        return opening.open_sealed(sealed, self.identities)

    def open_stream(self, source: BinaryIO, out: BinaryIO) -> Digests:
        """Open `source` into `out`, which must not be used unless this returned; raises CannotOpen."""
        return opening.open_stream(source, out, self.identities)


def opener_from(identity_files: Sequence[bytes]) -> FileOpener:
    """An opener for the identities in files of age's form: one a line, lines with # are comments.

    Raises MalformedKey when a line is none, or there is none at all.
    """
    lines = [line.strip() for data in identity_files for line in data.decode("ascii", errors="replace").splitlines()]
    identities = tuple(line for line in lines if line and not line.startswith("#"))
    if not identities:
        raise MalformedKey
    for identity in identities:
        parse_identity(identity)
    return FileOpener(identities)
