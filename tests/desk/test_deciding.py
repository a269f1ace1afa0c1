"""Confirming and overriding a classification on the incident's page."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from backend.audit.models import AuditEvent
from backend.desk.pages import deciding
from backend.incidents import selectors
from backend.incidents.columns import sealed
from backend.incidents.deciding import decide
from backend.incidents.models import Classification, ClassificationDecision
from backend.incidents.whole import read_whole
from backend.vault.columns import open_data_key
from referral.selectors import codes_of
from referral.views.drafting import _initial
from tests.desk.test_pages import shown, words
from tests.desk.world import World

REASON = "The provider's log bears it out."


def fields(world: World, **changes: object) -> dict[str, object]:
    """What the form sends when the engine's proposal is left as it is."""
    proposal = world.incident.classifications.order_by("-made_at")[0]
    standing = world.incident.decisions.filter(replaced_by=None).first()
    sent: dict[str, object] = {
        "offences": list(standing.codes if standing else proposal.codes),
        "reason": REASON,
        "proposal": str(proposal.pk),
        "replaces": str(standing.pk) if standing else "",
    }
    return {f"decision-{name}": value for name, value in (sent | changes).items()}


def post(world: World, role: str = "prosecutor", **changes: object) -> HttpResponse:
    where = reverse("decide_classification", kwargs={"pk": world.incident.pk})
    return world.client(role).post(where, fields(world, **changes))


def page(world: World, role: str = "prosecutor") -> str:
    return shown(world, role, "incident", pk=world.incident.pk)


def proposed_since(world: World, codes: list[str], result: dict[str, Any] | None = None) -> Classification:
    """What a later engine could propose."""
    row = Classification(
        incident=world.incident,
        codes=codes,
        engine_version="later",
        law_digest="0" * 64,
        made_at=world.at + timedelta(days=9),
    )
    body = json.dumps({"codes": codes, "offences": []} if result is None else result).encode()
    row.result_ct = sealed(open_data_key(world.incident.data_key), Classification, row.id, "result_ct", body)
    row.save(force_insert=True)
    return row


def test_the_page_says_that_nobody_has_confirmed_and_offers_the_form_to_those_who_may(world: World) -> None:
    for role, offered in (("prosecutor", True), ("duty", True), ("approver", False), ("signer", False)):
        read = words(page(world, role))
        assert "Nobody has confirmed it yet." in read
        assert ("Record the decision" in read) is offered


def test_leaving_the_offences_confirms_them(world: World) -> None:
    answer = post(world)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/incidents/{world.incident.pk}/")
    read = words(page(world, "signer"))
    assert "Confirmed as the engine proposed" in read
    assert REASON in read.replace("&#x27;", "'")
    assert "Prosecutor-Person" in read
    assert "Nobody has confirmed it yet." not in read
    (event,) = AuditEvent.objects.filter(event="classification:confirmed")
    assert (event.acting_role, event.acting_id) == ("prosecutor", "prosecutor-person")


def test_adding_and_removing_overrides_and_the_page_shows_both(world: World) -> None:
    kept = world.incident.classifications.get().codes[:1]
    assert post(world, offences=kept, added=["copyright"]).status_code == 302
    read = words(page(world))
    assert "Decided otherwise than the engine proposed" in read
    assert ClassificationDecision.objects.get().codes == [*kept, "copyright"]
    assert "Copyright and related rights" in read
    assert "Proposed" in read


def test_choosing_none_finds_that_it_was_no_offence(world: World) -> None:
    assert post(world, offences=[]).status_code == 302
    assert "Offences none" in words(page(world))


def test_the_engine_s_later_proposal_stands_beside_what_is_confirmed(world: World) -> None:
    post(world)
    confirmed = ClassificationDecision.objects.get().codes
    proposed_since(world, ["data-interference"])
    read = words(page(world))
    assert "The engine now proposes: Data interference" in read
    assert "Illegal access" in read.split("Confirmed is: ")[1][:120]
    assert "Earlier decisions and proposals" in read
    assert codes_of(world.referral) == confirmed


def test_a_later_proposal_of_the_same_offences_says_nothing(world: World) -> None:
    post(world)
    proposed_since(world, list(reversed(ClassificationDecision.objects.get().codes)))
    assert "The engine now proposes" not in words(page(world))


