"""Erasure beside what happens at the same moment: a supplement, a letter, a classification, a comparison."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.conventions.catalogue import Catalogue
from backend.incidents import classifying, correlating, erasing, opening
from backend.incidents.classifying import keep_others_from
from backend.incidents.models import Comparison, Incident, Indicator
from tests.founding import NOW, SealedReport, enrol_device
from tests.incidents.erasure import MORE, SCHEMA, due_at, erased, no_ties, ordered, rule, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(whole: Incident) -> Incident:
    return whole


def meanwhile(monkeypatch: pytest.MonkeyPatch, module: Any, act: Callable[[], object]) -> None:
    """Have something happen while the module waits for the lock of an incident."""
    left = [act]

    def waits(incident: Incident) -> None:
        if left:
            left.pop()()
        keep_others_from(incident)

    monkeypatch.setattr(module, "keep_others_from", waits)


def test_a_supplement_that_comes_just_before_the_erasure_keeps_it(
    incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(1)
    first = str(incident.submission.submission_id)
    later = SealedReport(enrol_device(), SCHEMA | MORE | {"kind": "supplement", "of": first})

    def add() -> None:
        later.send(at=due_at(31))
        assert opening.open_waiting(at=due_at(31))

    # The other incident is due as well, and whichever is looked at first waits.
    meanwhile(monkeypatch, erasing, add)
    assert erasing.erase_due(no_ties, at=due_at(31)) == Incident.objects.count() - 1
    assert not Incident.objects.select_related("data_key").get(pk=incident.pk).erased
    assert incident.supplements.count() == 2


def test_a_letter_that_begins_just_before_the_erasure_keeps_it(
    incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered(incident)
    found = [no_ties]
    meanwhile(monkeypatch, erasing, lambda: found.append(running))
    assert erasing.erase_due(lambda pks: found[-1](pks), at=NOW) == 0
    assert erasing.erase_due(no_ties, at=NOW) == 1


def test_what_is_erased_while_it_waits_to_be_classified_gets_no_indicators(
    incident: Incident, other_law: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both came at the same moment; the newest is classified first.
    Incident.objects.filter(pk=incident.pk).update(received_at=NOW + timedelta(seconds=1))
    newest = Incident.objects.select_related("data_key").get(pk=incident.pk)
    before, gone = newest.classifications.count(), []
    meanwhile(monkeypatch, classifying, lambda: gone.append(erased(newest)))
    assert classifying.propose_anew(catalogue=other_law, at=NOW)
    # What failed is rolled back, here with the erasure, which shares the transaction.
    assert gone
    assert not Incident.objects.select_related("data_key").get(pk=newest.pk).erased
    assert newest.classifications.count() == before
    assert not Indicator.objects.filter(incident=newest, incident__data_key__destroyed_at__isnull=False).exists()


def test_a_narrative_is_told_only_while_no_erasure_can_pass(incident: Incident) -> None:
    Comparison.objects.update(narrative_token=None, waiting_since=NOW)
    with CaptureQueriesContext(connection) as asked:
        correlating.compare([incident.pk], at=NOW)
    said = [query["sql"] for query in asked]
    locked = next(place for place, sql in enumerate(said) if "incidents_comparison" in sql and "FOR UPDATE" in sql)
    read = next(place for place, sql in enumerate(said) if "report_ct" in sql)
    assert locked < read
    assert Comparison.objects.get(pk=incident.pk).narrative_token is not None
