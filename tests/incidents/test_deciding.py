"""Decisions of people on what the engine proposed: both are kept, and neither rewrites the other."""

from datetime import timedelta

import pytest
from django.http import Http404

from backend.accounts.models import Role
from backend.accounts.services import Person
from backend.audit.models import AuditEvent
from backend.conventions.versions import law_digest
from backend.incidents import access, selectors
from backend.incidents.columns import opened
from backend.incidents.deciding import MAX_REASON, NotDecided, decide, standing_decision
from backend.incidents.models import Classification, ClassificationDecision, Incident
from backend.vault.columns import open_data_key
from tests.founding import NOW, person
from tests.incidents.conftest import REASON, confirm, opened_incident, proposal_of

pytestmark = pytest.mark.django_db


def test_a_person_confirms_a_proposal_with_a_reason(incident: Incident, prosecutor: Person) -> None:
    decision = confirm(incident, prosecutor)
    assert decision.outcome == "confirmed"
    assert decision.proposal == proposal_of(incident)
    assert decision.codes == decision.proposal.codes
    (shown,) = selectors.incident_page(incident).decisions
    assert (shown.decision, shown.reason) == (decision, REASON)
    event = AuditEvent.objects.get(event="classification:confirmed")
    assert (event.subject_id, event.acting_role, event.acting_id) == (str(incident.pk), "prosecutor", "prosecutor")
    assert event.detail["proposal"] == str(decision.proposal_id)


def test_the_reason_is_encrypted_and_stands_in_no_event(incident: Incident, prosecutor: Person) -> None:
    decision = confirm(incident, prosecutor)
    decision.refresh_from_db()
    assert b"Exampleton" not in bytes(decision.reason_ct)
    assert opened(open_data_key(incident.data_key), decision, "reason_ct").decode() == REASON
    assert not [row for row in AuditEvent.objects.all() if "Exampleton" in str(row.detail)]


def test_a_person_overrides_a_proposal_by_adding_and_removing(incident: Incident, prosecutor: Person) -> None:
    proposal = proposal_of(incident)
    chosen = ["money-laundering", *proposal.codes[:1]]
    decision = decide(incident, proposal, chosen, REASON, replaces=None, acting=prosecutor, at=NOW)
    assert decision.outcome == "overridden"
    assert decision.codes == [proposal.codes[0], "money-laundering"]
    assert selectors.standing_codes([incident.pk])[incident.pk] == tuple(decision.codes)
    assert proposal_of(incident).codes == proposal.codes
    assert AuditEvent.objects.filter(event="classification:overridden").exists()


def test_a_person_may_find_that_it_was_no_offence(incident: Incident, prosecutor: Person) -> None:
    decision = decide(incident, proposal_of(incident), [], REASON, replaces=None, acting=prosecutor, at=NOW)
    assert decision.outcome == "overridden"
    assert selectors.standing_codes([incident.pk])[incident.pk] == ()


def test_a_later_decision_replaces_and_keeps_the_earlier(incident: Incident, prosecutor: Person) -> None:
    first = confirm(incident, prosecutor)
    second = decide(incident, first.proposal, [], "It was a test.", replaces=first, acting=prosecutor, at=NOW)
    assert standing_decision(incident) == second
    page = selectors.incident_page(incident)
    assert [(one.decision, one.reason) for one in page.decisions] == [(second, "It was a test."), (first, REASON)]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.DUTY, Role.PROSECUTOR}))
def test_nobody_else_decides(incident: Incident, prosecutor: Person, role: Role) -> None:
    confirm(incident, prosecutor)
    with pytest.raises(Http404):
        confirm(incident, person(role, f"{role}-person"))
    assert access.may(prosecutor.user, access.Action.DECIDE_CLASSIFICATION, at=NOW)


def test_a_role_that_is_held_but_does_not_decide_is_not_the_one_to_act_in(
    incident: Incident, prosecutor: Person
) -> None:
    with pytest.raises(NotDecided, match="role"):
        confirm(incident, Person(prosecutor.user, Role.APPROVER))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": "  \n"}, "needs a reason"),
        ({"reason": "x" * (MAX_REASON + 1)}, "needs a reason"),
        ({"codes": ["no-such-offence"]}, "no offence of the common list"),
    ],
)
def test_a_decision_that_lacks_something_is_refused(
    incident: Incident, prosecutor: Person, change: dict[str, object], sentence: str
) -> None:
    proposal = proposal_of(incident)
    fields: dict[str, object] = {"codes": proposal.codes, "reason": REASON} | change
    with pytest.raises(NotDecided, match=sentence):
        decide(incident, proposal, fields["codes"], fields["reason"], replaces=None, acting=prosecutor, at=NOW)  # type: ignore[arg-type]
    assert not ClassificationDecision.objects.exists()
    assert confirm(incident, prosecutor).outcome == "confirmed"


def test_who_looked_before_another_decided_has_to_look_again(incident: Incident, prosecutor: Person) -> None:
    confirm(incident, prosecutor)
    colleague = person(Role.PROSECUTOR, "colleague")
    with pytest.raises(NotDecided, match="Somebody else decided"):
        decide(incident, proposal_of(incident), [], REASON, replaces=None, acting=colleague, at=NOW)


def test_a_proposal_for_another_incident_is_refused(incident: Incident, prosecutor: Person) -> None:
    other = opened_incident()
    with pytest.raises(NotDecided, match="another incident"):
        decide(incident, proposal_of(other), [], REASON, replaces=None, acting=prosecutor, at=NOW)


def test_a_code_that_left_the_list_since_it_was_proposed_can_still_be_confirmed(
    incident: Incident, prosecutor: Person
) -> None:
    law = law_digest()
    old = Classification.objects.create(
        incident=incident,
        codes=["offence-of-old"],
        result_ct=b"x",
        engine_version="old",
        law_digest=law,
        made_at=NOW + timedelta(days=1),
    )
    assert decide(incident, old, ["offence-of-old"], REASON, replaces=None, acting=prosecutor, at=NOW).codes