def test_what_was_overridden_once_is_not_held_against_the_decision_again(world: World) -> None:
    codes = world.incident.classifications.get().codes
    post(world, offences=[])
    proposed_since(world, codes)
    assert "The engine now proposes" not in words(page(world))


def test_a_later_decision_shows_the_earlier_one_too(world: World) -> None:
    post(world)
    post(world, offences=[], reason="It was an exercise.")
    read = words(page(world))
    assert "Confirmed, and decided anew since" in read
    assert "It was an exercise." in read
    assert REASON in read.replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": " "}, "Write the reason; it stays with the decision."),
        ({"reason": "x" * 4001}, "The reason has 4001 characters; write at most 4000."),
        ({"added": ["no-such-offence"]}, "no-such-offence is not one of the available choices"),
        ({"proposal": ""}, "This was not done"),
        ({"proposal": "no id"}, "This was not done"),
        ({"proposal": "8d3bf4c5-95f5-4b18-9d5c-2b0a4a4b6c2a"}, "look at it again"),
        ({"replaces": "8d3bf4c5-95f5-4b18-9d5c-2b0a4a4b6c2a"}, "look at it again"),
    ],
)
def test_a_form_that_is_not_fit_is_shown_again_with_what_was_written(
    world: World, change: dict[str, object], sentence: str
) -> None:
    answer = post(world, **change)
    assert answer.status_code == 400
    read = words(answer.content.decode())
    assert "This was not done" in read
    assert sentence in read
    assert '<details class="acts decide" open>' in answer.content.decode()
    assert not ClassificationDecision.objects.exists()


def test_who_did_not_see_the_decision_of_another_is_told_so_and_keeps_the_words(world: World) -> None:
    stale = fields(world, reason="Words of the slower one.")
    post(world)
    where = reverse("decide_classification", kwargs={"pk": world.incident.pk})
    answer = world.client("duty").post(where, stale)
    assert answer.status_code == 400
    read = answer.content.decode()
    assert "Somebody else decided since you loaded the page" in read
    assert "Words of the slower one." in read
    assert ClassificationDecision.objects.count() == 1


def test_a_letter_takes_its_offences_from_the_decision(world: World) -> None:
    assert codes_of(world.referral) == world.incident.classifications.get().codes
    post(world, offences=[], added=["copyright"])
    assert codes_of(world.referral) == ["copyright"]
    draft = shown(world, "prosecutor", "draft_letter", pk=world.referral.pk)
    chosen = re.findall(r'name="offences" value="([^"]+)"[^>]* checked', draft)
    assert chosen == ["copyright"]
    assert _initial(RequestFactory().get("/"), world.referral)["offences"] == ["copyright"]


def test_the_legal_basis_is_asked_for_the_offences_decided(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.conventions import legal_basis

    asked: list[object] = []
    find: Callable[..., object] = legal_basis.find

    def spy(*args: Any, **named: Any) -> object:
        asked.append(named["offences"])
        return find(*args, **named)

    monkeypatch.setattr(legal_basis, "find", spy)
    post(world, offences=[], added=["copyright"])
    where = reverse("open_referral", kwargs={"pk": world.incident.pk})
    assert world.client("duty").get(where, {"state": "cr", "measure": "preservation"}).status_code == 200
    assert asked == [["copyright"]]


def test_the_list_of_incidents_shows_what_is_confirmed(world: World) -> None:
    assert "Illegal access" in words(shown(world, "prosecutor", "incidents"))
    post(world, offences=[], added=["copyright"])
    listed = words(shown(world, "prosecutor", "incidents"))
    assert "Copyright and related rights" in listed
    assert "Illegal access" not in listed


def test_a_decision_by_a_service_and_one_by_the_page_are_the_same(world: World) -> None:
    proposal = world.incident.classifications.get()
    decision = decide(
        world.incident,
        proposal,
        proposal.codes,
        REASON,
        replaces=None,
        acting=world.people["duty"],
        at=world.at,
    )
    assert post(world, role="prosecutor").status_code == 302
    assert ClassificationDecision.objects.get(replaces=decision).decided_by == world.people["prosecutor"].user


def test_an_incident_that_is_not_classified_yet_says_so_and_cannot_be_decided_on(world: World) -> None:
    whole = read_whole(world.incident)
    empty = selectors.IncidentPage(world.incident, whole.report, (), {}, (), (), (), (), whole)
    assert deciding.form_for(empty, world.people["prosecutor"].user, at=world.at) is None
