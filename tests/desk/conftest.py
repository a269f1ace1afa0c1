"""Set-up that the desk's tests share."""

import pytest
from django.core.cache import cache

from tests.desk.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def _no_attempts_counted() -> None:
    """Every test begins with no sign-in attempts counted against anybody."""
    cache.clear()
