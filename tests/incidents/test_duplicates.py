"""A person confirms or dismisses a likely duplicate: both incidents and every decision are kept."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from backend.accounts.models import Role
from backend.accounts.services import Person
from backend.audit.models import AuditEvent
from backend.incidents.deciding import MAX_REASON, NotDecided
from backend.incidents.duplicates import Outcome, decide_duplicate, duplicate_decisions
from backend.incidents.models import Correlation, DuplicateDecision, Incident
from backend.incidents.related import related_to, suggestion_for
from tests.founding import NOW, person
from tests.incidents.reporting import IBAN, WORDS, arrive, compare_all, copies, erase, founded, pair, report
from tests.undoing import undone

REASON = "Testperson Exampleton told it to both units."


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Incident]]:
    """Two that are likely duplicates, one that is related; what a test changes is rolled back to it."""
    with django_db_blocker.unblock(), undone():
        device = founded()
        told = report(WORDS.format(IBAN, "198.51.100.23"))
        incidents = arrive(device, told, told, report(f"Paid to {IBAN} again."))
        compare_all()
        yield incidents


@pytest.fixture
def suggestion(incidents: list[Incident]) -> Correlation:
    found = pair(*incidents[:2])
    assert found is not None
    return found


def decide(
    suggestion: Correlation, acting: Person, outcome: Outcome = Outcome.CONFIRMED, **changes: Any
) -> DuplicateDecision:
    fields: dict[str, Any] = {"reason": REASON, "replaces": None, "at": NOW} | changes
    return decide_duplicate(suggestion, outcome, fields.pop("reason"), acting=acting, **fields)


def test_a_person_confirms_and_both_incidents_show_it(
    incidents: list[Incident], suggestion: Correlation, prosecutor: Person
) -> None:
    decision = decide(suggestion, prosecutor)
    for one, other in (incidents[:2], incidents[1::-1]):
        (line,) = related_to(one, prosecutor.user, at=NOW).likely
        assert (line.hit.incident, line.decision) == (other, decision)
    (shown,) = duplicate_decisions(suggestion)
    assert (shown.decision, shown.reason) == (decision, REASON)
    assert Incident.objects.count() == 3


def test_it_goes_on_record_for_both_and_without_the_reason(suggestion: Correlation, prosecutor: Person) -> None:
    decision = decide(suggestion, prosecutor, Outcome.DISMISSED)
    events = AuditEvent.objects.filter(event="duplicate:dismissed")
    assert {event.subject_id for event in events} == {str(suggestion.first_id), str(suggestion.second_id)}
    assert {event.detail["decision"] for event in events} == {str(decision.pk)}
    assert not [row for row in AuditEvent.objects.all() if "Exampleton" in str(row.detail)]
    decision.refresh_from_db()
    assert b"Exampleton" not in bytes(decision.reason_ct)


def test_a_later_decision_replaces_and_keeps_the_earlier(suggestion: Correlation, prosecutor: Person) -> None:
    first = decide(suggestion, prosecutor, Outcome.DISMISSED)
    second = decide(suggestion, prosecutor, reason="It was one after all.", replaces=first, at=NOW + timedelta(days=1))
    assert [one.decision for one in duplicate_decisions(suggestion)] == [second, first]
    assert [one.reason for one in duplicate_decisions(suggestion)] == ["It was one after all.", REASON]


@pytest.mark.parametrize("which", [0, 1])
def test_the_reason_goes_with_either_of_the_two(
    incidents: list[Incident], suggestion: Correlation, prosecutor: Person, which: int
) -> None:
    decide(suggestion, prosecutor)
    erase(incidents[which])
    (shown,) = duplicate_decisions(Correlation.objects.get(pk=suggestion.pk))
    assert (shown.decision.outcome, shown.reason) == ("confirmed", None)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.DUTY, Role.PROSECUTOR}))
def test_nobody_else_decides(suggestion: Correlation, prosecutor: Person, role: Role) -> None:
    with pytest.raises(Http404):
        decide(suggestion, person(role, f"{role}-person"))
    assert decide(suggestion, prosecutor)


@pytest.mark.parametrize("reason", ["", "  \n", "x" * (MAX_REASON + 1)])
def test_a_decision_without_a_reason_is_refused(suggestion: Correlation, prosecutor: Person, reason: str) -> None:
    with pytest.raises(NotDecided, match="needs a reason"):
        decide(suggestion, prosecutor, reason=reason)
    assert not DuplicateDecision.objects.exists()


def test_who_looked_before_another_decided_has_to_look_again(suggestion: Correlation, prosecutor: Person) -> None:
    first = decide(suggestion, prosecutor)
    with pytest.raises(NotDecided, match="Somebody else decided"):
        decide(suggestion, person(Role.DUTY, "duty-person"), Outcome.DISMISSED)
    assert decide(suggestion, prosecutor, Outcome.DISMISSED, replaces=first)


# What a reader is shown -----------------------------------------------------------------------------------------------


def test_what_is_shared_is_shown_with_its_values(incidents: list[Incident], prosecutor: Person) -> None:
    found = related_to(incidents[0], prosecutor.user, at=NOW)
    (likely,), (related,) = found.likely, found.related
    assert likely.hit.incident == incidents[1]
    assert likely.values == (("iban", "GB60BARC26798414021397"), ("ipv4", "198.51.100.23"))
    assert (related.hit.incident, related.hit.title) == (incidents[2], "Plainly fictional")
    assert related.values == (("iban", "GB60BARC26798414021397"),)
    assert found.everybodys == ()


def test_who_may_not_read_incidents_is_shown_none(
    incidents: list[Incident], suggestion: Correlation, prosecutor: Person
) -> None:
    auditor = person(Role.AUDITOR, "auditor").user
    found = related_to(incidents[0], auditor, at=NOW)
    assert (found.likely, found.related, found.everybodys, found.more) == ((), (), (), False)
    with pytest.raises(Http404):
        suggestion_for(auditor, incidents[0], incidents[1].pk, at=NOW)
    assert suggestion_for(prosecutor.user, incidents[0], incidents[1].pk, at=NOW) == (suggestion, incidents[1])


def test_what_the_reader_may_not_see_is_neither_listed_nor_counted(
    incidents: list[Incident], prosecutor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if incidents were for some units alone: all that is shown goes through one function."""
    copies(incidents[2], 60, having=incidents[2].indicators.get())
    assert related_to(incidents[0], prosecutor.user, at=NOW).everybodys == (("iban", "GB60BARC26798414021397"),)
    mine = [incidents[0].pk, incidents[2].pk]
    monkeypatch.setattr(
        "backend.incidents.access.visible_incidents", lambda user, *, at: Incident.objects.filter(pk__in=mine)
    )
    found = related_to(incidents[0], prosecutor.user, at=NOW)
    assert (found.likely, [line.hit.incident for line in found.related]) == ((), [incidents[2]])
    assert (found.everybodys, found.more) == ((), False)


