"""`POST /api/v1/classify`: what `comity classify` answers, for people who have signed in."""

import json
import logging
import re
import time
from typing import Any

import pytest
from click.testing import CliRunner
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from jsonschema import Draft202012Validator

from backend.audit.models import AuditEvent
from backend.cli.classify import command
from backend.conventions.errors import LawDataError
from backend.desk.api import classify as view
from backend.desk.api.description import description
from backend.incidents.models import Classification, Incident
from tests.desk.test_access import EVERYBODY
from tests.desk.world import World

WHERE = "/api/v1/classify"
MAY = {"officer", "duty", "prosecutor", "approver", "signer"}
NARRATIVE = "Somebody got into the mailbox of Testperson Exampleton without permission from 198.51.100.23."


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit has a test of its own."""
    monkeypatch.setattr(view.ClassifyRate, "rate", "10000/min")


def post(client: Client, body: object, **headers: Any) -> HttpResponse:
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    length = {} if data else {"CONTENT_LENGTH": "0"}  # Django's client sends none of an empty body.
    return client.post(WHERE, data, **({"content_type": "application/json"} | length | headers))


def refused(answer: HttpResponse) -> tuple[int, str]:
    """Status and name of a problem, after a look at its form."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    found = json.loads(answer.content)
    assert set(found) == {"type", "title", "status", "detail"}
    assert found["status"] == answer.status_code
    assert all(found.values())
    return answer.status_code, found["type"].removeprefix("urn:comity:problem:")


def shape_of_answers() -> Draft202012Validator:
    described = description()["paths"][WHERE]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    return Draft202012Validator(described)


@pytest.mark.parametrize(
    "line",
    [
        {"narrative": NARRATIVE},
        {"narrative": NARRATIVE, "id": "a", "lang": "en", "states": ["gd", "cr"], "facts": {}},
        {"narrative": "Entraron en el buzón sin permiso.", "id": 7, "lang": None, "states": None, "facts": None},
        {"narrative": ""},
        {"narrative": "It rained. 🌧 \u202eabc <script>alert(1)</script> \x00"},
    ],
)
def test_it_answers_as_the_command_does(world: World, line: dict[str, Any]) -> None:
    answer = post(world.client("prosecutor"), line)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    told = CliRunner().invoke(command, input=json.dumps(line))
    assert json.loads(answer.content) == json.loads(told.output)
    shape_of_answers().validate(json.loads(answer.content))


def test_an_answer_shows_elements_and_spans(world: World) -> None:
    found = post(world.client("officer"), {"narrative": NARRATIVE, "states": ["gd"]}).json()
    assert found["codes"] == ["illegal-access"]
    (offence,) = found["offences"]
    spans = [span for element in offence["elements"] for span in element["spans"]]
    assert any("got into" in NARRATIVE[start:end] for start, end in spans)
    assert {section["state"] for section in offence["sections"]} == {"gd"}


def test_nothing_is_stored_recorded_or_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    client = world.client("prosecutor")
    before = (AuditEvent.objects.count(), Classification.objects.count(), Incident.objects.count())
    with caplog.at_level(logging.DEBUG):
        assert post(client, {"narrative": NARRATIVE}).status_code == 200
        for wrong in ({"narrative": NARRATIVE, "lang": "xx"}, {"narrative": [NARRATIVE]}, {NARRATIVE: 1}, NARRATIVE):
            answer = post(client, wrong)
            assert answer.status_code == 400
            assert "Exampleton" not in answer.content.decode()
    assert (AuditEvent.objects.count(), Classification.objects.count(), Incident.objects.count()) == before
    # SQL is never logged on a node (backend/settings/logs.py); what the desk keeps for the limit holds no narrative.
    assert "Exampleton" not in caplog.text


def test_a_failure_of_the_node_is_no_fault_of_the_request_and_tells_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client("prosecutor")
    client.raise_request_exception = False

    def broken(narrative: str, **_: object) -> None:
        raise LawDataError("offences.yaml", "", narrative)

    monkeypatch.setattr(view, "classify", broken)
    answer = post(client, {"narrative": NARRATIVE})
    assert refused(answer) == (500, "failed")
    assert "Exampleton" not in answer.content.decode()


# Who may --------------------------------------------------------------------------------------------------------------


def test_it_is_open_to_its_roles_and_absent_for_the_others(world: World) -> None:
    answers = {role: post(world.client(role), {"narrative": ""}) for role in EVERYBODY}
    assert {role for role, answer in answers.items() if answer.status_code == 200} == MAY
    for role in EVERYBODY - MAY:
        absent = world.client(role).post("/api/v1/no-such-address", "{}", content_type="application/json")
        assert refused(answers[role]) == refused(absent) == (404, "not-found")
        assert answers[role].content == absent.content


@pytest.mark.parametrize("body", [b"", b"{", b"x" * 2**21])
def test_what_is_sent_makes_no_difference_to_those_who_may_not(world: World, body: bytes) -> None:
    assert refused(post(world.client("auditor"), body)) == (404, "not-found")


@pytest.mark.parametrize("where", [WHERE, "/api/v1/openapi.json"])
def test_without_a_complete_sign_in_there_is_no_answer(world: World, where: str) -> None:
    assert world.client("officer").get("/api/v1/openapi.json").status_code == 200
    user = world.people["prosecutor"].user
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    half = Client()
    half.force_login(user)
    for client in (Client(), half):
        answer = client.post(where, "{}", content_type="application/json")
        assert refused(answer) == (401, "not-signed-in")
        assert answer.headers["WWW-Authenticate"]
        assert refused(client.get(where)) == (401, "not-signed-in")


