"""Roles × actions: every address of the desk, for every role, for strangers and for people without a second factor."""

import re
import uuid
from collections.abc import Mapping

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from backend.accounts.models import Role
from backend.conventions.catalogue import shipped
from backend.conventions.provisions import provisions_of
from tests.desk.world import World
from tests.undoing import undone

EVERYBODY = {role.value for role in Role}
WORKING = {"duty", "prosecutor", "approver", "signer", "registrar"}
CONFIRMING = {"prosecutor", "approver", "signer"}
READING = {"duty", "prosecutor", "approver", "signer"}

# (address, what it is about) -> who may see it.
PAGES: Mapping[tuple[str, str], set[str]] = {
    ("start", ""): EVERYBODY,
    ("mfa_index", ""): EVERYBODY,
    ("incidents", ""): READING,
    ("incident", "incident"): READING,
    ("open_referral", "incident"): {"duty", "prosecutor"},
    ("duplicate", "twin"): READING,
    ("lookup", ""): READING,
    ("referrals", ""): WORKING,
    ("referral", "referral"): WORKING,
    ("draft_letter", "referral"): {"duty", "prosecutor"},
    ("inbox", ""): WORKING,
    ("letter", "draft"): WORKING,
    ("letter", "received"): WORKING,
    ("letter_pdf", "draft"): WORKING,
    ("letter_pdf", "received"): WORKING,
    ("edit_letter", "draft"): {"duty", "prosecutor"},
    ("edit_letter", "received"): set(),
    ("evidence", ""): READING,
    ("evidence_item", "item"): READING | {"registrar"},
    ("evidence_item", "sensitive"): READING,
    ("quarantine", ""): {"administrator", "duty"},
    ("retention", ""): READING | {"administrator", "auditor"},
    ("keeping", "incident"): READING,
    ("law_sources", ""): WORKING | {"auditor"},
    ("law_source", "gd"): WORKING | {"auditor"},
    ("provision", "unverified"): WORKING | {"auditor"},
    ("directory", ""): WORKING | {"administrator", "auditor"},
    ("audit", ""): {"administrator", "auditor"},
}
# (act, letter) -> whose act it is; whether it can be done now is another question, answered on the page.
ACTS: Mapping[tuple[str, str], set[str]] = {
    ("complete", "draft"): {"duty", "prosecutor"},
    ("return", "draft"): {"duty", "prosecutor", "approver"},
    ("approve", "draft"): {"approver"},
    ("sign", "draft"): {"duty", "signer"},
    ("sign-urgent", "draft"): {"duty", "signer"},
    ("confirm-urgent-form", "draft"): {"approver"},
    ("confirm-reference", "draft"): {"duty", "prosecutor", "approver", "signer"},
    ("override-risk", "draft"): {"duty", "approver", "signer"},
    ("override-risk", "received"): set(),
    ("acknowledge", "draft"): set(),
    ("answer-preserved", "draft"): set(),
    ("acknowledge", "received"): {"duty", "registrar"},
    ("answer-preserved", "received"): {"duty"},
    ("complete", "received"): set(),
    ("approve", "received"): set(),
    ("sign", "received"): set(),
    ("sign-urgent", "received"): set(),
    ("confirm-reference", "received"): set(),
    ("no-such-act", "draft"): set(),
}
POSTS: Mapping[tuple[str, str], set[str]] = {
    ("decide_classification", "incident"): {"duty", "prosecutor"},
    ("open_referral", "incident"): {"duty", "prosecutor"},
    ("duplicate", "twin"): {"duty", "prosecutor"},
    ("lookup", ""): READING,
    ("read_evidence", "item"): READING,
    ("read_evidence", "sensitive"): READING,
    ("propose_release", "item"): {"duty", "prosecutor"},
    ("propose_release", "sensitive"): {"duty", "prosecutor"},
    ("decide_release", "release"): {"approver", "signer"},
    ("draft_letter", "referral"): {"duty", "prosecutor"},
    ("edit_letter", "draft"): {"duty", "prosecutor"},
    ("edit_letter", "received"): set(),
    ("provision_act", "confirm"): CONFIRMING,
    ("provision_act", "withdraw"): CONFIRMING,
    ("provision_act", "no-such-act"): set(),
    ("quarantine_retry", ""): {"administrator", "duty"},
}
# (address, what it is about) -> act -> whose act it is.
NAMED_ACTS: Mapping[tuple[str, str], Mapping[str, set[str]]] = {
    ("quarantine_act", "quarantined"): dict.fromkeys(("retry", "release", "give-up"), {"administrator", "duty"})
    | {"no-such-act": set()},
    ("retention_act", ""): dict.fromkeys(("rule", "confirm", "end"), {"administrator", "prosecutor", "approver"})
    | {"backups": {"administrator"}, "no-such-act": set()},
    ("keeping_act", "incident"): {
        "hold": {"duty", "prosecutor", "approver"},
        "lift": {"prosecutor", "approver"},
        "order": {"prosecutor"},
        "approve": {"approver"},
        "refuse": {"approver"},
        "take-back": {"prosecutor"},
        "no-such-act": set(),
    },
}
# Addresses of what there is not, where it has no number.
ABSENT = {
    "law_source": "/law/zz/",
    "provision": "/law/gd/0000/",
    "duplicate": f"/incidents/{uuid.uuid4()}/duplicate/{uuid.uuid4()}/",
}
SIGN_IN = {
    "account_login", "account_logout", "account_inactive", "account_change_password", "account_reauthenticate",
    "mfa_authenticate", "mfa_reauthenticate", "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
}  # fmt: skip

