"""The three digests of a sealed file, never interchanged (SPEC.md, "Evidence digests")."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PayloadDigests:
    """What identifies a payload and its content: sizes in bytes, SHA-256 in hexadecimal.

    The plaintext digest is the content's identity; that of the payload, nonce included, outlasts readdressing.
    """

    size: int
    plaintext_sha256: str
    payload_size: int
    payload_sha256: str


@dataclass(frozen=True, kw_only=True)
class Digests(PayloadDigests):
    """The same of a whole sealed file, whose header and hence whole digest differ for each set of recipients."""

    header_size: int
    file_size: int
    file_sha256: str


class Tally:
    """Counts and hashes plaintext and sealed bytes as they pass."""

    def __init__(self, header: bytes, nonce: bytes) -> None:
        self._header_size = len(header)
        self._size = 0
        self._payload_size = len(nonce)
        self._plaintext = hashlib.sha256()
        self._payload = hashlib.sha256(nonce)
        self._file = hashlib.sha256(header + nonce)

    def add(self, plaintext: memoryview, sealed: memoryview) -> None:
        """Count a stretch of plaintext and the sealed bytes that carry it."""
        self._size += len(plaintext)
        self._payload_size += len(sealed)
        self._plaintext.update(plaintext)
        self._payload.update(sealed)
        self._file.update(sealed)

    def payload(self) -> PayloadDigests:
        """Return the digests of the payload so far."""
        return PayloadDigests(
            size=self._size,
            plaintext_sha256=self._plaintext.hexdigest(),
            payload_size=self._payload_size,
            payload_sha256=self._payload.hexdigest(),
        )

    def whole(self) -> Digests:
        """Return the digests of the whole file so far."""
        return Digests(
            size=self._size,
            plaintext_sha256=self._plaintext.hexdigest(),
            payload_size=self._payload_size,
            payload_sha256=self._payload.hexdigest(),
            header_size=self._header_size,
            file_size=self._header_size + self._payload_size,
            file_sha256=self._file.hexdigest(),
        )
