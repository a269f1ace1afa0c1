"""The evidence pages: what they show of an item and how its content leaves the desk."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.audit.models import AuditEvent
from backend.desk.templatetags.desk import whereabouts
from backend.incidents import evidence_shown, opening, parties
from backend.incidents.models import CustodyEvent, EvidenceItem, Release, ReleaseDecision
from backend.incidents.releasing import propose_release
from tests.desk.world import World
from tests.founding import FRAUD_REPORT, SealedReport, enrol_device

READ = {"purpose": "investigation", "note": "To compare the mail with the statement."}


def page(client: Client, item: EvidenceItem) -> str:
    answer = client.get(reverse("evidence_item", args=[item.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, name: str, pk: object, **data: str) -> Any:
    return client.post(reverse(name, args=[pk]), data)


def refused(answer: HttpResponse) -> str:
    assert answer.status_code == 400
    return answer.content.decode()


def test_nothing_is_read_for_no_purpose(world: World) -> None:
    client = world.client("prosecutor")
    for wrong in ({}, {"purpose": "investigation"}, {"note": "x"}, READ | {"purpose": "curiosity"}):
        refused(post(client, "read_evidence", world.item.pk, **wrong))
    assert not CustodyEvent.objects.filter(act="read").exists()
    assert client.get(reverse("read_evidence", args=[world.item.pk])).status_code == 405


def test_the_page_says_what_an_item_is_and_that_it_was_looked_at(world: World) -> None:
    shown = page(world.client("signer"), world.item)
    for part in ("mail.txt", "SHA-256 of the plaintext", "the device ", "the node gd", "Record it and download"):
        assert part in shown
    logged = AuditEvent.objects.filter(event="evidence:shown", subject_id=str(world.item.pk))
    assert [(one.acting_role, one.detail) for one in logged] == [("signer", {})]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("person a b", "the person a b"), ("node cr", "the node cr"), ("device 00ff", "the device 00ff"), ("x y", "x y")],
)
def test_where_an_item_went_is_said_in_words(stored: str, shown: str) -> None:
    assert whereabouts(stored) == shown


def test_sensitive_material_is_neither_shown_nor_named_by_digest(world: World) -> None:
    for where in (page(world.client("prosecutor"), world.sensitive), incident_page(world)):
        assert "intimate image" in where
        for form in ("a harmless stand-in", "<img", "<video", "<object", "<embed", "<iframe"):
            assert form not in where
    shown = page(world.client("prosecutor"), world.sensitive)
    assert "SHA-256 of the plaintext" not in shown
    assert "Record it and download" not in shown
    assert "Record it and download" in page(world.client("prosecutor"), world.item)


def incident_page(world: World) -> str:
    return world.client("prosecutor").get(reverse("incident", args=[world.incident.pk])).content.decode()


def test_a_release_goes_through_two_persons_on_the_page(world: World) -> None:
    prosecutor, item = world.client("prosecutor"), world.sensitive
    assert "write the basis" in refused(post(prosecutor, "propose_release", item.pk, **{"release-to": "me"})).lower()
    assert "To whom" in refused(post(prosecutor, "propose_release", item.pk, **{"release-basis": "x"}))
    asked = {"release-to": "me", "release-basis": "Order of the Magistrate of Exampleton."}
    assert post(prosecutor, "propose_release", item.pk, **asked).status_code == 302
    assert "proposed already" in refused(post(prosecutor, "propose_release", item.pk, **asked))
    proposed = Release.objects.get(went_to="person prosecutor-person")
    approver = world.client("approver")
    assert asked["release-basis"] in page(approver, item)
    assert "Magistrate" not in page(prosecutor, world.item)
    listed = approver.get(reverse("evidence")).content.decode()
    assert "to the person prosecutor-person, proposed by Prosecutor-Person" in listed
    assert "Reason" in refused(post(approver, "decide_release", proposed.pk, outcome="approved"))
    assert post(approver, "decide_release", proposed.pk, outcome="approved", reason="Ordered.").status_code == 302
    assert "already" in refused(post(approver, "decide_release", proposed.pk, outcome="refused", reason="No."))
    assert ReleaseDecision.objects.get().outcome == "approved"
    assert "Record it and download" in page(prosecutor, item)


def test_a_release_to_a_node_is_for_a_letter_that_lists_the_item(world: World) -> None:
    duty = world.client("duty")
    other = {"release-to": world.draft.reference, "release-basis": "By law."}
    assert "To whom" in refused(post(duty, "propose_release", world.sensitive.pk, **other))
    world.draft.evidence.create(item=world.sensitive, position=2)
    assert post(duty, "propose_release", world.sensitive.pk, **other).status_code == 302
    assert Release.objects.filter(went_to="node cr", letter=world.draft.reference).exists()


def test_a_registrar_sees_what_went_with_a_letter_without_the_words_of_others(world: World) -> None:
    world.draft.evidence.create(item=world.sensitive, position=2)
    shown = page(world.client("registrar"), world.sensitive)
    assert "device " in shown
    assert "By law." not in shown
    assert "By law." in page(world.client("approver"), world.sensitive)


def test_releases_that_wait_are_listed_without_a_question_for_each(world: World) -> None:
    client = world.client("approver")
    client.get(reverse("evidence"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("evidence"))
    for number in range(3):
        propose_release(
            world.sensitive, f"person other-{number}", "By law.", acting=world.people["prosecutor"], at=world.at
        )
    with CaptureQueriesContext(connection) as several:
        assert "person other-2" in client.get(reverse("evidence")).content.decode()
    assert len(several) == len(one)


def test_evidence_is_listed_by_arrival_then_what_is_awaited(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    late = SealedReport(enrol_device(at=world.at), FRAUD_REPORT, files={"late.txt": b"late"})
    late.send(at=world.at)
    assert opening.open_waiting(at=world.at)
    awaited = EvidenceItem.objects.get(stage="awaited")
    received = CustodyEvent.objects.filter(act="received").order_by("-pk").values_list("item_id", flat=True)
    user = world.people["duty"].user

    def listed(page: int) -> list[object]:
        return [one.item.pk for one in evidence_shown.evidence_list(user, at=world.at, page=page)]

    with CaptureQueriesContext(connection) as asked:
        assert listed(1) == [*received, awaited.pk]
    assert not any("GROUP BY" in one["sql"] for one in asked)
    monkeypatch.setattr(evidence_shown, "PAGE", 2)
    whole = [*received, awaited.pk]
    assert [listed(page) for page in range(1, 4)] == [whole[:2], whole[2:4], whole[4:6]]
    monkeypatch.setattr(evidence_shown, "PAGE", 1)
    assert sum((listed(page) for page in range(1, 7)), []) == whole


def test_who_would_get_the_material_is_not_asked_to_decide(world: World) -> None:
    to_signer = parties.person(world.people["signer"].audit_id)
    propose_release(world.sensitive, to_signer, "By law.", acting=world.people["prosecutor"], at=world.at)
    asked = {
        role: page(world.client(role), world.sensitive).count("Approve or refuse") for role in ("approver", "signer")
    }
    assert asked == {"approver": 2, "signer": 1}
