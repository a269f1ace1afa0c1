"""Looking an indicator up on the page and by the API; related incidents and likely duplicates on their pages."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse
from jsonschema import Draft202012Validator

from backend.audit.models import AuditEvent
from backend.desk.api.description import description
from backend.incidents.comparing import HUB
from backend.incidents.models import Correlation, DuplicateDecision, LookUp
from tests.desk.test_pages import shown, words
from tests.desk.world import World
from tests.incidents.reporting import copies

IBAN = "GB60 BARC 2679 8414 0213 97"
API = "/api/v1/lookup"
# A span that runs from 1970 until 2286: none ends while a test asks.
LONG = 10**10


def ask(world: World, role: str = "prosecutor", **fields: object) -> HttpResponse:
    return world.client(role).post(reverse("lookup"), {"text": IBAN, "type": ""} | fields)


def call(world: World, body: object, role: str = "prosecutor", **more: Any) -> HttpResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return world.client(role).post(API, data, content_type="application/json", **more)


# The page -------------------------------------------------------------------------------------------------------------


def test_what_is_looked_up_is_found_and_leads_to_the_incident(world: World) -> None:
    answer = ask(world)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'href="/incidents/{world.incident.pk}/"' in page
    assert "IBAN GB60BARC26798414021397" in words(page)
    assert world.incident.reference in words(page)
    assert AuditEvent.objects.get(event="indicator:looked_up").acting_role == "prosecutor"


def test_the_page_offers_every_type_of_the_data_in_words(world: World) -> None:
    page = words(shown(world, "duty", "lookup"))
    for label in ("As it is recognised", "Telephone number", "Bank account", "SHA-256"):
        assert label in page


def test_what_nobody_has_and_what_everybody_uses_are_told_apart(world: World) -> None:
    page = words(ask(world, text="203.0.113.77 https://www.facebook.com/").content.decode())
    assert "No incident has it." in page
    assert "Everybody uses this site" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "Write what you look for."),
        ({"text": "it rained"}, "No indicator was recognised"),
        ({"text": "x" * 2001}, "2001"),
        ({"type": "no-such-type"}, "no-such-type is not one of the available choices"),
        ({"older": "0"}, "This was not done"),
        ({"older": str(2**63)}, "This was not done"),
        ({"text": "\0"}, "This was not done"),
    ],
)
def test_what_is_no_question_is_shown_again_with_the_reason(
    world: World, fields: dict[str, str], sentence: str
) -> None:
    answer = ask(world, **fields)
    assert answer.status_code == 400
    assert "This was not done" in words(answer.content.decode())
    assert sentence in words(answer.content.decode())


def test_the_value_never_stands_in_an_address(world: World) -> None:
    answer = world.client("prosecutor").get(reverse("lookup") + "?text=198.51.100.23")
    assert answer.status_code == 200
    assert "198.51.100.23" not in answer.content.decode()
    assert not LookUp.objects.exists()


def test_a_long_answer_goes_on_with_a_button(world: World) -> None:
    copies(world.incident, 30, having=world.incident.indicators.get(type="iban"))
    page = ask(world).content.decode()
    assert "The 25 that came to have it last" in words(page)
    older = page.split('name="older" value="')[-1].split('"')[0]
    last = ask(world, text="GB60BARC26798414021397", type="iban", older=older).content.decode()
    assert world.incident.reference in words(last)
    assert "Older" not in words(last)


def test_who_asks_too_often_is_told_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.vault.tokens.LIMITS", ((LONG, 1),))
    assert ask(world).status_code == 200
    answer = ask(world)
    assert answer.status_code == 429
    assert "ask again in" in words(answer.content.decode())
    refused = call(world, {"value": IBAN})
    assert (refused.status_code, refused.json()["type"]) == (429, "urn:comity:problem:too-many")
    assert 0 < int(refused.headers["Retry-After"]) <= LONG


# The API --------------------------------------------------------------------------------------------------------------


def test_a_program_finds_what_the_page_shows(world: World) -> None:
    answer = call(world, {"value": IBAN})
    operation = description()["paths"][API]["post"]
    shape = operation["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator(shape).validate(answer.json())
    (found,) = answer.json()["indicators"]
    assert (found["type"], found["value"], found["common"], found["older"]) == (
        "iban", "GB60BARC26798414021397", False, None,
    )  # fmt: skip
    (incident,) = found["incidents"]
    assert (incident["id"], incident["reference"]) == (str(world.incident.pk), world.incident.reference)
    assert LookUp.objects.get().by == world.people["prosecutor"].user


@pytest.mark.parametrize(
    ("body", "name", "part"),
    [
        (b"not json", "malformed", "body"),
        ({}, "malformed", "body"),
        ({"value": 1}, "malformed", "value"),
        ({"value": "x" * 2001}, "malformed", "value"),
        ({"value": IBAN, "older": 0}, "malformed", "older"),
        ({"value": IBAN, "more": 1}, "malformed", "body"),
        ({"value": "it rained"}, "question", "No indicator was recognised"),
        ({"value": IBAN, "type": "no-such-type"}, "question", "none of those that are offered"),
        (b" " * 17_000, "too-large", "16384"),
    ],
)
def test_what_is_no_question_is_a_problem_that_repeats_nothing(world: World, body: Any, name: str, part: str) -> None:
    answer = call(world, body)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:comity:problem:{name}"
    assert part in answer.json()["detail"]
    assert IBAN not in answer.content.decode()
    assert not LookUp.objects.exists()


def test_the_api_is_open_to_its_roles_and_absent_for_the_others(world: World) -> None:
    found = {role for role in world.people if call(world, {"value": IBAN}, role).status_code == 200}
    assert found == {"duty", "prosecutor", "approver", "signer"}
    assert call(world, b"x", "officer").json()["type"] == "urn:comity:problem:not-found"


# The incident's page --------------------------------------------------------------------------------------------------


def test_an_incident_alone_says_so(world: World) -> None:
    assert "None that share an indicator were found." in words(shown(world, "signer", "incident", pk=world.incident.pk))


def test_related_incidents_are_shown_with_what_they_share(world: World) -> None:
    twin = world.twin
    page = words(shown(world, "signer", "incident", pk=world.incident.pk))
    assert f"This may be the same as {twin.reference}." in page
    assert "They have most of their indicators in common." in page
    assert "Likely duplicate" in page
    shared = world.incident.indicators.order_by("position")[0].type
    assert {"iban": "GB60BARC26798414021397", "ipv4": "198.51.100.23"}[shared] in page.split("Related incidents")[1]


def test_the_list_marks_what_may_be_a_duplicate_until_somebody_decides(world: World) -> None:
    assert "Likely duplicate" not in words(shown(world, "signer", "incidents"))
    decided = reverse("duplicate", kwargs={"pk": world.incident.pk, "other": world.twin.pk})
    assert words(shown(world, "signer", "incidents")).count("Likely duplicate") == 2
    world.client("duty").post(decided, {"outcome": "dismissed", "reason": "Two payments.", "replaces": ""})
    assert "Likely duplicate" not in words(shown(world, "signer", "incidents"))


def test_what_everybody_has_is_offered_to_be_looked_up(world: World) -> None:
    copies(world.incident, HUB + 1, having=world.incident.indicators.get(type="iban"))
    page = shown(world, "signer", "incident", pk=world.incident.pk)
    assert f"More than {HUB} other incidents have what follows." in words(page)
    assert '<input type="hidden" name="type" value="iban">' in page


# Deciding -------------------------------------------------------------------------------------------------------------


def decide(world: World, role: str = "prosecutor", **fields: object) -> HttpResponse:
    where = reverse("duplicate", kwargs={"pk": world.incident.pk, "other": world.twin.pk})
    return world.client(role).post(where, {"outcome": "confirmed", "reason": "Told twice.", "replaces": ""} | fields)


def test_the_two_stand_beside_each_other_and_reading_them_goes_on_record(world: World) -> None:
    twin = world.twin
    page = words(shown(world, "approver", "duplicate", pk=world.incident.pk, other=twin.pk))
    assert "got into the mailbox" in page
    assert "Copied for a test" in page
    assert "Record the decision" not in page
    read = {event.subject_id for event in AuditEvent.objects.filter(event="incident:read", acting_role="approver")}
    assert read == {str(world.incident.pk), str(twin.pk)}
    assert "Record the decision" in words(shown(world, "duty", "duplicate", pk=world.incident.pk, other=twin.pk))


def test_a_confirmed_duplicate_is_shown_on_the_page_with_the_way_to_its_reason(world: World) -> None:
    answer = decide(world)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/incidents/{world.incident.pk}/")
    page = words(shown(world, "signer", "incident", pk=world.incident.pk))
    assert "One thing" in page
    assert "This may be the same as" not in page
    page = words(shown(world, "signer", "duplicate", pk=world.incident.pk, other=world.twin.pk))
    assert "They report one thing" in page
    assert "Told twice." in page


def test_a_dismissed_one_can_be_decided_anew_and_both_decisions_are_shown(world: World) -> None:
    decide(world, outcome="dismissed", reason="Two payments.")
    first = DuplicateDecision.objects.get()
    assert decide(world, replaces=str(first.pk)).status_code == 302
    page = words(shown(world, "signer", "duplicate", pk=world.incident.pk, other=world.twin.pk))
    assert page.index("Told twice.") < page.index("Two payments.")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"outcome": ""}, "Choose one of the two."),
        ({"outcome": "merged"}, "merged is not one of the available choices"),
        ({"reason": " "}, "Write the reason; it stays with the decision."),
        ({"reason": "x" * 4001}, "at most 4000 characters"),
        ({"replaces": "no id"}, "This was not done"),
    ],
)
def test_a_form_that_is_not_fit_is_shown_again(world: World, fields: dict[str, str], sentence: str) -> None:
    answer = decide(world, **fields)
    assert answer.status_code == 400
    assert sentence in words(answer.content.decode())
    assert not DuplicateDecision.objects.exists()


def test_who_did_not_see_the_decision_of_another_is_told_so_and_keeps_the_words(world: World) -> None:
    world.twin  # noqa: B018  (made before the first decision)
    assert decide(world, "duty", outcome="dismissed").status_code == 302
    answer = decide(world, reason="Words of the slower one.")
    assert answer.status_code == 400
    page = words(answer.content.decode())
    assert "Somebody else decided since you loaded the page" in page
    assert "Words of the slower one." in answer.content.decode()
    assert DuplicateDecision.objects.count() == 1


def test_what_was_not_suggested_is_absent(world: World) -> None:
    twin = world.twin
    for other, status in ((twin, 200), (world.incident, 404)):
        where = reverse("duplicate", kwargs={"pk": world.incident.pk, "other": other.pk})
        assert world.client("prosecutor").get(where).status_code == status
    Correlation.objects.update(suggested=False)
    where = reverse("duplicate", kwargs={"pk": world.incident.pk, "other": twin.pk})
    assert world.client("prosecutor").get(where).status_code == 404
