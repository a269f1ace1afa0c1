"""Sealing a file anew for other recipients, so that nothing links the two files."""

from collections.abc import Iterator, Sequence
from io import BufferedReader, RawIOBase
from typing import BinaryIO, cast

from crypto import age
from crypto.digests import Digests
from crypto.keyholder.opening import open_sealed
from crypto.keys import Recipient
from crypto.sealing import seal_stream


def reseal(source: BinaryIO, out: BinaryIO, identities: Sequence[str], recipients: Sequence[Recipient]) -> Digests:
    """Open `source` and seal its content into `out` under a new key, in constant memory; return the new digests.

    `out` must not be used unless this returned. Raises `CannotOpen` or `MalformedKey`.
    """
    plaintext = BufferedReader(_Reader(open_sealed(source, identities)), age.CHUNK)
    return seal_stream(cast(BinaryIO, plaintext), out, recipients)


class _Reader(RawIOBase):
    """The bytes that an iterator yields, as a stream."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = memoryview(part)
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