# Programs are told what people are led to: tests/desk/test_api.py.
API = {"api_classify", "api_lookup", "api_description"}


def an_unverified() -> dict[str, str]:
    """A reference of the law data that waits for a confirmation."""
    listed = provisions_of(shipped(), "gd").values()
    return {"source": "gd", "digest": next(one.digest for one in listed if not one.verified)}


def address(world: World, name: str, about: str, **more: str) -> str:
    if name == "law_source":
        return reverse(name, kwargs={"source": about})
    if name == "provision":
        return reverse(name, kwargs=an_unverified())
    if name == "duplicate":
        return reverse(name, kwargs={"pk": world.incident.pk, "other": getattr(world, about).pk})
    if name == "provision_act":
        return reverse(name, kwargs=an_unverified() | {"act": about})
    return reverse(name, kwargs=({"pk": getattr(world, about).pk} if about else {}) | more)


def untokened(answer: HttpResponse) -> str:
    """A page without the form token, which differs from page to page."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())


def test_every_address_is_in_the_table() -> None:
    named = {pattern for pattern in get_resolver().reverse_dict if isinstance(pattern, str)}
    posted = {name for name, _ in (*POSTS, *NAMED_ACTS)}
    assert named == {name for name, _ in PAGES} | posted | SIGN_IN | API | {"letter_act", "health", "set_language"}


@pytest.mark.parametrize(("name", "about"), list(PAGES))
def test_a_page_opens_for_its_roles_and_is_absent_for_the_others(world: World, name: str, about: str) -> None:
    where = address(world, name, about)
    found = {role for role in EVERYBODY if world.client(role).get(where).status_code == 200}
    assert found == PAGES[name, about]
    statuses = {world.client(role).get(where).status_code for role in EVERYBODY - found}
    assert statuses <= {404}


@pytest.mark.parametrize(("act", "about"), list(ACTS))
def test_an_act_is_open_to_its_roles_and_is_absent_for_the_others(world: World, act: str, about: str) -> None:
    where = address(world, "letter_act", about, act=act)
    found = set()
    for role in sorted(EVERYBODY):
        client = world.client(role)
        with undone():
            status = client.post(where).status_code
        assert status in {302, 400, 404}
        if status != 404:
            found.add(role)
        assert client.get(where).status_code == 405
    assert found == ACTS[act, about]


@pytest.mark.parametrize(("name", "about"), list(POSTS))
def test_a_form_is_taken_from_its_roles_alone(world: World, name: str, about: str) -> None:
    where = address(world, name, about)
    found = set()
    for role in sorted(EVERYBODY):
        client = world.client(role)
        with undone():
            status = client.post(where, {}).status_code
        assert status in {302, 400, 404}
        if status != 404:
            found.add(role)
    assert found == POSTS[name, about]


@pytest.mark.parametrize(("name", "about"), list(NAMED_ACTS))
def test_an_act_of_an_address_is_taken_from_its_roles_alone(world: World, name: str, about: str) -> None:
    for act, expected in NAMED_ACTS[name, about].items():
        where = address(world, name, about, act=act)
        found = set()
        for role in sorted(EVERYBODY):
            client = world.client(role)
            with undone():
                status = client.post(where, {}).status_code
            assert status in {302, 400, 404}
            if status != 404:
                found.add(role)
            assert client.get(where).status_code == 405
        assert (act, found) == (act, expected)


def test_what_is_forbidden_looks_like_what_does_not_exist(world: World) -> None:
    officer = world.client("officer")
    for name, about in PAGES:
        if about and "officer" not in PAGES[name, about]:
            forbidden = officer.get(address(world, name, about))
            absent = officer.get(ABSENT[name] if name in ABSENT else reverse(name, kwargs={"pk": uuid.uuid4()}))
            assert (forbidden.status_code, untokened(forbidden)) == (absent.status_code, untokened(absent))
            assert forbidden.status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_led_to_sign_in_from_everywhere(world: World, method: str) -> None:
    for name, about in PAGES:
        answer = getattr(Client(), method)(address(world, name, about))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/sign-in/")
    answer = Client().post(address(world, "letter_act", "draft", act="complete"))
    assert answer.headers["Location"] == "/account/sign-in/?next=/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_second_factor_only_its_set_up_opens(world: World, method: str) -> None:
    user = world.people["prosecutor"].user
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    client = Client()
    client.force_login(user)
    for name, about in PAGES:
        answer = getattr(client, method)(address(world, name, about))
        assert (answer.status_code, answer.headers["Location"]) == (302, "/account/second-factor/")
    world.draft.refresh_from_db()
    assert world.draft.stage == "draft"


def test_somebody_whose_appointment_has_ended_sees_nothing_any_more(world: World) -> None:
    where = address(world, "incident", "incident")
    client = world.client("prosecutor")
    assert client.get(where).status_code == 200
    with undone():
        world.people["prosecutor"].user.appointments.update(valid_until=world.at)
        assert client.get(where).status_code == 404


def test_a_form_without_its_token_is_refused(world: World) -> None:
    where = address(world, "letter_act", "draft", act="complete")
    client = world.client("prosecutor")
    client.handler.enforce_csrf_checks = True
    answer = client.post(where)
    assert answer.status_code == 403
    assert "This form is no longer valid" in answer.content.decode()
