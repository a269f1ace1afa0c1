"""The node that is maltreated: where it lies, how it is started, found again after its end, and read at the end."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from backend.cli.node import child, roles
from backend.cli.node.errors import NodeError
from backend.cli.node.home import CHECKOUT, Home
from backend.cli.node.launcher import RunningNode, remove_node
from backend.cli.node.processes import login_url
from tests.faults.clock import Clock
from tests.faults.disk import Disk, NoDisk
from tests.ports import free_port

REVIVED_WITHIN = 120.0  # seconds
Say = Callable[[str], None]


@dataclass
class Arena:
    """One node, on a disk of its own and by a clock of its own where this machine allows it."""

    folder: Path
    say: Say
    clock: Clock | None = None
    disk: Disk | None = None
    ports: tuple[int, int] = field(default_factory=lambda: (free_port(), free_port()))
    _node: RunningNode | None = None

    @property
    def home(self) -> Home:
        """The node's home."""
        return Home((self.disk.folder if self.disk else self.folder) / "node")

    @property
    def node(self) -> RunningNode:
        """The running node, in its present incarnation."""
        if self._node is None:
            raise NodeError("the node was not started yet; call start() first")
        return self._node

    def start(self) -> None:
        """Start the node and wait until it is ready."""
        self._put_database_on_the_disk()
        self._node = self._launch()
        self._node.wait_until_ready()

    def revive(self) -> None:
        """Start the node again after its supervisor ended, as an administrator would, until it is ready."""
        until = time.monotonic() + REVIVED_WITHIN
        while True:
            try:
                self._node = self._launch()
                self._node.wait_until_ready()
            except NodeError:
                # What was killed may still hold the home for a moment; a full disk takes longer.
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)
            else:
                return

    def enrol(self, count: int) -> list[Path]:
        """The key files of so many enrolled devices; the node's card beside them."""
        subprocess.run(
            [sys.executable, "-m", "tests.faults.enrolling", str(count), self.node.edge_url, self.folder],
            env=self.node.env("act"),
            cwd=CHECKOUT,
            check=True,
        )
        return [self.folder / f"device-{number}.pem" for number in range(count)]

    def connect(self, role: str = roles.OWNER, database: str = roles.DATABASE) -> "psycopg.Connection[tuple[Any, ...]]":
        """A session of a role of this node, in autocommit."""
        return psycopg.connect(login_url("postgresql", self.home, role, database), autocommit=True, connect_timeout=30)

    def describe(self) -> None:
        """`reader.json`: what the independent reader must be told of this node."""
        told = {
            "conninfo": login_url("postgresql", self.home, roles.OWNER, roles.DATABASE),
            "keyring_root": str(self.home.keys("shared") / "keyring-root.key"),
            "sealed": str(self.home.folder("sealed")),
            "evidence": str(self.home.folder("evidence")),
        }
        (self.folder / "reader.json").write_text(json.dumps(told))

    def _launch(self) -> RunningNode:
        home = self.home.path
        home.mkdir(mode=0o700, exist_ok=True)
        output, ready = self.folder / "node.out", self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        edge, desk = self.ports
        with output.open("ab") as written:
            started = child.start(
                [
                    sys.executable, "-m", "tests.faults.up", "--home", home, "--node", "gd", "--edge-port", str(edge),
                    "--desk-port", str(desk), "--ready-file", ready,
                ],
                environment={
                    "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1",
                    **(self.clock.environment if self.clock else {}),
                },
                output=written,
                folder=CHECKOUT,
            )  # fmt: skip
        return RunningNode(self.home, output, ready, started)

    def _put_database_on_the_disk(self) -> None:
        """For root PostgreSQL's data lie elsewhere, by a link: the link leads to the small disk instead."""
        if self.disk is None or os.geteuid() != 0:
            return
        self.home.path.mkdir(mode=0o700)
        target = self.disk.folder / "postgres"
        target.mkdir(mode=0o700)
        (self.home.path / "postgres").symlink_to(target)


@contextmanager
def arena(say: Say, *, own_clock: bool, own_disk: bool, keep: bool) -> Iterator[Arena]:
    """A place for one node, in /tmp; everything of it is removed at the end unless it is to be kept."""
    # Short, for PostgreSQL's socket, and open to the account that PostgreSQL runs as.
    folder = Path(tempfile.mkdtemp(prefix="comity-faults-", dir="/tmp"))  # noqa: S108
    folder.chmod(0o711)  # noqa: S103
    place = Arena(folder, say)
    try:
        if own_clock:
            place.clock = Clock.make(folder)
        if own_disk:
            try:
                place.disk = Disk.mount(folder / "disk", folder / "disk.img")
            except NoDisk as reason:
                say(f"no full disk in this run: {reason}")
        yield place
    finally:
        if place._node is not None:
            place._node.stop()
        if keep:
            say(f"kept in {folder}; start the node there with `comity up --home {place.home.path}`")
        else:
            remove_node(place.home)
            if place.disk:
                place.disk.unmount()
            shutil.rmtree(folder, ignore_errors=True)
