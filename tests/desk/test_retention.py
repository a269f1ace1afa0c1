"""Periods, holds and erasure as people meet them on pages; how an erased incident looks everywhere."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.cli.node.home import CHECKOUT
from backend.incidents import correlating, erasing, opening, retaining
from backend.incidents.deciding import decide
from backend.incidents.duplicates import Outcome as DuplicateOutcome
from backend.incidents.duplicates import decide_duplicate
from backend.incidents.holding import lift_hold, place_hold
from backend.incidents.models import Correlation, Erasure, Incident, RetentionRule
from referral import services
from referral.columns import content_of
from referral.retaining import ties_of
from tests.desk.world import World, make_world
from tests.docs.pages import rows, section
from tests.founding import FRAUD_REPORT, SealedReport, enrol_device
from tests.incidents.erasure import MORE, ORDER, SCHEMA
from tests.undoing import undone


@pytest.fixture(scope="module")
def founded(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        made = make_world()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield made


def keeping(world: World, role: str) -> str:
    answer = world.client(role).get(reverse("keeping", kwargs={"pk": world.incident.pk}))
    assert answer.status_code == 200
    return answer.content.decode()


def do(world: World, role: str, act: str, **said: Any) -> HttpResponse:
    return world.client(role).post(reverse("keeping_act", kwargs={"pk": world.incident.pk, "act": act}), said)


def worker(world: World) -> int:
    return erasing.erase_due(ties_of, at=world.at)


@pytest.fixture
def erased(world: World) -> World:
    """The world after the draft was withdrawn and the incident erased by an order of two persons."""
    services.withdraw_letter(world.draft, acting=world.people["prosecutor"], at=world.at)
    assert do(world, "prosecutor", "order", basis=ORDER).status_code == 302
    assert do(world, "approver", "approve").status_code == 302
    assert worker(world) == 1
    return world


def test_an_incident_without_a_rule_says_that_no_period_is_set(world: World) -> None:
    assert "no period set" in keeping(world, "signer")
    page = world.client("prosecutor").get(reverse("incident", kwargs={"pk": world.incident.pk})).content.decode()
    assert "no period set" in page
    assert reverse("keeping", kwargs={"pk": world.incident.pk}) in page


def test_a_rule_is_written_by_one_and_confirmed_by_another_and_shows_on_the_incident(world: World) -> None:
    where = reverse("retention_act", kwargs={"act": "rule"})
    refused = world.client("prosecutor").post(where, {"state": "gd", "offence": "", "months": "0", "basis": ""})
    assert refused.status_code == 400
    assert "This was not done" in refused.content.decode()
    said = {"state": "gd", "offence": "", "months": "60", "basis": "Plainly fictional Act, s. 1"}
    assert world.client("prosecutor").post(where, said).status_code == 302
    made = RetentionRule.objects.get()
    confirm = reverse("retention_act", kwargs={"act": "confirm"})
    own = world.client("prosecutor").post(confirm, {"rule": made.pk})
    assert own.status_code == 400
    assert "Another person" in own.content.decode()
    assert world.client("prosecutor").post(confirm, {"rule": uuid.uuid4()}).status_code == 400
    assert world.client("approver").post(confirm, {"rule": made.pk}).status_code == 302
    page = keeping(world, "duty")
    assert re.search(r"until 20\d\d-\d\d-\d\d, then it is erased", page)
    assert "Plainly fictional Act, s. 1" in page
    node = world.client("auditor").get(reverse("retention")).content.decode()
    assert "60 months" in node
    assert "approver-person".title() in node


def test_what_comes_due_is_listed_before_it_is_erased(world: World) -> None:
    rule = retaining.make_rule("gd", "", 1, "Plainly fictional Act", acting=world.people["approver"], at=world.at)
    retaining.confirm_rule(rule, acting=world.people["prosecutor"], at=world.at)
    services.withdraw_letter(world.draft, acting=world.people["prosecutor"], at=world.at)
    page = world.client("administrator").get(reverse("retention")).content.decode()
    assert world.incident.reference in page
    assert worker(world) == 0
    assert do(world, "duty", "hold", reason="The trial is in March.").status_code == 302
    page = world.client("administrator").get(reverse("retention")).content.decode()
    assert "Nothing is erased within the next sixty days." in page
    assert "The trial is in March." not in page
    assert "The trial is in March." in keeping(world, "signer")
    assert erasing.erase_due(ties_of, at=world.at + timedelta(days=40)) == 0
    hold = world.incident.holds.get()
    assert do(world, "prosecutor", "lift", hold=uuid.uuid4(), reason="No more.").status_code == 400
    assert do(world, "prosecutor", "lift", hold=hold.pk, reason="").status_code == 400
    assert do(world, "prosecutor", "lift", hold=hold.pk, reason="The trial is over.").status_code == 302
    assert erasing.erase_due(ties_of, at=world.at + timedelta(days=40)) == 1


def test_a_letter_that_runs_keeps_the_incident(world: World) -> None:
    refused = do(world, "prosecutor", "order", basis=ORDER)
    assert refused.status_code == 400
    assert "is not ended" in refused.content.decode()
    assert not Erasure.objects.exists()


def test_an_order_is_approved_by_another_person_or_refused_or_taken_back(world: World) -> None:
    services.withdraw_letter(world.draft, acting=world.people["prosecutor"], at=world.at)
    assert do(world, "approver", "approve").status_code == 400  # nobody ordered it
    assert do(world, "prosecutor", "order", basis=ORDER).status_code == 302
    assert ORDER in keeping(world, "approver")
    assert do(world, "prosecutor", "order", basis=ORDER).status_code == 400
    assert do(world, "approver", "refuse").status_code == 302
    assert do(world, "prosecutor", "order", basis=ORDER).status_code == 302
    assert "Take your order back" in keeping(world, "prosecutor")
    assert do(world, "prosecutor", "take-back").status_code == 302
    assert worker(world) == 0
    assert Erasure.objects.filter(refused_at__isnull=False).count() == 2


@pytest.mark.long
def test_every_page_shows_the_erased_incident_as_erased(erased: World) -> None:
    page = keeping(erased, "prosecutor")
    assert "The key of this incident is destroyed." in page
    assert "nobody has said how long backups of this node are kept" in page
    assert erased.client("administrator").post(
        reverse("retention_act", kwargs={"act": "backups"}), {"days": "30"}
    ).status_code == 302  # fmt: skip
    complete = erased.at + timedelta(days=30)
    assert f"{complete:%Y-%m-%d}: until then a backup" in keeping(erased, "prosecutor")
    assert f"on {complete:%Y-%m-%d}" in erased.client("auditor").get(reverse("retention")).content.decode()
    own = erased.client("signer").get(reverse("incident", kwargs={"pk": erased.incident.pk}))
    assert own.headers["Location"] == reverse("keeping", kwargs={"pk": erased.incident.pk})
    listed = erased.client("duty").get(reverse("incidents")).content.decode()
    assert "Payment diverted" not in listed
    assert "erased" in listed
    pages = [("referral", erased.referral), ("letter", erased.draft), ("draft_letter", erased.referral)]
    for name, about in [*pages, ("letter_pdf", erased.draft)]:
        assert erased.client("prosecutor").get(reverse(name, kwargs={"pk": about.pk})).status_code == 200
    for name in ("decide_classification", "open_referral"):
        where = reverse(name, kwargs={"pk": erased.incident.pk})
        assert erased.client("prosecutor").post(where, {}).status_code == 404
    for act, said in (("hold", {"reason": "Late."}), ("order", {"basis": ORDER}), ("approve", {})):
        role = "approver" if act == "approve" else "prosecutor"
        assert do(erased, role, act, **said).status_code == 400


def test_erased_ones_are_listed_without_a_question_for_each(erased: World) -> None:
    client, known = erased.client("auditor"), Erasure.objects.get()
    client.get(reverse("retention"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("retention"))
    SealedReport(enrol_device(at=erased.at), FRAUD_REPORT).send(at=erased.at)
    assert opening.open_waiting(at=erased.at)
    other = Incident.objects.exclude(pk=erased.incident.pk).get()
    Erasure.objects.create(
        incident=other,
        basis=ORDER,
        ordered_at=known.ordered_at,
        ordered_by=known.ordered_by,
        approved_at=known.approved_at,
        approved_by=known.approved_by,
        erased_at=known.erased_at,
    )
    with CaptureQueriesContext(connection) as several:
        assert other.reference in client.get(reverse("retention")).content.decode()
    assert len(several) == len(one)


def test_what_was_written_is_not_lost_when_it_is_too_long(world: World) -> None:
    page = do(world, "duty", "hold", reason="The trial of March. " * 201)
    assert page.status_code == 400
    assert "at most 4000 characters" in page.content.decode()
    assert "The trial of March. The trial" in page.content.decode()


def test_each_hold_is_lifted_by_a_form_of_its_own(world: World) -> None:
    for reason in ("The trial is in March.", "The appeal is in June."):
        assert do(world, "duty", "hold", reason=reason).status_code == 302
    first, second = world.incident.holds.order_by("placed_at")
    page = do(world, "prosecutor", "lift", hold=second.pk, reason="Lapsed. " * 600).content.decode()
    assert page.count("Lapsed.") == 600
    assert f'id="lift-{first.pk}-reason"' in page
    ids = re.findall(r'<[a-z]+[^>]* id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_nothing_of_an_erased_incident_waits_for_anybody(erased: World) -> None:
    start = erased.client("approver").get(reverse("start")).content.decode()
    assert "to decide on" not in start
    # Its only referral may be removed from it: it is not new work all the same.
    erased.referral.incidents.clear()
    assert "without a referral" not in erased.client("duty").get(reverse("start")).content.decode()


def test_the_letter_keeps_its_facts_and_the_page_says_so(erased: World) -> None:
    page = keeping(erased, "prosecutor")
    assert erased.referral.reference in page
    assert "quote facts of the incident" in page
    assert content_of(erased.draft).summary_of_facts["en"] == "Words of the exercise."


@pytest.fixture
def with_everything(world: World) -> World:
    """An incident with all that one can have, erased: sent to later, decided on, found twice, held, in a letter."""
    at, prosecutor = world.at, world.people["prosecutor"]
    device = enrol_device(at=at)
    SealedReport(
        device, SCHEMA | MORE | {"kind": "supplement", "of": str(world.incident.submission.submission_id)}
    ).send(at=at)
    SealedReport(device, FRAUD_REPORT).send(at=at)
    while opening.open_waiting(at=at):
        pass
    while correlating.correlate_waiting(at=at):
        pass
    decide_duplicate(
        Correlation.objects.get(), DuplicateOutcome.CONFIRMED, "One thing.", replaces=None, acting=prosecutor, at=at
    )
    proposal = world.incident.classifications.order_by("-read_up_to")[0]
    decide(world.incident, proposal, proposal.codes, "So it is.", replaces=None, acting=prosecutor, at=at)
    hold = place_hold(world.incident, "For a trial.", acting=prosecutor, at=at)
    lift_hold(hold, "It is over.", acting=prosecutor, at=at)
    services.withdraw_letter(world.draft, acting=prosecutor, at=at)
    order = erasing.order_erasure(world.incident, ORDER, ties_of, acting=prosecutor, at=at)
    erasing.approve_erasure(order, ties_of, acting=world.people["approver"], at=at)
    assert worker(world) == 1
    return world


# The lower id of a pair stands first: which of the two columns it is, chance decides.
ONE_OF_TWO = {"first_id": "second_id"}


def needles(world: World) -> dict[str, str]:
    """All by which the incident can still be named, as text."""
    incident = Incident.objects.get(pk=world.incident.pk)
    found = {str(incident.pk): "incident", incident.reference: "reference", str(incident.data_key_id): "data key"}
    for submission in erasing.submissions_of(incident):
        found |= {
            str(submission.pk): "submission",
            str(submission.submission_id): "submission id",
            bytes(submission.digest).hex(): "digest",
        }
    for item in incident.evidence.all():
        found |= {str(item.pk): "item", item.payload_sha256: "payload digest"}
    return found


def test_the_document_lists_the_whole_of_what_stays(with_everything: World) -> None:
    """Every column of every table in which anything of the incident can still be found; no more and no less."""
    names = needles(with_everything)
    found: dict[str, set[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values():
            for column, value in row.items():
                text = bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
                if any(name in text for name in names):
                    found.setdefault(model._meta.db_table, set()).add(ONE_OF_TWO.get(column, column))
    page = (CHECKOUT / "docs" / "retention.md").read_text()
    listed = {
        re.findall(r"`([^`]+)`", row[0])[0]: set(re.findall(r"`([^`]+)`", row[1])) - set(ONE_OF_TWO)
        for row in rows(section(page, "By what it can still be found"))
    }
    assert found == listed, sorted((table, sorted(columns)) for table, columns in found.items())
