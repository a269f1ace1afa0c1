"""Quarantine as people meet it on its page."""

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from backend.audit.models import AuditEvent
from backend.incidents import opening
from backend.intake.models import Submission
from tests.desk.world import World


def quarantine_act(world: World, role: str, act: str, **said: str) -> HttpResponse:
    where = reverse("quarantine_act", kwargs={"pk": world.quarantined.pk, "act": act})
    return world.client(role).post(where, said)


def test_what_is_in_quarantine_is_tried_again_and_shows_again_why(world: World) -> None:
    page = world.client("duty").get(reverse("quarantine")).content.decode()
    assert "does not fit the schema" in page
    assert "Release" not in page
    assert quarantine_act(world, "duty", "retry").status_code == 302
    assert "Quarantine is empty." in world.client("duty").get(reverse("quarantine")).content.decode()
    assert opening.open_waiting(at=world.at)
    assert "does not fit the schema" in world.client("administrator").get(reverse("quarantine")).content.decode()
    retry = world.client("duty").post(reverse("quarantine_retry"), {"reason": "no such reason"})
    assert retry.status_code == 302


def test_what_is_given_up_says_by_whom_and_why(world: World) -> None:
    refused = quarantine_act(world, "administrator", "give-up", because=" ")
    assert refused.status_code == 400
    assert "This was not done" in refused.content.decode()
    assert quarantine_act(world, "administrator", "give-up", because="Sent <again> in order.").status_code == 302
    page = world.client("duty").get(reverse("quarantine")).content.decode()
    assert "Sent &lt;again&gt; in order." in page
    assert "administrator-person" in page
    assert Submission.objects.get(pk=world.quarantined.pk).stage == "given_up"
    assert AuditEvent.objects.filter(event="submission:given_up", acting_id="administrator-person").exists()
    again = quarantine_act(world, "duty", "retry")
    assert again.status_code == 400
    assert "not in quarantine any more" in again.content.decode()


def test_what_was_not_sealed_before_a_revocation_is_not_released(world: World) -> None:
    refused = quarantine_act(world, "duty", "release")
    assert refused.status_code == 400
    assert "another reason" in refused.content.decode()
    with transaction.atomic():
        assert Submission.objects.get(pk=world.quarantined.pk).released_by == ""
