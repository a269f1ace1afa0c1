"""A node for the length of a run: its database, keys and roles, and of its processes those that a benchmark starts."""

import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import psycopg

from backend.audit.storage import Connection
from backend.cli.benchmarks.measuring import BenchmarkFailed
from backend.cli.node.home import Home
from backend.cli.node.launcher import remove_node
from backend.cli.node.node import Node, answers
from backend.cli.node.ports import free_port
from backend.cli.node.processes import EDGE, NOTARY, WORKER, environment, login_url
from backend.cli.node.roles import DATABASE
from backend.cli.node.running import Wishes, settle
from backend.cli.node.supervisor import Supervisor

_READY_WITHIN = 20.0  # seconds


@dataclass(frozen=True)
class TemporaryNode:
    """The node; this process is set up as its worker and can act as its other roles."""

    node: Node

    @property
    def home(self) -> Home:
        """Where its keys are."""
        return self.node.home

    @property
    def name(self) -> str:
        """The node's id."""
        return self.node.settings.node

    @property
    def edge_url(self) -> str:
        """The edge's address, once serve_edge() has returned."""
        return self.node.settings.edge_url

    def connect(self, role: str) -> Connection:
        """A new connection in autocommit as a database role."""
        return psycopg.connect(login_url("postgresql", self.home, role, DATABASE), autocommit=True)

    @contextmanager
    def acting_as(self, role: str) -> Iterator[None]:
        """Lets Django log in as another role than the worker's."""
        from django.db import connection

        settings = connection.settings_dict
        before = settings["USER"], settings["OPTIONS"]["passfile"]
        connection.close()
        settings["USER"], settings["OPTIONS"]["passfile"] = role, str(self.home.passfile(role))
        try:
            yield
        finally:
            connection.close()
            settings["USER"], settings["OPTIONS"]["passfile"] = before

    def serve_edge(self) -> None:
        """Starts edge and notary, without the worker that would take its share of the machine."""
        self.node.start_processes((NOTARY, EDGE))
        deadline = time.monotonic() + _READY_WITHIN
        while not answers(self.edge_url):
            if time.monotonic() > deadline:
                raise BenchmarkFailed(f"the edge did not answer within {_READY_WITHIN:.0f} s; try again.")
            time.sleep(0.05)


@contextmanager
def temporary_node() -> Iterator[TemporaryNode]:
    """Makes the node in a temporary folder, with a durable database as any node's; nothing of it stays."""
    folder = Path(tempfile.mkdtemp(prefix="comity-bench-"))
    home = Home(folder / "node")
    # The edge's limits are at work, and so wide that the senders of one machine do not meet them.
    wide = {"COMITY_SENDER_RATE": "100000/100000", "COMITY_ADDRESS_RATE": "100000/100000"}
    wishes = Wishes(edge_port=free_port(), desk_port=free_port(), edge=wide)
    settings = settle(None, wishes, home.path, "development")
    node = Node(home, settings, "development", Supervisor(lambda text: click.echo(text, err=True)))
    # Without this SIGTERM would end the process before anything is removed.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        home.make()
        node.start_database()
        node.migrate()
        node.found()
        _become_worker(node)
        yield TemporaryNode(node)
    finally:
        _close_connections()
        node.supervisor.stop()
        remove_node(home)
        shutil.rmtree(folder, ignore_errors=True)


def _become_worker(node: Node) -> None:
    for name, value in environment(WORKER, node.home, node.settings, mode="development").items():
        if name != "PATH":
            os.environ[name] = value
    import django

    django.setup()
    logging.disable(logging.INFO)


def _close_connections() -> None:
    from django.conf import settings
    from django.db import connections

    if settings.configured:
        connections.close_all()
