"""Starts whole nodes as children, for the demonstration and for tests: the same `comity up` as anybody's."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backend.cli.node import child
from backend.cli.node.errors import NodeError
from backend.cli.node.home import CHECKOUT, Home, NodeSettings
from backend.cli.node.processes import BY_NAME, environment

STARTS_WITHIN = 90.0  # seconds
STOPS_WITHIN = 60.0  # seconds: PostgreSQL and the worker may take ten each


@dataclass
class RunningNode:
    """A node started by start_node(); all methods belong to the thread that started it."""

    home: Home
    output: Path
    _ready: Path
    _child: child.Child

    @property
    def settings(self) -> NodeSettings:
        """The node's name, State and addresses, from its home."""
        found = self.home.read_settings()
        if found is None:
            raise NodeError(f"{self.home.path} has no node.json; wait until its node is ready.")
        return found

    @property
    def alive(self) -> bool:
        """Whether its supervisor runs."""
        return self._child.poll() is None

    def wait_until_ready(self) -> None:
        """Returns when the node is ready; NodeError, with what it said last, where it ends or takes too long."""
        deadline = time.monotonic() + STARTS_WITHIN
        while not self._ready.exists():
            if self._child.poll() is not None:
                raise NodeError(
                    f"the node ended with code {self._child.returncode} before it was ready: {_last(self.output)}"
                )
            if time.monotonic() > deadline:
                self.stop()
                raise NodeError(f"the node was not ready within {STARTS_WITHIN:.0f} s: {_last(self.output)}")
            time.sleep(0.05)

    @property
    def edge_url(self) -> str:
        """The edge's address."""
        return self.settings.edge_url

    @property
    def desk_url(self) -> str:
        """The desk's address."""
        return self.settings.desk_url

    def env(self, process: str) -> dict[str, str]:
        """The environment in which a process or an act ("keys", "act", "migrate") of this node runs."""
        return environment(BY_NAME[process], self.home, self.settings, mode="development")

    def processes(self) -> Mapping[str, int]:
        """The present process ids by name, `supervisor` and `postgres` among them; empty while it is not ready."""
        return self.home.processes()

    def kill(self, process: str) -> int:
        """SIGKILL to one process, as a crash would; returns its id. The supervisor starts another."""
        found = self.processes()[process]
        os.kill(found, signal.SIGKILL)
        return found

    def wait_for_another(self, process: str, old: int, seconds: float = 30.0) -> int:
        """The id of the process that replaced `old`; NodeError where none does in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            present = self.processes().get(process)
            if present not in (None, old) and present is not None:
                return present
            time.sleep(0.05)
        raise NodeError(f"no {process} replaced the process {old} of {self.home.path} within {seconds:.0f} s")

    def comity(self, *arguments: str, said: str | None = None) -> "subprocess.CompletedProcess[str]":
        """Runs a command of `comity` against this node, and returns what it wrote and its exit code."""
        return subprocess.run(  # noqa: S603 - the arguments are ours
            [sys.executable, "-m", "backend.cli.main", *arguments],
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COMITY_HOME": str(self.home.path)},
            input=said,
            capture_output=True,
            text=True,
            cwd=CHECKOUT,
            check=False,
        )

    def ask_to_stop(self) -> None:
        """Begins to stop the node, so that several can stop at once; stop() waits for the end."""
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGINT)

    def start_again(self) -> "RunningNode":
        """The same node on the same home and ports, ready, after it stopped or was killed."""
        known = self.settings
        return start_node(self.home.path, known.node, known.state, known.edge_port, known.desk_port)

    def stop(self) -> int:
        """Asks the node to stop as Ctrl-C does; returns its exit code when nothing of it runs any more."""
        child.stop(self._child, signal.SIGINT, STOPS_WITHIN)
        return self._child.returncode

    def kill_supervisor(self) -> None:
        """SIGKILL to the supervisor; its children end by themselves."""
        self._child.kill()
        self._child.wait()


def start_node(path: Path, node: str, state: str, edge_port: int, desk_port: int) -> RunningNode:
    """Starts a node on loopback and returns when it is ready; NodeError, with what it said, where it does not start."""
    started = launch_node(path, node, state, edge_port, desk_port)
    started.wait_until_ready()
    return started


def launch_node(path: Path, node: str, state: str, edge_port: int, desk_port: int) -> RunningNode:
    """
    Begins to start a node, so that several can start at once; wait_until_ready() says when it may be used.

    Called from the main thread: the node ends when that ends.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    output, ready = path.with_name(f"{path.name}.out"), path / "ready.json"
    ready.unlink(missing_ok=True)
    with output.open("wb") as written:
        started = child.start(
            [
                sys.executable, "-m", "backend.cli.main", "up", "--home", path, "--node", node, "--state", state,
                "--edge-port", str(edge_port), "--desk-port", str(desk_port), "--ready-file", ready,
            ],
            environment={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"},
            output=written,
            folder=CHECKOUT,
        )  # fmt: skip
    return RunningNode(Home(path), output, ready, started)


def remove_node(home: Home) -> None:
    """Removes a stopped node and its database for good: for demonstrations and tests."""
    database = home.path / "postgres"
    if database.is_symlink():
        shutil.rmtree(database.readlink(), ignore_errors=True)
    shutil.rmtree(home.path, ignore_errors=True)


def _last(output: Path) -> str:
    """The last lines a node said, without the sign-in and the recovery secret, which are said before."""
    lines = output.read_text(errors="replace").splitlines()
    return " ".join(line for line in lines[-3:] if "password" not in line and "SECRET" not in line)
