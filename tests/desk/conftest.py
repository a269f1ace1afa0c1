"""Set-up that the desk's tests share."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.desk.world import World, make_world
from tests.undoing import undone


@pytest.fixture(scope="module")
def founded(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for the tests of a file; what a test changes is rolled back to it."""
    with django_db_blocker.unblock(), undone():
        yield make_world()


@pytest.fixture
def world(founded: World, db: None) -> World:
    """The world as it was made: rows as they stand before the test, browsers of the test's own."""
    founded.clients.clear()
    founded.draft.refresh_from_db()
    founded.received.refresh_from_db()
    return founded
