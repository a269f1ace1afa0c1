"""Incidents that the worker opened and classified, and a prosecutor who decides on them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.accounts.models import Role
from backend.accounts.services import Person
from backend.conventions.catalogue import SHIPPED, Catalogue
from backend.incidents import opening
from backend.incidents.deciding import decide, standing_decision
from backend.incidents.models import Classification, ClassificationDecision, Incident
from tests.founding import FRAUD_REPORT, NOW, SealedReport, enrol_device, found_node, person
from tests.incidents.erasure import whole_incident
from tests.undoing import undone

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
def incidents(made: list[Incident], db: None) -> list[Incident]:
    """What a file made for its tests, as it stands before each."""
    return list(Incident.objects.filter(pk__in=[one.pk for one in made]).order_by("reference"))


@pytest.fixture
def prosecutor(db: None) -> Person:
    return person(Role.PROSECUTOR, "prosecutor")


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


@pytest.fixture(scope="module")
def made_whole(django_db_setup: None, django_db_blocker: Any) -> Iterator[Incident]:
    """One incident with everything for the tests of a file; what a test does to it is rolled back."""
    with django_db_blocker.unblock(), undone():
        yield whole_incident()


@pytest.fixture
def whole(made_whole: Incident, db: None) -> Incident:
    return Incident.objects.select_related("data_key", "unit").get(pk=made_whole.pk)
