"""A node's life: first start, second start, and how it ends."""

import time

import psycopg
import pytest

from backend.cli.node.launcher import RunningNode, launch_node, remove_node
from tests import cluster
from tests.node import proc
from tests.ports import free_port


def people(node: RunningNode) -> list[tuple[str, str]]:
    with psycopg.connect(node.env("keys")["DATABASE_URL"]) as connection:
        return connection.execute("SELECT username, password FROM accounts_user ORDER BY id").fetchall()


def all_of(node: RunningNode) -> set[int]:
    """Every process of the node, found by its parents and again by what its environment names."""
    home, data = str(node.home.path), str(node.home.database_folder())
    return proc.descendants(node.processes()["supervisor"]) | proc.naming(home, data)


@pytest.mark.journey
@pytest.mark.xdist_group("life")
def test_a_node_keeps_its_data_and_leaves_no_process_behind():
    path, ports = cluster.folder() / "life", (free_port(), free_port())
    started = time.monotonic()
    node = launch_node(path, "gd", "gd", *ports)
    try:
        node.wait_until_ready()
        first_start = time.monotonic() - started
        said = node.output.read_text()
        assert "First sign-in, shown once: " in said
        assert "Recovery kit: " in said
        first, identity = people(node), (node.home.keys("identity") / "identity.pem").read_bytes()
        assert len(first) == 1
        running = all_of(node)
        assert len(running) > 10
        assert node.stop() == 0
        assert not proc.alive(running)

        started = time.monotonic()
        node = launch_node(path, "gd", "gd", *ports)
        node.wait_until_ready()
        # A slow machine is slow at the first start, too, which has more to do.
        assert time.monotonic() - started < max(10, first_start)
        said = node.output.read_text()
        assert "First sign-in" not in said
        assert "Recovery kit" not in said
        assert people(node) == first
        assert (node.home.keys("identity") / "identity.pem").read_bytes() == identity

        running = all_of(node)
        node.kill_supervisor()
        assert not proc.wait_until_gone(running, 90)

        # What a crash leaves keeps nobody from starting again.
        node = launch_node(path, "gd", "gd", *ports)
        node.wait_until_ready()
        assert people(node) == first
    finally:
        node.stop()
        remove_node(node.home)