def test_only_what_was_suggested_can_be_decided_on(incidents: list[Incident], prosecutor: Person) -> None:
    with pytest.raises(Http404):
        suggestion_for(prosecutor.user, incidents[0], incidents[2].pk, at=NOW)
    related = pair(incidents[0], incidents[2])
    assert related is not None
    with pytest.raises(IntegrityError, match="was suggested"), transaction.atomic():
        decide(related, prosecutor)


def test_an_erased_incident_has_no_title_and_the_erased_page_no_values(
    incidents: list[Incident], prosecutor: Person
) -> None:
    erase(incidents[1])
    (likely,) = related_to(incidents[0], prosecutor.user, at=NOW).likely
    assert likely.hit.title is None
    assert [line.values for line in related_to(incidents[1], prosecutor.user, at=NOW).likely] == [()]


# What the database refuses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incidents_duplicatedecision SET outcome = 'dismissed'",
        "DELETE FROM incidents_duplicatedecision",
        "INSERT INTO incidents_duplicatedecision (id, correlation_id, outcome, reason_ct, decided_at, decided_by_id) "
        "SELECT gen_random_uuid(), correlation_id, outcome, reason_ct, now(), decided_by_id "
        "FROM incidents_duplicatedecision",
        "INSERT INTO incidents_duplicatedecision "
        "(id, correlation_id, replaces_id, outcome, reason_ct, decided_at, decided_by_id) "
        "SELECT gen_random_uuid(), correlation_id, id, outcome, '', now(), decided_by_id "
        "FROM incidents_duplicatedecision",
        "INSERT INTO incidents_duplicatedecision "
        "(id, correlation_id, replaces_id, outcome, reason_ct, decided_at, decided_by_id) "
        "SELECT gen_random_uuid(), correlation_id, id, 'merged', reason_ct, now(), decided_by_id "
        "FROM incidents_duplicatedecision",
        "INSERT INTO incidents_correlation (id, first_id, second_id, shared, signs, suggested, found_at) "
        "SELECT gen_random_uuid(), second_id, first_id, 1, '{}', false, now() FROM incidents_correlation LIMIT 1",
    ],
)
def test_the_database_refuses_what_is_no_decision(suggestion: Correlation, prosecutor: Person, statement: str) -> None:
    decide(suggestion, prosecutor)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
