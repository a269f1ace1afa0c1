"""The faults themselves, done to an arena: each says what it did, and what passes by itself is undone in its time."""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from backend.cli.node import roles
from backend.cli.node.node import cluster_of
from tests.faults.arena import Arena
from tests.faults.plan import Fault

ROOM = 100 * 1024 * 1024  # bytes: less than the edge keeps free, enough for the database
JUMPS_BACK = "the clock jumps back"


@dataclass
class Harm:
    """Does faults, and undoes them when their time is over."""

    arena: Arena
    seed: int
    _undo: list[tuple[float, str, Callable[[], None]]] = field(default_factory=list)

    def do(self, fault: Fault) -> str:
        """Do one fault; what was done, in words."""
        return getattr(self, f"_{fault.kind}")(fault)  # type: ignore[no-any-return]

    def undo_due(self, *, all_of_them: bool = False) -> list[str]:
        """Undo what is over; what was undone, in words."""
        now, told = time.monotonic(), []
        for entry in sorted(self._undo, key=lambda one: one[0]):
            due, said, undo = entry
            if not all_of_them and now < due:
                continue
            self._undo.remove(entry)
            try:
                undo()
            except OSError:  # another fault stands in the way, such as a full disk: a moment later
                self._later(1.0, said, undo)
            else:
                told.append(said)
        return told

    def _later(self, seconds: float, said: str, undo: Callable[[], None]) -> None:
        self._undo.append((time.monotonic() + seconds, said, undo))

    def _kill(self, fault: Fault) -> str:
        name, _, child = fault.target.partition("'s ")
        present = self.arena.home.processes().get(name)
        if present is None:
            return f"SIGKILL to {fault.target}: it does not run just now"
        chosen = present
        if child:
            rng = random.Random(f"child {self.seed} {fault.after}")  # noqa: S311
            chosen = rng.choice(sorted(children_of(present)) or [present])
        if not kill(chosen):
            return f"SIGKILL to {fault.target}: it has just ended by itself"
        return f"SIGKILL to {fault.target}, process {chosen}"

    def _node(self, fault: Fault) -> str:
        self.arena.node.kill_supervisor()
        self.arena.revive()
        return "SIGKILL to the supervisor: the whole node fell, and was started again"

    def _disk(self, fault: Fault) -> str:
        return self._fill(fault, but=0, said="full to the last byte")

    def _room(self, fault: Fault) -> str:
        return self._fill(fault, but=ROOM, said="so full that the edge takes no file")

    def _fill(self, fault: Fault, *, but: int, said: str) -> str:
        disk = self.arena.disk
        if disk is None:
            return "a full disk: there is none of its own"
        disk.fill(but=but)
        self._later(fault.seconds, "the disk has room again", disk.empty)
        return f"the disk is {said} for {fault.seconds} s"

    def _clock(self, fault: Fault) -> str:
        clock = self.arena.clock
        if clock is None:
            return "a clock that jumps: there is none of its own"
        self._undo = [entry for entry in self._undo if entry[1] != JUMPS_BACK]
        clock.jump_to(fault.jump)
        self._later(fault.seconds, JUMPS_BACK, lambda: clock.jump_to(0))
        return f"the clock jumps by {fault.jump:+d} s for {fault.seconds} s"

    def _broker(self, fault: Fault) -> str:
        """Nobody gets at the queue: its role is let in no more, and its sessions end."""
        self._write_rules("".join(line for line in _rules() if roles.BROKER not in line))
        self._later(fault.seconds, "the broker is there again", lambda: self._write_rules("".join(_rules())))
        return f"the broker is gone for {fault.seconds} s{self._end_sessions()}"

    def _queue(self, fault: Fault) -> str:
        """The queue with all that lies in it is gone for good; whoever misses it may make it anew."""
        try:
            with self.arena.connect(roles.BROKER, roles.BROKER_DATABASE) as broker:
                broker.execute("SET lock_timeout = '2s'")
                broker.execute("DROP SCHEMA IF EXISTS pgmq CASCADE")
        except psycopg.Error as failed:
            return f"the queue is dropped: not possible just now ({failed.sqlstate or 'no connection'})"
        return "the queue is dropped with all its messages"

    def _end_sessions(self) -> str:
        pids = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and f"{roles.BROKER} {roles.BROKER_DATABASE} " in command_of(int(entry.name)):
                pids.append(int(entry.name))
        ours = children_of(self.arena.home.processes().get("postgres", 0))
        ended = [pid for pid in pids if pid in ours and kill(pid, signal.SIGTERM)]
        return f", {len(ended)} sessions ended"

    def _write_rules(self, rules: str) -> None:
        cluster_of(self.arena.home).write_rules(rules)
        postgres = self.arena.home.processes().get("postgres")
        if postgres is not None:
            kill(postgres, signal.SIGHUP)


def _rules() -> list[str]:
    return roles.access_rules().splitlines(keepends=True)


def kill(pid: int, by: signal.Signals = signal.SIGKILL) -> bool:
    """Whether the process was there to be signalled."""
    try:
        os.kill(pid, by)
    except ProcessLookupError:
        return False
    return True


def command_of(pid: int) -> str:
    """The command line of a process; empty when it has gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def children_of(pid: int) -> set[int]:
    """What a process started itself."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == pid:
                found.add(int(entry.name))
        except (OSError, IndexError):
            continue
    return found
