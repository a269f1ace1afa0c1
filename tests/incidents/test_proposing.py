"""Proposals of the engine: one for each version of it and of the law data, and none rewrites what was there."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from backend.accounts.services import Person
from backend.audit.models import AuditEvent
from backend.conventions.catalogue import Catalogue
from backend.conventions.versions import engine_version, law_digest
from backend.incidents import classifying, selectors
from backend.incidents.deciding import standing_decision
from backend.incidents.models import Classification, Incident
from backend.vault.columns import open_data_key
from tests.founding import NOW
from tests.incidents.conftest import confirm, opened_incident, proposal_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]


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
