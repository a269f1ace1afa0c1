"""What a page can ask of the log."""

from backend.audit import selectors


def test_events_come_with_their_place_in_the_log(record, integrate):
    record(2)
    integrate()
    record(1)
    assert sorted(event.log_index for event in selectors.events() if event.log_index is not None) == [0, 1]
    assert [event.log_index for event in selectors.events()].count(None) == 1


def test_the_newest_checkpoint_is_the_largest(record, integrate):
    assert selectors.newest_checkpoint() is None
    record(3)
    integrate(limit=2)
    assert selectors.newest_checkpoint().size == 3
