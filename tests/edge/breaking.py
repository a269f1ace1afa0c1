"""A link to an edge that breaks when it is told to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PIECE = 16 * 1024


@dataclass
class Link:
    """Passes bytes on; each number of `breaks` is how many of one connection pass before it breaks, then none does."""

    port: int
    behind: int
    breaks: list[int] = field(default_factory=list)
    passed: int = 0
    broken: int = 0

    @property
    def url(self) -> str:
        """Where the edge is reached through it."""
        return f"http://127.0.0.1:{self.port}"

    def serve(self, listening: socket.socket) -> None:
        """Take connections until the socket is closed."""
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(("127.0.0.1", self.behind)) as far:
            cut = threading.Event()
            back = threading.Thread(target=_pass_on, args=(far, near, cut), daemon=True)
            back.start()
            self._pass_until_it_breaks(near, far, cut)
            # What has passed arrives: a reset would throw away what the edge has not read yet.
            far.shutdown(socket.SHUT_WR)
            back.join()
            # Only now the sender sees the break: how much it sends again does not depend on how fast the edge reads.
            if cut.is_set():
                near.shutdown(socket.SHUT_RDWR)

    def _pass_until_it_breaks(self, near: socket.socket, far: socket.socket, cut: threading.Event) -> None:
        of_this = 0
        while data := near.recv(PIECE):
            of_this += len(data)
            self.passed += len(data)
            if self.breaks and of_this >= self.breaks[0]:
                self.breaks.pop(0)
                self.broken += 1
                cut.set()
            far.sendall(data)
            if cut.is_set():
                return


def _pass_on(source: socket.socket, target: socket.socket, cut: threading.Event) -> None:
    """Pass on what comes back; nothing of it once the link is cut."""
    with suppress(OSError):
        while data := source.recv(PIECE):
            if not cut.is_set():
                target.sendall(data)
        if not cut.is_set():
            target.shutdown(socket.SHUT_WR)


@contextmanager
def breaking_link(behind: int) -> Iterator[Link]:
    """A link to the port `behind` of this machine."""
    listening = socket.create_server(("127.0.0.1", 0))
    link = Link(listening.getsockname()[1], behind)
    serving = threading.Thread(target=link.serve, args=(listening,), daemon=True)
    serving.start()
    try:
        yield link
    finally:
        # Closing alone would leave the thread in accept().
        listening.shutdown(socket.SHUT_RDWR)
        serving.join()
        listening.close()
