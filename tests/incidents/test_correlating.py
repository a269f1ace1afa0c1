"""Incidents are compared as they arrive: what they share, which may be one thing, and what is bounded."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.audit.models import AuditEvent
from backend.conventions.indicators.common import is_common
from backend.incidents import comparing, correlating, opening
from backend.incidents.comparing import HUB
from backend.incidents.models import Comparison, Correlation, Incident, Indicator
from backend.incidents.setting_aside import MAX_ATTEMPTS
from tests.founding import NOW, TestDevice
from tests.incidents.reporting import (
    IBAN,
    WORDS,
    add_indicator,
    arrive,
    compare_all,
    copies,
    erase,
    founded,
    pair,
    report,
)
from tests.undoing import undone

RETOLD = "Paid to {}."


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[TestDevice]:
    """A device for the tests of this file; what a test changes is rolled back to it."""
    with django_db_blocker.unblock(), undone():
        yield founded()


@pytest.fixture
def device(made: TestDevice, db: None) -> TestDevice:
    return made


def waiting() -> int:
    return Comparison.objects.filter(waiting_since__isnull=False).count()


def test_two_that_share_an_account_are_related_once_whichever_arrived_first(device: TestDevice) -> None:
    one, other, stranger = arrive(
        device, report(RETOLD.format(IBAN)), report(f"We lost it to {IBAN.lower()}."), report("It rained.")
    )
    assert waiting() == 3
    assert compare_all() == 3
    assert waiting() == 0
    found = pair(one, other)
    assert found is not None
    assert (found.shared, found.suggested, found.found_at) == (1, False, NOW)
    assert Correlation.objects.count() == 1
    assert Comparison.objects.get(pk=stranger.pk).compared_at == NOW


def test_what_was_found_goes_on_record_in_numbers_alone(device: TestDevice) -> None:
    arrive(device, report(RETOLD.format(IBAN)))
    compare_all()
    assert not AuditEvent.objects.filter(event="incident:correlated").exists()
    (other,) = arrive(device, report(RETOLD.format(IBAN)))
    compare_all()
    event = AuditEvent.objects.get(event="incident:correlated")
    assert (event.subject_id, event.acting_id) == (str(other.pk), "worker")
    assert event.detail == {"reference": other.reference, "related": 1, "suggested": 0}


def test_the_same_report_from_another_is_suggested_as_a_duplicate(device: TestDevice) -> None:
    told = WORDS.format(IBAN, "198.51.100.23")
    one, other = arrive(device, report(told), report("It happened so.\n" + told.replace(",", ";")))
    compare_all()
    found = pair(one, other)
    assert found is not None
    assert (found.suggested, set(found.signs)) == (True, {"same-narrative", "same-indicators"})


def test_the_same_words_without_any_indicator_are_found_too(device: TestDevice) -> None:
    told = "She was called by somebody who said that her grandson had been arrested and needed bail in cash at once."
    one, other, _ = arrive(device, report(told), report(told.upper()), report("Called by somebody."))
    compare_all()
    assert not Indicator.objects.exists()
    found = pair(one, other)
    assert found is not None
    assert (found.shared, found.signs, found.suggested) == (0, ["same-narrative"], True)
    assert Correlation.objects.count() == 1


def test_what_fifty_others_share_relates_and_what_more_share_does_not(device: TestDevice) -> None:
    (one,) = arrive(device, report(RETOLD.format(IBAN)))
    near = copies(one, HUB, having=one.indicators.get())
    correlating.compare([one.pk], at=NOW)
    assert Correlation.objects.count() == HUB
    Correlation.objects.all().delete()
    (another,) = arrive(device, report(RETOLD.format(IBAN)))
    correlating.compare([another.pk, near[0].pk], at=NOW)
    assert not Correlation.objects.exists()


def test_an_indicator_that_thousands_share_is_not_read_to_its_end(
    device: TestDevice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from django.db import connection

    (one,) = arrive(device, report(RETOLD.format(IBAN)))
    copies(one, 400, having=one.indicators.get())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE incidents_indicator")
        arguments = [[one.pk], comparing.MOST_COMPARED, HUB + 1, HUB]
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + comparing._SHARING, arguments)
        (plan,) = cursor.fetchone()
    assert max(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in nodes(plan[0]["Plan"])) < 60


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def test_one_comparison_leaves_no_more_pairs_than_are_allowed(
    device: TestDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "MOST_RELATED", 3)
    (one,) = arrive(device, report(RETOLD.format(IBAN)))
    copies(one, 9, having=one.indicators.get())
    correlating.compare([one.pk], at=NOW)
    assert Correlation.objects.count() == 3


def test_an_indicator_that_comes_later_wakes_the_comparison_and_counts(device: TestDevice) -> None:
    one, other = arrive(device, report(RETOLD.format(IBAN)), report("From 198.51.100.23, paid to " + IBAN))
    compare_all()
    before = pair(one, other)
    add_indicator(one, "ipv4", "198.51.100.23")
    assert waiting() == 1
    assert compare_all() == 1
    after = pair(one, other)
    assert before is not None
    assert after is not None
    assert (before.shared, after.shared, before.pk) == (1, 2, after.pk)
    assert AuditEvent.objects.filter(event="incident:correlated").count() == 1


def test_what_was_suggested_stays_so_when_less_speaks_for_it(device: TestDevice) -> None:
    at = {"occurred_at": "2026-11-23T10:00:00Z"}
    told = f"{IBAN} and 192.0.2.7"
    one, other = arrive(device, report(RETOLD.format(told), **at), report("Lost to " + told, **at))
    compare_all()
    for number in range(3):
        add_indicator(one, "ipv4", f"198.51.100.{number}")
        add_indicator(other, "ipv4", f"203.0.113.{number}")
    compare_all()
    found = pair(one, other)
    assert found is not None
    assert (found.signs, found.suggested) == (["same-day"], True)


def test_what_cannot_be_compared_holds_up_no_other_and_is_tried_again(
    device: TestDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, one, other = arrive(device, *(report(RETOLD.format(IBAN)) for _ in range(3)))
    whole = comparing.pairs_of

    def failing(incidents: Any) -> Any:
        if broken.pk in incidents:
            raise ValueError
        return whole(incidents)

    monkeypatch.setattr(correlating, "pairs_of", failing)
    assert correlating.correlate_waiting(at=NOW) == 3
    assert pair(one, other)
    assert waiting() == 1
    assert correlating.correlate_waiting(at=NOW) == 0
    monkeypatch.undo()
    assert correlating.correlate_waiting(at=NOW + timedelta(minutes=1)) == 1
    assert pair(broken, one)


def test_what_ends_the_worker_each_time_is_left_in_the_end(device: TestDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correlating, "pairs_of", lambda _: pytest.fail("it was tried once more"))
    arrive(device, report(RETOLD.format(IBAN)))
    Comparison.objects.update(attempts=2 * MAX_ATTEMPTS)
    correlating.correlate_waiting(at=NOW)
    assert waiting() == 0


def test_an_erased_incident_is_compared_by_what_is_left_of_it(device: TestDevice) -> None:
    one, other = arrive(device, report(WORDS.format(IBAN, "x")), report(WORDS.format(IBAN, "x")))
    erase(one)
    compare_all()
    found = pair(one, other)
    assert found is not None
    assert (found.shared, found.suggested) == (1, False)


def test_a_report_that_does_not_open_holds_up_nobody_who_shares_with_it(device: TestDevice) -> None:
    one, other = arrive(device, report(RETOLD.format(IBAN)), report(RETOLD.format(IBAN)))
    Incident.objects.filter(pk=one.pk).update(report_ct=b"altered")
    assert compare_all() == 2
    found = pair(one, other)
    assert found is not None
    assert (found.shared, found.signs) == (1, [])


def test_ten_are_compared_with_as_many_statements_as_two(
    device: TestDevice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    arrive(device, *(report(WORDS.format(IBAN, f"198.51.100.{number}")) for number in range(2)))
    with django_assert_max_num_queries(25) as two:
        correlating.correlate_waiting(at=NOW)
    arrive(device, *(report(WORDS.format(IBAN, f"203.0.113.{number}")) for number in range(10)))
    with django_assert_max_num_queries(25) as ten:
        correlating.correlate_waiting(at=NOW)
    assert len(ten) <= len(two) + 1


@pytest.mark.parametrize(
    ("kind", "value", "common"),
    [
        ("domain", "gmail.com", True),
        ("domain", "www.facebook.com", True),
        ("url", "https://www.facebook.com/", True),
        ("url", "https://facebook.com", True),
        ("url", "https://facebook.com/some.body", False),
        ("domain", "gmail.com.example.net", False),
        ("email", "x@gmail.com", False),
        ("username", "gmail.com", False),
    ],
)
def test_a_site_that_everybody_uses_is_not_indexed(kind: str, value: str, common: bool) -> None:
    assert is_common(kind, value) is common


def test_the_front_page_of_a_common_site_relates_nothing(device: TestDevice) -> None:
    arrive(device, *(report("Seen at https://www.facebook.com/ and nowhere else.") for _ in range(2)))
    compare_all()
    assert [row.token for row in Indicator.objects.all()] == [None, None]
    assert not Correlation.objects.exists()


def test_the_worker_is_woken(device: TestDevice) -> None:
    from backend.worker.queues import SWEEPS
    from backend.worker.tasks import WORK

    assert set(SWEEPS) == set(WORK)
    arrive(device, report(RETOLD.format(IBAN)))
    assert [work() for work in WORK["correlation"]] == [1]
    assert not opening.open_waiting(at=NOW)
