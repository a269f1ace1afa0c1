"""The edge of tests/edge without its limits of how often, and how its fuzzing is divided."""

from collections.abc import Iterator

import pytest

from tests.edge.conftest import RunningEdge, card, device, edge, founded, notary, running_edge
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
    folder = tmp_path_factory.mktemp("edge")
    with running_edge(folder, COMITY_SENDER_RATE=UNLIMITED, COMITY_ADDRESS_RATE=UNLIMITED) as edge:
        yield edge
