"""Looking an indicator up: what is found, what goes on record, how often a person may ask."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from backend.accounts.models import Role
from backend.accounts.services import Person
from backend.audit.models import AuditEvent
from backend.incidents import looking_up
from backend.incidents.looking_up import NotUnderstood, Question, look_up
from backend.incidents.models import Incident, LookUp
from backend.vault.tokens import LIMITS, AskedTooOften
from tests.founding import NOW, person
from tests.incidents.erasure import erased
from tests.incidents.reporting import IBAN, add_indicator, arrive, copies, erase, founded, report
from tests.undoing import undone

NORMALISED = "GB60BARC26798414021397"


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Incident]]:
    """Two incidents with an account and one without; what a test changes is rolled back to it."""
    with django_db_blocker.unblock(), undone():
        device = founded()
        yield arrive(device, report(f"Paid to {IBAN}."), report(f"Lost to {IBAN}."), report("It rained."))


def asked(acting: Person, text: str, kind: str | None = None, **more: Any) -> list[tuple[str, str, list[str]]]:
    """Type, value and references of each answer, the references in the order in which they are shown."""
    answers = look_up(Question(text, kind, more.get("older")), acting=acting, at=more.get("at", NOW))
    return [(one.type, one.value, [hit.incident.reference for hit in one.hits]) for one in answers]


@pytest.mark.parametrize("text", [IBAN, "gb60barc26798414021397", f"to the account {IBAN}, she said"])
def test_an_indicator_is_found_however_it_is_written_the_latest_first(
    incidents: list[Incident], prosecutor: Person, text: str
) -> None:
    latest_first = [incidents[1].reference, incidents[0].reference]
    assert asked(prosecutor, text) == [("iban", NORMALISED, latest_first)]


@pytest.mark.parametrize(
    ("stored", "kind", "text"),
    [
        (("username", "darkpanda"), "username", "@DarkPanda"),
        (("phone", "+14734400123"), "phone", "440-0123"),
        (("phone", "+14734400123"), None, "+1 (473) 440 0123"),
        (("ipv4", "198.51.100.23"), None, "198[.]51[.]100[.]23"),
        (("card", "411111******1111"), "card", "4111 1111 1111 1111"),
        (("card", "411111******1111"), "card", "411111******1111"),
        (("btc", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"), "btc", " 1BoatSLRHtKNngkdXEeobR76b53LETtpyT "),
    ],
)
def test_a_type_that_is_said_is_taken_at_its_word(
    incidents: list[Incident], prosecutor: Person, stored: tuple[str, str], kind: str | None, text: str
) -> None:
    add_indicator(incidents[2], *stored)
    assert asked(prosecutor, text, kind) == [(*stored, [incidents[2].reference])]


def test_the_same_value_of_another_type_is_another_indicator(incidents: list[Incident], prosecutor: Person) -> None:
    assert asked(prosecutor, NORMALISED, "username") == [("username", NORMALISED.lower(), [])]


def test_a_text_is_looked_up_for_each_indicator_in_it(incidents: list[Incident], prosecutor: Person) -> None:
    found = asked(prosecutor, f"{IBAN} and 203.0.113.9 and https://www.facebook.com/")
    assert [(kind, len(references)) for kind, _, references in found] == [("iban", 2), ("ipv4", 0), ("url", 0)]
    answers = look_up(Question("https://www.facebook.com/"), acting=prosecutor, at=NOW)
    assert [answer.common for answer in answers] == [True]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (Question("  "), "The text has 0 characters"),
        (Question("x" * 2001), "The text has 2001 characters"),
        (Question("it rained"), "No indicator was recognised"),
        (Question("no address", "ipv4"), "no indicator of that type"),
        (Question("x", "no-such-type"), "none of those that are offered"),
        (Question(" ".join(f"198.51.100.{number}" for number in range(11))), "The text has 11 indicators"),
        (Question("198.51.100.1 198.51.100.2", None, 7), "The text has 2 indicators; look up at most 1 at once"),
    ],
)
def test_what_is_no_question_is_refused_in_a_sentence(
    incidents: list[Incident], prosecutor: Person, question: Question, sentence: str
) -> None:
    with pytest.raises(NotUnderstood, match=sentence) as refused:
        look_up(question, acting=prosecutor, at=NOW)
    assert question.text.strip() == "" or question.text not in str(refused.value) or len(question.text) < 2
    assert not LookUp.objects.exists()


def test_who_asked_goes_on_record_and_what_for_does_not(
    incidents: list[Incident], prosecutor: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="comity"):
        asked(prosecutor, IBAN)
    event = AuditEvent.objects.get(event="indicator:looked_up")
    row = LookUp.objects.get()
    assert (event.subject_id, event.acting_id, event.detail) == (
        str(row.pk), "prosecutor", {"type": "iban", "found": 2},
    )  # fmt: skip
    assert (row.by, row.found, bytes(row.token)) == (
        prosecutor.user, 2, bytes(incidents[0].indicators.get().token),
    )  # fmt: skip
    assert "prosecutor looks up 1 indicators" in caplog.text
    assert IBAN not in caplog.text
    assert NORMALISED not in caplog.text
    assert bytes(row.token).hex() not in caplog.text + str(event.detail)


def test_who_looks_up_the_same_learns_of_the_other(incidents: list[Incident], prosecutor: Person) -> None:
    duty = person(Role.DUTY, "duty")
    (first,) = look_up(Question(IBAN), acting=prosecutor, at=NOW)
    (again,) = look_up(Question(IBAN), acting=prosecutor, at=NOW)
    (second,) = look_up(Question(IBAN), acting=duty, at=NOW)
    assert (first.earlier, again.earlier) == ((), ())
    assert {look.by for look in second.earlier} == {prosecutor.user}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.DUTY, Role.PROSECUTOR, Role.APPROVER, Role.SIGNER}))
def test_nobody_else_looks_up(incidents: list[Incident], prosecutor: Person, role: Role) -> None:
    with pytest.raises(Http404):
        asked(person(role, f"{role}-person"), IBAN)
    assert asked(prosecutor, IBAN)


def test_only_what_the_person_may_read_is_found(
    incidents: list[Incident], prosecutor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "backend.incidents.access.visible_incidents",
        lambda user, *, at: Incident.objects.filter(pk=incidents[0].pk),
    )
    assert asked(prosecutor, IBAN) == [("iban", NORMALISED, [incidents[0].reference])]


def test_an_erased_incident_has_no_title(incidents: list[Incident], prosecutor: Person) -> None:
    erase(incidents[0])
    (answer,) = look_up(Question(IBAN), acting=prosecutor, at=NOW)
    assert [hit.title for hit in answer.hits] == ["Plainly fictional", None]


def test_a_long_answer_comes_in_pages(
    incidents: list[Incident], prosecutor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_up, "PAGE", 4)
    copies(incidents[0], 8, having=incidents[0].indicators.get())
    older, pages = None, []
    while True:
        (answer,) = look_up(Question(NORMALISED, "iban", older), acting=prosecutor, at=NOW)
        pages.append([hit.incident.pk for hit in answer.hits])
        older = answer.older
        if older is None:
            break
    assert [len(page) for page in pages] == [4, 4, 2]
    assert len({pk for page in pages for pk in page}) == 10
    assert pages[-1] == [incidents[1].pk, incidents[0].pk]


def test_of_an_indicator_that_many_have_no_more_is_read_than_is_shown(
    incidents: list[Incident], prosecutor: Person
) -> None:
    copies(incidents[0], 400, having=incidents[0].indicators.get())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE incidents_indicator, incidents_incident")
    with connection.execute_wrapper(_explaining(found := [])):
        look_up(Question(IBAN), acting=prosecutor, at=NOW)
    read = [rows for rows in found if rows is not None]
    assert read
    assert max(read) <= looking_up.PAGE + 1


def _explaining(found: list[float]) -> Any:
    """Notes of each question on indicators how many rows a step of its plan handled."""

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and 'FROM "incidents_indicator"' in sql:
            with connection.connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + sql, params)
                plans = [cursor.fetchone()[0][0]["Plan"]]
            while plans:
                plan = plans.pop()
                plans += plan.get("Plans", [])
                found.append(plan["Actual Rows"])
        return execute(sql, params, many, context)

    return wrapper


# How often ------------------------------------------------------------------------------------------------------------


def test_who_asks_too_often_waits_and_others_do_not(incidents: list[Incident], prosecutor: Person) -> None:
    (minute, most), _ = LIMITS
    for _number in range(most):
        asked(prosecutor, IBAN)
    with pytest.raises(AskedTooOften) as refused:
        asked(prosecutor, IBAN)
    assert 0 < refused.value.wait <= minute
    assert LookUp.objects.count() == most
    assert asked(person(Role.DUTY, "duty"), IBAN)
    assert asked(prosecutor, IBAN, at=NOW + timedelta(seconds=refused.value.wait))


def test_a_text_counts_as_many_as_it_names(incidents: list[Incident], prosecutor: Person) -> None:
    ten = " ".join(f"198.51.100.{number}" for number in range(10))
    for _number in range(LIMITS[0][1] // 10):
        asked(prosecutor, ten)
    with pytest.raises(AskedTooOften):
        asked(prosecutor, IBAN)


def test_nobody_asks_on_all_day(incidents: list[Incident], prosecutor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.vault.tokens.LIMITS", ((60, 30), (86_400, 3)))
    for minute in range(3):
        asked(prosecutor, IBAN, at=NOW + timedelta(minutes=minute))
    with pytest.raises(AskedTooOften) as refused:
        asked(prosecutor, IBAN, at=NOW + timedelta(minutes=9))
    assert refused.value.wait > 3600


@pytest.mark.parametrize("statement", ["UPDATE incidents_lookup SET found = 0", "DELETE FROM incidents_lookup"])
def test_a_look_up_on_record_is_not_changed(incidents: list[Incident], prosecutor: Person, statement: str) -> None:
    asked(prosecutor, IBAN)
    with pytest.raises(IntegrityError, match="not changed or removed"), transaction.atomic():
        connection.cursor().execute(statement)


def test_its_token_goes_with_the_last_incident_that_has_the_indicator(
    incidents: list[Incident], prosecutor: Person
) -> None:
    asked(prosecutor, IBAN)
    asked(prosecutor, "203.0.113.9")
    of_all, of_none = LookUp.objects.order_by("type")
    erased(incidents[0])
    assert LookUp.objects.exclude(token=None).count() == 2
    erased(incidents[1])
    # What no incident ever had is the question of a person alone, and stays as it was asked.
    assert [row.token is None for row in LookUp.objects.order_by("type")] == [True, False]
    assert LookUp.objects.get(pk=of_all.pk).found == 2
    assert LookUp.objects.get(pk=of_none.pk).token


def test_no_token_is_taken_from_a_look_up_while_an_incident_has_it(
    incidents: list[Incident], prosecutor: Person
) -> None:
    asked(prosecutor, IBAN)
    with pytest.raises(IntegrityError, match="not changed or removed"), transaction.atomic():
        connection.cursor().execute("UPDATE incidents_lookup SET token = NULL")
