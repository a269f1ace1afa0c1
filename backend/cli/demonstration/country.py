"""One node of the demonstration with its people: starts it, lets them act, starts it again when it was killed."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from backend.cli.node.errors import NodeError
from backend.cli.node.home import CHECKOUT
from backend.cli.node.launcher import RunningNode

RECONNECT = 60.0  # seconds in which a killed node may come back


class StepFailed(Exception):
    """A step did not hold; the sentence says what."""


class Country:
    """A State's node and the people of its offices."""

    def __init__(self, state: str, node: RunningNode) -> None:
        self.state = state
        self.node = node
        self._offices: subprocess.Popen[str] | None = None
        self._beside = ThreadPoolExecutor(1)
        self._running: Future[list[str]] = Future()

    def revive(self) -> bool:
        """Start the node again where it was killed; whether it had to be."""
        if self.node.alive:
            return False
        print(f"        (the node {self.state} was killed: it is started again)", flush=True)
        until = time.monotonic() + RECONNECT
        while True:
            try:
                # What was killed may still hold the home for a moment: its children end by themselves.
                self.node = self.node.start_again()
            except NodeError:
                if time.monotonic() > until:
                    raise
                time.sleep(1)
            else:
                return True

    def act(self, name: str, **arguments: Any) -> Mapping[str, Any]:
        """One act of the offices; StepFailed with what was refused. A lost database is waited for."""
        until = time.monotonic() + RECONNECT
        while True:
            answer = self._ask({"act": name, **arguments})
            if "answer" in answer:
                found: Mapping[str, Any] = answer["answer"]
                return found
            if not answer.get("connection") or time.monotonic() > until:
                raise StepFailed(f"{self.state}: {name}: {answer['error']}")
            self.revive()
            time.sleep(0.5)

    def wait(
        self, name: str, *, seconds: float = 100.0, until: Mapping[str, object] | None = None, **arguments: Any
    ) -> Mapping[str, Any]:
        """Ask until the answer is not empty and has the values of ``until``; StepFailed when it does not come."""
        deadline = time.monotonic() + seconds
        answer: Mapping[str, Any] = {}
        while time.monotonic() < deadline:
            answer = self.act(name, **arguments)
            if answer and all(answer.get(key) == value for key, value in (until or {}).items()):
                return answer
            self.revive()
            time.sleep(0.1)
        raise StepFailed(
            f"{self.state}: {name} did not come to {dict(until or {})} in {seconds:.0f} s; last: {dict(answer)}"
        )

    def comity(self, *arguments: str) -> str:
        """A `comity` command against this node; its output, or StepFailed."""
        done = self.node.comity(*arguments)
        if done.returncode != 0:
            raise StepFailed(f"comity {' '.join(arguments[:2])}: {(done.stderr or done.stdout).strip()}")
        return done.stdout

    def begin(self, commands: Sequence[Sequence[str]]) -> None:
        """Run commands one after the other beside what else goes on; ``finish`` has their outputs."""
        self._running = self._beside.submit(lambda: [self.comity(*command) for command in commands])

    def finish(self) -> list[str]:
        """The outputs of what was begun; StepFailed where one failed."""
        return self._running.result()

    def _ask(self, command: Mapping[str, Any]) -> Mapping[str, Any]:
        offices = self._offices
        if offices is None or offices.poll() is not None:
            offices = self._offices = subprocess.Popen(
                [sys.executable, "-m", "backend.cli.demonstration.offices"],
                env=self.node.env("act"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=CHECKOUT,
            )
        if offices.stdin is None or offices.stdout is None:
            raise StepFailed(f"{self.state}: the offices can't be spoken to")
        try:
            offices.stdin.write(json.dumps(command) + "\n")
            offices.stdin.flush()
            line = offices.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise StepFailed(f"{self.state}: the offices ended during {command['act']}")
        answer: Mapping[str, Any] = json.loads(line)
        return answer

    def begin_stop(self) -> None:
        """Ask the node to stop, without waiting for it."""
        self.node.ask_to_stop()

    def stop(self) -> None:
        """End the people's process and the node."""
        self.end_offices()
        if self.node.alive:
            self.node.stop()

    def end_offices(self) -> None:
        """End the people's process; the node goes on."""
        self._beside.shutdown()
        if self._offices is not None and self._offices.stdin is not None and self._offices.stdout is not None:
            self._offices.stdin.close()
            self._offices.wait(10)
            self._offices.stdout.close()
