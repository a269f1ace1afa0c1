"""Many senders at once from one process: each on a connection kept open, its next request when the last is answered.

Plain sockets and one selector: what generates the load shares the machine with what is measured, so it does as little
as it can.
"""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.cli.benchmarks.measuring import BenchmarkFailed

_SILENCE = 30.0  # seconds without any answer
_MOST_HEADERS = 64 * 1024


@dataclass(frozen=True)
class Loaded:
    """What came of it: `seconds` for all, how long each request took, the body of each sender's last answer."""

    seconds: float
    took: tuple[float, ...]
    last: tuple[bytes, ...]

    def percentile(self, share: float) -> float:
        """The time in seconds within which this share of the requests was answered."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass
class _Sender:
    requests: Sequence[bytes]
    socket: socket.socket
    sent: int = 0
    since: float = 0.0
    answer: bytearray = field(default_factory=bytearray)

    def send(self) -> None:
        self.since = time.perf_counter()
        # A request fits into the socket's buffer: it never waits here.
        self.socket.sendall(self.requests[self.sent])
        self.sent += 1


def load(host: str, port: int, requests: Sequence[Sequence[bytes]], *, expected: int) -> Loaded:
    """Send each sender's requests, one after the other; raises BenchmarkFailed where one is not answered `expected`."""
    senders = [_Sender(own, _connected(host, port)) for own in requests if own]
    took: list[float] = []
    last: list[bytes] = []
    with selectors.DefaultSelector() as ready:
        started = time.perf_counter()
        for sender in senders:
            ready.register(sender.socket, selectors.EVENT_READ, sender)
            sender.send()
        while len(last) < len(senders):
            found = ready.select(_SILENCE)
            if not found:
                raise BenchmarkFailed(f"no answer came for {_SILENCE:.0f} s; try again.")
            for key, _ in found:
                sender = key.data
                body = _read(sender, expected)
                if body is None:
                    continue
                took.append(time.perf_counter() - sender.since)
                if sender.sent < len(sender.requests):
                    sender.send()
                else:
                    last.append(body)
                    ready.unregister(sender.socket)
        seconds = time.perf_counter() - started
    for sender in senders:
        sender.socket.close()
    return Loaded(seconds, tuple(took), tuple(last))


def _connected(host: str, port: int) -> socket.socket:
    connection = socket.create_connection((host, port), timeout=_SILENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _read(sender: _Sender, expected: int) -> bytes | None:
    """The body of the answer once it is whole; None until then."""
    part = sender.socket.recv(65_536)
    if not part:
        raise BenchmarkFailed("the server closed a connection in the middle; try again.")
    sender.answer += part
    head, found, body = sender.answer.partition(b"\r\n\r\n")
    if not found:
        if len(head) > _MOST_HEADERS:
            raise BenchmarkFailed("an answer has no end of headers; report this.")
        return None
    lines = bytes(head).split(b"\r\n")
    length = next((int(line[15:]) for line in lines if line[:15].lower() == b"content-length:"), 0)
    if len(body) < length:
        return None
    status = int(lines[0].split(b" ")[1])
    if status != expected:
        raise BenchmarkFailed(f"a request was answered {status} instead of {expected}; try again.")
    sender.answer = bytearray()
    return bytes(body)
