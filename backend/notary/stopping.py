"""SIGTERM as something that one can wait for together with a socket."""

import select
import signal
import socket
from types import FrameType, TracebackType
from typing import Self

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopping:
    """Catches SIGTERM and SIGINT while entered; main thread only."""

    def __init__(self) -> None:
        self.asked = False
        self._read, self._write = socket.socketpair()

    def __enter__(self) -> Self:
        self._read.setblocking(False)
        self._write.setblocking(False)
        # The signal's byte wakes select() also when the signal came just before it: a flag alone would be missed.
        self._previous_descriptor = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._previous = {number: signal.signal(number, self._ask) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._previous_descriptor)
        self._read.close()
        self._write.close()

    def wait(self, seconds: float, *, descriptor: int | None = None) -> None:
        """Return when asked to stop, when ``descriptor`` can be read, or after ``seconds``."""
        if not self.asked:
            select.select([self._read.fileno(), *([] if descriptor is None else [descriptor])], [], [], seconds)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
