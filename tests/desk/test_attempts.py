"""The cache in which sign-in counts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.cache import cache

from backend.desk.attempts import AttemptsCache
from backend.desk.models import Attempt

pytestmark = pytest.mark.django_db


def test_the_desk_counts_in_its_table() -> None:
    assert settings.CACHES["default"]["BACKEND"] == "backend.desk.attempts.AttemptsCache"
    cache.set("attempts", [1.5, 2.5], 60)
    assert cache.get("attempts") == [1.5, 2.5]
    assert Attempt.objects.get().value == [1.5, 2.5]


def test_what_is_added_once_is_not_added_again_until_it_expires() -> None:
    assert cache.add("code", "y", 30)
    assert not cache.add("code", "z", 30)
    assert cache.get("code") == "y"
    Attempt.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert cache.get("code") is None
    assert cache.add("code", "z", 30)
    assert cache.get("code") == "z"


def test_what_expired_is_swept_when_something_is_kept() -> None:
    cache.set("old", 1, 30)
    Attempt.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    cache.set("new", 2, 30)
    assert Attempt.objects.count() == 1


def test_deleting_says_whether_there_was_something() -> None:
    cache.set("one", True, None)
    assert cache.delete("one")
    assert not cache.delete("one")
    assert cache.get("one", "nothing") == "nothing"


def test_no_name_and_no_address_stands_in_the_table() -> None:
    AttemptsCache("", {}).set("allauth:rl:login:ip:203.0.113.9", [1.0], 60)
    assert b"203.0.113.9" not in bytes(Attempt.objects.get().key)
    assert len(bytes(Attempt.objects.get().key)) == 32
