"""The edge of tests/edge, and how its fuzzing is divided."""

import pytest

from tests.edge.conftest import card, device, edge, edge_process, founded, notary
from tests.fuzz.running import SHARDS

__all__ = ["card", "device", "edge", "edge_process", "founded", "notary"]


@pytest.fixture(params=range(SHARDS))
def shard(request: pytest.FixtureRequest) -> int:
    """Which part of the examples: parts run beside each other."""
    return int(request.param)
