"""Proposals of the engine and decisions of people: both are kept, and neither rewrites the other."""

import shutil
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from backend.accounts.models import Role
from backend.accounts.services import Person
from backend.audit.models import AuditEvent
from backend.conventions.catalogue import SHIPPED, Catalogue
from backend.conventions.versions import engine_version, law_digest
from backend.incidents import access, classifying, opening, selectors
from backend.incidents.columns import opened
from backend.incidents.deciding import MAX_REASON, NotDecided, decide, standing_decision
from backend.incidents.models import Classification, ClassificationDecision, Incident
from backend.vault.columns import open_data_key
from tests.founding import FRAUD_REPORT, NOW, SealedReport, enrol_device, found_node, person

pytestmark = pytest.mark.django_db
REASON = "The mailbox rule is proved by the provider's log of Testperson Exampleton."


def opened_incident() -> Incident:
    """A report opened and classified by the worker."""
    if not Incident.objects.exists():
        found_node()
    SealedReport(enrol_device(), FRAUD_REPORT).send()
    assert opening.open_waiting(at=NOW)
    return Incident.objects.order_by("-reference")[0]


@pytest.fixture
def incident() -> Incident:
    return opened_incident()


@pytest.fixture
def prosecutor() -> Person:
    return person(Role.PROSECUTOR, "prosecutor")


@pytest.fixture
def other_law(tmp_path: Path) -> Catalogue:
    """The law data as a later version could have them: illegal access is no longer proposed by the engine."""
    folder = tmp_path / "data"
    shutil.copytree(SHIPPED, folder)
    offences = folder / "offences.yaml"
    offences.write_text(offences.read_text() + "# A later version.\n")
    rules = folder / "engine" / "classification.yaml"
    rules.write_text(rules.read_text().replace("  illegal-access:\n", "  illegal-access:\n    propose: false\n"))
    return Catalogue(folder)


def proposal_of(incident: Incident) -> Classification:
    return incident.classifications.order_by("-made_at")[0]


def confirm(incident: Incident, acting: Person) -> ClassificationDecision:
    """The newest proposal confirmed as it is."""
    proposal = proposal_of(incident)
    return decide(
        incident,
        proposal,
        proposal.codes,
        REASON,
        replaces=standing_decision(incident),
        acting=acting,
        at=NOW,
    )


# Proposals ------------------------------------------------------------------------------------------------------------


def test_a_proposal_names_the_engine_and_the_law_data_that_made_it(incident: Incident) -> None:
    proposal = incident.classifications.get()
    assert (proposal.engine_version, proposal.law_digest) == (engine_version(), law_digest())
    event = AuditEvent.objects.get(event="incident:classified")
    assert event.detail["law"] == proposal.law_digest


def test_the_same_engine_on_the_same_data_proposes_once(incident: Incident) -> None:
    assert not classifying.propose_anew(at=NOW + timedelta(days=1))
    report, key = selectors.read_report(incident), open_data_key(incident.data_key)
    with pytest.raises(IntegrityError, match="one_proposal_per_version"), transaction.atomic():
        classifying.classify_incident(incident, report, key, at=NOW)
    assert incident.classifications.count() == 1


def test_other_law_data_add_a_proposal_and_change_nothing_of_what_is_confirmed(
    incident: Incident, prosecutor: Person, other_law: Catalogue
) -> None:
    first = proposal_of(incident)
    confirmed = confirm(incident, prosecutor)
    before = Classification.objects.filter(pk=first.pk).values().get()
    later = NOW + timedelta(days=30)
    assert classifying.propose_anew(catalogue=other_law, at=later)
    assert not classifying.propose_anew(catalogue=other_law, at=later)
    second = proposal_of(incident)
    assert "illegal-access" in first.codes
    assert "illegal-access" not in second.codes
    assert second.law_digest != first.law_digest
    assert Classification.objects.filter(pk=first.pk).values().get() == before
    assert standing_decision(incident) == confirmed
    assert selectors.standing_codes([incident.pk])[incident.pk] == tuple(first.codes)
    page = selectors.incident_page(incident)
    assert page.codes == tuple(first.codes)
    assert [row.pk for row in page.proposals] == [second.pk, first.pk]


