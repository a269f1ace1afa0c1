"""Rows as a queue: when one is due, also after the clock has jumped."""

import uuid
from datetime import timedelta

import pytest

from backend.intake.models import Submission
from backend.intake.queue import MAX_BACKOFF, backoff, claimed, claimed_many
from tests.founding import NOW, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting() -> Submission:
    return store("0" * 64, uuid.uuid4(), "report", "0" * 16, b"sealed", at=NOW)


def claims(at) -> int:
    """How many rows are claimed at this time, one at a time and together; what was claimed is put back."""
    before = list(Submission.objects.values_list("pk", "attempts", "not_before"))
    with claimed(Submission.objects.all(), order="received_at", at=at) as one:
        first = int(one is not None)
    for pk, attempts, not_before in before:
        Submission.objects.filter(pk=pk).update(attempts=attempts, not_before=not_before)
    with claimed_many(Submission.objects.all(), order="received_at", at=at, most=5) as many:
        assert len(many) == first
    return first


def test_a_row_that_was_tried_waits_for_its_time(waiting):
    Submission.objects.update(not_before=NOW + backoff(3))
    assert claims(NOW) == 0
    assert claims(NOW + backoff(3)) == 1


def test_a_row_is_never_put_off_further_than_back_off_goes(waiting):
    Submission.objects.update(not_before=NOW + MAX_BACKOFF)
    assert claims(NOW) == 0


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=3)])
def test_a_row_that_was_tried_while_the_clock_was_fast_is_tried_again_when_it_is_right(waiting, ahead):
    with claimed(Submission.objects.all(), order="received_at", at=NOW + ahead) as row:
        assert row.not_before > NOW + ahead
    assert claims(NOW) == 1


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [(3, [0, 1, 2]), (8, [0, 1, 2, 3, 4, 5, 6, 7]), (9, [0, 1, 2, 3, 8, 7, 6, 5]), (90, [0, 1, 2, 3, 89, 88, 87, 86])],
)
def test_of_a_backlog_the_oldest_and_the_newest_are_taken(waiting, expected):
    for minute in range(waiting):
        store("0" * 64, uuid.uuid4(), "report", "0" * 16, b"sealed", at=NOW + timedelta(minutes=minute))
    later = NOW + timedelta(days=1)
    with claimed_many(Submission.objects.all(), order="received_at", at=later, most=8, both_ends=True) as rows:
        assert [(row.received_at - NOW) // timedelta(minutes=1) for row in rows] == expected
    with claimed_many(
        Submission.objects.filter(attempts=0), order="received_at", at=later, most=8, both_ends=True
    ) as rows:
        assert len(rows) == min(max(waiting - 8, 0), 8)
