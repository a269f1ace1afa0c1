"""The supervisor: starts a node's processes in order, restarts what falls, stops them in the reverse order."""

import logging
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backend.cli.node import child

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a fallen process is started again
STEADY = 60.0  # seconds after which a process counts as well and its next fall starts with the first pause
STOPPING = 10.0  # seconds to end by itself before its group is killed


@dataclass
class Watched:
    """One process that is to run: how it is started, and its present incarnation."""

    name: str
    launch: Callable[[], child.Child]
    stops_by: signal.Signals
    child: child.Child
    started: float
    pause: float = FIRST_PAUSE
    due: float | None = None


@dataclass
class Supervisor:
    """Keeps processes running. All methods belong to the main thread: the kernel ties children's lives to it."""

    report: Callable[[str], None]
    watched: list[Watched] = field(default_factory=list)

    def start(self, name: str, launch: Callable[[], child.Child], *, stops_by: signal.Signals) -> child.Child:
        """Starts a process and watches it from now on."""
        started = Watched(name, launch, stops_by, launch(), time.monotonic())
        self.watched.append(started)
        return started.child

    def look(self) -> None:
        """Notices who has fallen, and starts again whose pause is over."""
        now = time.monotonic()
        for one in self.watched:
            if one.due is None and one.child.poll() is not None:
                self._fell(one, now)
            elif one.due is not None and now >= one.due:
                self._start_again(one, now)

    def processes(self) -> Mapping[str, int]:
        """The process id of each that runs."""
        return {one.name: one.child.pid for one in self.watched if one.due is None}

    def stop(self) -> None:
        """Ends all in the reverse order of their start; none is left when this returns."""
        while self.watched:
            one = self.watched.pop()
            child.stop(one.child, one.stops_by, STOPPING)

    def _start_again(self, one: Watched, now: float) -> None:
        try:
            one.child, one.started, one.due = one.launch(), now, None
        except OSError as failed:  # no room for its log, no memory for a process: that passes
            one.due = now + one.pause
            self.report(f"{one.name} could not be started ({failed.strerror}); it is tried again in {one.pause:g} s")
        else:
            self.report(f"{one.name} runs again as process {one.child.pid}")

    def _fell(self, one: Watched, now: float) -> None:
        # What it started may live on and hold its port or its locks.
        child.kill_group(one.child)
        if now - one.started > STEADY:
            one.pause = FIRST_PAUSE
        one.due = now + one.pause
        self.report(f"{one.name} ended with code {one.child.returncode}; it starts again in {one.pause:g} s")
        one.pause = min(2 * one.pause, LONGEST_PAUSE)


def log_of(folder: Path, name: str) -> Path:
    """The log file of a process."""
    return folder / f"{name}.log"
