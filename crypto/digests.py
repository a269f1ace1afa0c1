"""The three digests of a sealed file, never interchanged (SPEC.md, "Evidence digests")."""

import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, Self

# A stretch shorter than this is hashed on the spot: handing it to threads would take longer.
_WORTH_A_THREAD = 512 * 1024
# Stretches that are being hashed while the caller goes on: one for each core would do, were they equally fast.
UNDER_WAY = 2


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


class Buffers:
    """As many buffers as a tally may still be reading, and the one to be filled next."""

    def __init__(self) -> None:
        self._buffers: deque[memoryview] = deque(memoryview(b"") for _ in range(UNDER_WAY + 1))

    def next(self, size: int) -> memoryview:
        """Return the buffer that has rested longest, with room for at least `size` bytes."""
        self._buffers.rotate(-1)
        if len(self._buffers[0]) < size:
            self._buffers[0] = memoryview(bytearray(size))
        return self._buffers[0]


class PayloadTally:
    """Counts and hashes plaintext and sealed bytes as they pass, long stretches in threads beside the caller's cipher.

    A context manager, which ends its threads. The hashes together take four times as long as the cipher: as many cores
    as there are, as much of that goes on beside it.
    """

    def __init__(self, nonce: bytes) -> None:
        self._size = 0
        self._payload_size = len(nonce)
        self._plaintext = hashlib.sha256()
        self._payload = hashlib.sha256(nonce)
        self._of_sealed = [self._payload]
        # A thread for each hash, which takes its stretches in their order.
        self._threads: list[ThreadPoolExecutor] = []
        self._under_way: deque[list[Future[None]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        for thread in self._threads:
            thread.shutdown()

    def add(self, plaintext: memoryview, sealed: memoryview) -> None:
        """Count a stretch of plaintext and the sealed bytes that carry it.

        Both may still be read until as many further calls as `UNDER_WAY` says have returned: change them after that.
        """
        self._size += len(plaintext)
        self._payload_size += len(sealed)
        updates = [(self._plaintext.update, plaintext), *((one.update, sealed) for one in self._of_sealed)]
        if len(sealed) < _WORTH_A_THREAD:
            self._wait(most=0)
            for update, data in updates:
                update(data)
            return
        self._threads = self._threads or [ThreadPoolExecutor(1, thread_name_prefix="hashing") for _ in updates]
        pairs = zip(self._threads, updates, strict=True)
        self._under_way.append([thread.submit(update, data) for thread, (update, data) in pairs])
        self._wait(most=UNDER_WAY)

    def _wait(self, *, most: int) -> None:
        """Wait until at most so many stretches are being hashed."""
        while len(self._under_way) > most:
            for hashed in self._under_way.popleft():
                hashed.result()

    def payload(self) -> PayloadDigests:
        """Return the digests of the payload so far."""
        self._wait(most=0)
        return PayloadDigests(
            size=self._size,
            plaintext_sha256=self._plaintext.hexdigest(),
            payload_size=self._payload_size,
            payload_sha256=self._payload.hexdigest(),
        )


class Tally(PayloadTally):
    """The same for a whole sealed file, whose header has passed already."""

    def __init__(self, header: bytes, nonce: bytes) -> None:
        super().__init__(nonce)
        self._header_size = len(header)
        self._file = hashlib.sha256(header + nonce)
        self._of_sealed.append(self._file)

    def whole(self) -> Digests:
        """Return the digests of the whole file so far."""
        payload = self.payload()
        return Digests(
            **asdict(payload),
            header_size=self._header_size,
            file_size=self._header_size + payload.payload_size,
            file_sha256=self._file.hexdigest(),
        )