def test_without_a_decision_the_newest_proposal_is_what_stands(incident: Incident, other_law: Catalogue) -> None:
    classifying.propose_anew(catalogue=other_law, at=NOW + timedelta(days=30))
    assert selectors.incident_page(incident).codes == tuple(proposal_of(incident).codes)


def test_a_further_proposal_adds_no_indicator_twice(incident: Incident, other_law: Catalogue) -> None:
    before = list(incident.indicators.values_list("position", "type"))
    assert before
    classifying.propose_anew(catalogue=other_law, at=NOW + timedelta(days=30))
    assert list(incident.indicators.values_list("position", "type")) == before


def test_what_an_earlier_engine_missed_is_indexed_beside_what_it_found(
    incident: Incident, other_law: Catalogue
) -> None:
    """The last of the indicators stands for one that an earlier engine did not find."""
    kept = incident.indicators.order_by("position")
    values = [(row.type, row.token) for row in kept]
    kept.last().delete()
    classifying.propose_anew(catalogue=other_law, at=NOW + timedelta(days=30))
    found = incident.indicators.order_by("position")
    assert [(row.type, bytes(row.token or b"")) for row in found] == [
        (kind, bytes(token or b"")) for kind, token in values
    ]


def test_an_incident_whose_key_was_destroyed_is_not_classified_anew(incident: Incident, other_law: Catalogue) -> None:
    type(incident.data_key).objects.filter(pk=incident.data_key_id).update(destroyed_at=NOW, wrapped=None)
    assert not classifying.propose_anew(catalogue=other_law, at=NOW)


def test_what_cannot_be_classified_keeps_no_other_waiting(
    incident: Incident, other_law: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifying, "_failed", set())
    broken = opened_incident()
    Incident.objects.filter(pk=broken.pk).update(report_ct=b"broken", received_at=NOW + timedelta(hours=1))
    while classifying.propose_anew(catalogue=other_law, at=NOW + timedelta(days=30)):
        pass
    assert incident.classifications.count() == 2
    assert broken.classifications.count() == 1


# Versions -------------------------------------------------------------------------------------------------------------


def test_the_digest_of_the_law_data_follows_content_and_names_and_no_explanation(tmp_path: Path) -> None:
    folders = []
    for name, files in {
        "a": {"one.yaml": "1", "sub/two.yaml": "2"},
        "same": {"sub/two.yaml": "2", "one.yaml": "1", "README.md": "words"},
        "changed": {"one.yaml": "1", "sub/two.yaml": "3"},
        "renamed": {"one.yaml": "1", "sub/zwei.yaml": "2"},
        "moved": {"one.yaml": "1", "two.yaml": "2"},
    }.items():
        for path, text in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text)
        folders.append(law_digest(tmp_path / name))
    assert folders[0] == folders[1]
    assert len(set(folders)) == 4


# Decisions ------------------------------------------------------------------------------------------------------------


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


# What SQL by a process's own role cannot do ---------------------------------------------------------------------------

INSERT = (
    "INSERT INTO incidents_classificationdecision"
    " (id, incident_id, proposal_id, replaces_id, outcome, codes, reason_ct, decided_at, decided_by_id)"
    " VALUES (%(id)s, %(incident)s, %(proposal)s, %(replaces)s, %(outcome)s, %(codes)s, %(reason)s, now(), %(by)s)"
)


class Rows:
    """Two incidents, a decision on the first, and a connection as the desk; ``values`` are those of a fit decision."""

    def __init__(self, connect: Callable[[str], psycopg.Connection]) -> None:
        self.connect = connect
        self.incident, self.other = opened_incident(), opened_incident()
        self.prosecutor = person(Role.PROSECUTOR, "prosecutor")
        self.first = confirm(self.incident, self.prosecutor)

    def values(self, **changes: object) -> dict[str, object]:
        """A confirmation that replaces the first, with changes."""
        fit: dict[str, object] = {
            "id": uuid.uuid4(),
            "incident": self.incident.pk,
            "proposal": self.first.proposal_id,
            "replaces": self.first.pk,
            "outcome": "confirmed",
            "codes": self.first.codes,
            "reason": b"x" * 40,
            "by": self.prosecutor.user.pk,
        }
        return fit | changes


