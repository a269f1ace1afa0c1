"""What a page can ask of the log."""

from datetime import timedelta

from backend.audit import selectors
from tests.audit.conftest import NOON


def test_events_come_with_their_place_in_the_log(record, integrate):
    record(2)
    integrate()
    record(1)
    assert sorted(event.log_index for event in selectors.events() if event.log_index is not None) == [0, 1]
    assert [event.log_index for event in selectors.events()].count(None) == 1


def test_events_are_found_by_subject_and_by_time(record):
    record(3)
    assert {event.subject_id for event in selectors.events_about("submission", ["s-1", "s-2", "s-9"])} == {"s-1", "s-2"}
    assert not selectors.events_about("letter", ["s-1"])
    assert selectors.events_between(NOON, NOON + timedelta(seconds=1)).count() == 3
    assert not selectors.events_between(NOON - timedelta(days=1), NOON).exists()


def test_the_newest_checkpoint_is_the_largest(record, integrate):
    assert selectors.newest_checkpoint() is None
    record(3)
    integrate(limit=2)
    assert selectors.newest_checkpoint().size == 3
