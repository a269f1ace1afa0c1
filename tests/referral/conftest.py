"""Set-up that the tests of referrals share."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.referral.test_acts import Office
from tests.undoing import undone


@pytest.fixture(scope="module")
def founded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    """One office for the tests of this file; what a test changes is rolled back to it."""
    with django_db_blocker.unblock(), undone():
        yield Office()


@pytest.fixture
def office(founded: Office, db: None) -> Office:
    return founded