@pytest.fixture
def rows(as_role: Callable[[str], psycopg.Connection]) -> Rows:
    return Rows(as_role)


def test_the_desk_adds_a_decision_and_changes_or_removes_none(rows: Rows) -> None:
    desk = rows.connect("desk")
    desk.execute(INSERT, rows.values())
    for statement in (
        "UPDATE incidents_classificationdecision SET codes = '{}'",
        "DELETE FROM incidents_classificationdecision",
        "TRUNCATE incidents_classificationdecision",
        "UPDATE incidents_classification SET codes = '{}'",
        "DELETE FROM incidents_classification",
        "INSERT INTO incidents_classification SELECT * FROM incidents_classification",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            desk.execute(statement)


def test_the_worker_proposes_and_decides_nothing(rows: Rows) -> None:
    worker = rows.connect("worker")
    assert worker.execute("SELECT count(*) FROM incidents_classificationdecision").fetchone() == (1,)
    for statement in (
        "DELETE FROM incidents_classification",
        "UPDATE incidents_classification SET codes = '{}'",
        "UPDATE incidents_classificationdecision SET codes = '{}'",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            worker.execute(statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        worker.execute(INSERT, rows.values())


def test_not_even_the_owner_of_the_tables_changes_what_was_proposed_or_decided(rows: Rows) -> None:
    for model in (Classification, ClassificationDecision):
        with pytest.raises(IntegrityError, match="not changed or removed"), transaction.atomic():
            model.objects.update(codes=[])
        with pytest.raises(IntegrityError, match="not changed or removed"), transaction.atomic():
            model.objects.all()._raw_delete(model.objects.db)


SELF = uuid.uuid4()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda rows: {"proposal": proposal_of(rows.other).pk}, "on a proposal for its own incident"),
        (lambda rows: {"proposal": uuid.uuid4()}, "on a proposal for its own incident"),
        (lambda rows: {"incident": rows.other.pk}, "on a proposal for its own incident"),
        (
            lambda rows: {"incident": rows.other.pk, "proposal": proposal_of(rows.other).pk},
            "replaces one on its own incident",
        ),
        (lambda rows: {"id": SELF, "replaces": SELF}, "replaces one on its own incident"),
        (lambda rows: {"replaces": None}, "one_first_decision"),
        (lambda rows: {"codes": ["data-theft"]}, "confirmed as it is, or overridden"),
        (lambda rows: {"outcome": "overridden"}, "confirmed as it is, or overridden"),
        (lambda rows: {"outcome": "overridden", "codes": list(reversed(rows.first.codes))}, "or overridden"),
        (lambda rows: {"outcome": "waved", "codes": []}, "decision_outcome_known"),
        (lambda rows: {"outcome": "overridden", "codes": [None]}, "decision_codes_are_given"),
        (lambda rows: {"reason": b"x" * 29}, "decision_has_a_reason"),
        (lambda rows: {"reason": None}, "reason_ct"),
        (lambda rows: {"by": 2**31 - 1}, "decided_by_id"),
    ],
)
def test_the_database_refuses_a_decision_that_does_not_fit(
    rows: Rows, change: Callable[[Rows], dict[str, object]], refusal: str
) -> None:
    desk = rows.connect("desk")
    with pytest.raises(psycopg.IntegrityError, match=refusal):
        desk.execute(INSERT, rows.values(**change(rows)))
    desk.execute(INSERT, rows.values())


def test_of_two_who_replace_the_same_decision_one_is_refused(rows: Rows) -> None:
    rows.connect("desk").execute(INSERT, rows.values())
    with pytest.raises(psycopg.errors.UniqueViolation, match="replaces_id"):
        rows.connect("desk").execute(INSERT, rows.values())
