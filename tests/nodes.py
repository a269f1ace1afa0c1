"""Two real nodes on loopback, started once in a test run: Grenada's and Costa Rica's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.cli.node.launcher import RunningNode, launch_node, remove_node
from tests.ports import free_port


@dataclass(frozen=True)
class Pair:
    """The requesting State's node and the requested State's."""

    gd: RunningNode
    cr: RunningNode


@contextmanager
def running_node(path: Path, node: str) -> Iterator[RunningNode]:
    """One node of its own for a test; it is removed afterwards."""
    started = launch_node(path, node, node, free_port(), free_port())
    try:
        started.wait_until_ready()
        yield started
    finally:
        started.stop()
        remove_node(started.home)


@contextmanager
def running_pair(path: Path) -> Iterator[Pair]:
    """Both nodes, which start at the same time."""
    ports = {node: (free_port(), free_port()) for node in ("gd", "cr")}
    started = [launch_node(path / node, node, node, *ports[node]) for node in ports]
    try:
        for node in started:
            node.wait_until_ready()
        yield Pair(*started)
    finally:
        for node in started:
            node.ask_to_stop()
        for node in started:
            node.stop()
            remove_node(node.home)
