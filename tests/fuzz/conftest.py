"""The edge of tests/edge without its limits of how often, and how its fuzzing is divided."""

from collections.abc import Iterator

import pytest

from backend.cli.node.ports import free_port
from tests.edge.conftest import RunningEdge, card, device, edge, founded, notary, start_edge, wait_until_healthy
from tests.fuzz.running import SHARDS

__all__ = ["card", "device", "edge", "founded", "notary"]
UNLIMITED = "999999/999999"


@pytest.fixture(params=range(SHARDS))
def shard(request: pytest.FixtureRequest) -> int:
    """Which part of the examples: parts run beside each other."""
    return int(request.param)


@pytest.fixture(scope="session")
def edge_process(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEdge]:
    """An edge that refuses nothing for coming too often: it would be all that is seen of a long run."""
    folder, port = tmp_path_factory.mktemp("edge"), free_port()
    (folder / "sealed").mkdir(mode=0o700)
    process = start_edge(folder, port, COMITY_SENDER_RATE=UNLIMITED, COMITY_ADDRESS_RATE=UNLIMITED)
    edge = RunningEdge(f"http://127.0.0.1:{port}", folder / "sealed", folder / "edge.log", process.pid)
    try:
        wait_until_healthy(edge, process)
        yield edge
    finally:
        process.terminate()
        process.wait(10)