def test_without_the_token_of_a_page_nothing_is_done(world: World) -> None:
    client = world.client("prosecutor")
    client.handler.enforce_csrf_checks = True
    page = client.get(reverse("incident", kwargs={"pk": world.incident.pk})).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]  # type: ignore[index]
    assert post(client, {"narrative": ""}, headers={"X-CSRFToken": token}).status_code == 200
    assert refused(post(client, {"narrative": ""})) == (403, "stale-token")
    assert refused(post(client, {"narrative": ""}, headers={"X-CSRFToken": "x" * 64})) == (403, "stale-token")


def test_a_person_who_asks_too_often_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view.ClassifyRate, "rate", "2/min")
    client = world.client("prosecutor")
    assert [post(client, {"narrative": ""}).status_code for _ in range(2)] == [200, 200]
    answer = post(client, {"narrative": ""})
    assert refused(answer) == (429, "too-many")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert post(world.client("duty"), {"narrative": ""}).status_code == 200


# What is sent ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "body"),
        (b"not json", "body"),
        (b"\xff\xfe\x00", "body"),
        (b'{"narrative": "\xff"}', "body"),
        (b"[" * 100_000, "body"),
        (b'{"narrative": "x", "id": ' + b"[" * 100_000, "id"),
        (b"[]", "body"),
        (b"null", "body"),
        (b"{}", "body"),
        (b'{"narrative": null}', "narrative"),
        (b'{"narrative": 1}', "narrative"),
        (b'{"narrative": "x", "naratives": 1}', "body"),
        (b'{"narrative": "x", "lang": 1}', "lang"),
        (b'{"narrative": "x", "states": "gd"}', "states"),
        (b'{"narrative": "x", "states": [1]}', "states[0]"),
        (b'{"narrative": "x", "facts": ["a"]}', "facts"),
        (b'{"narrative": "x", "facts": {"a": true}}', "facts[...]"),
        (b'{"narrative": "x", "id": {"a": 1}}', "id"),
    ],
)
def test_what_is_not_well_formed_is_refused_with_the_part_that_is_not(world: World, body: bytes, part: str) -> None:
    answer = post(world.client("prosecutor"), body)
    assert refused(answer) == (400, "malformed")
    assert f"“{part}”" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"lang": "de"}, "Unknown language 'de': expected one of en, es, fr, nl"),
        ({"states": ["xx"]}, "Unknown State 'xx'"),
        ({"states": ["aw"]}, "Unknown State 'aw'"),
        ({"facts": {"no-such-fact": "yes"}}, "Unknown fact 'no-such-fact'"),
        ({"facts": {"computer-involved": "maybe"}}, "is answered 'maybe': expected yes, no or unknown"),
    ],
)
def test_a_name_that_the_data_do_not_know_is_refused_in_a_sentence(
    world: World, change: dict[str, Any], sentence: str
) -> None:
    from backend.conventions.catalogue import shipped

    if "computer-involved" in change.get("facts", {}):
        change = {"facts": {next(iter(shipped().facts)): "maybe"}}
    answer = post(world.client("prosecutor"), {"narrative": "x"} | change)
    assert refused(answer) == (400, "question")
    assert sentence in answer.json()["detail"]


def test_a_body_of_a_megabyte_is_taken_and_a_larger_one_is_not(world: World) -> None:
    client = world.client("prosecutor")
    frame = len(json.dumps({"narrative": ""}))
    begun = time.monotonic()
    assert post(client, {"narrative": "a hacker " * ((2**20 - frame) // 9)}).status_code == 200
    # Two seconds on a machine that does nothing else; hours if the time grew with the square of the length.
    assert time.monotonic() - begun < 120
    assert post(client, {"narrative": "x" * (2**20 - frame)}).status_code == 200
    answer = post(client, {"narrative": "x" * (2**20 - frame + 1)})
    assert refused(answer) == (413, "too-large")
    assert "1048576 bytes" in answer.json()["detail"]


def test_a_body_larger_than_it_says_is_not_read_on(world: World) -> None:
    body = json.dumps({"narrative": "x" * 2**20}).encode()
    assert refused(post(world.client("prosecutor"), body, CONTENT_LENGTH="100")) == (400, "malformed")


@pytest.mark.parametrize("length", ["", "-1", "²", "1e3"])
def test_a_body_without_its_length_is_refused(world: World, length: str) -> None:
    assert refused(post(world.client("prosecutor"), {"narrative": ""}, CONTENT_LENGTH=length)) == (
        411,
        "length-missing",
    )


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense"]
)
def test_another_content_type_is_refused(world: World, kind: str) -> None:
    assert refused(post(world.client("prosecutor"), b'{"narrative": ""}', content_type=kind)) == (415, "media-type")


def test_another_method_or_form_of_answer_is_refused(world: World) -> None:
    client = world.client("prosecutor")
    for method in ("get", "put", "delete", "patch", "options"):
        answer = getattr(client, method)(WHERE)
        assert refused(answer) == (405, "method")
        assert answer.headers["Allow"] == "POST"
    assert refused(post(client, {"narrative": ""}, headers={"accept": "text/html"})) == (406, "not-acceptable")


def test_half_a_character_in_an_escape_is_no_failure(world: World) -> None:
    """JSON can write half of a surrogate pair, which is no text."""
    assert refused(post(world.client("prosecutor"), b'{"narrative": "\\ud800 hacked"}')) == (400, "malformed")
