"""Rules that persons set and confirm, and which incidents the database finds past their period."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from backend.accounts.models import Role
from backend.audit.models import AuditEvent
from backend.conventions.errors import UnknownName
from backend.incidents import erasing, holding, opening, retaining
from backend.incidents.models import Incident, RetentionRule
from backend.incidents.periods import NO_TIES, Standing, Ties, months_after
from backend.incidents.retaining import NotRetained
from tests.founding import FRAUD_REPORT, NOW, SealedReport, enrol_device, found_node, person
from tests.incidents.erasure import (
    MORE,
    ORDER,
    PROVISION,
    SCHEMA,
    approver,
    decided,
    no_ties,
    prosecutor,
    rule,
)
from tests.undoing import undone

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def module_incidents(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Incident]]:
    """Incidents of all that may be decided, received on the same day; what a test does to them is rolled back."""
    with django_db_blocker.unblock(), undone():
        found_node()
        device = enrol_device()
        decisions = {
            "undecided": None,
            "none": (),
            "fraud": ("computer-fraud",),
            "both": ("computer-fraud", "illegal-access"),
        }
        sent = {name: SealedReport(device, FRAUD_REPORT).send() for name in decisions}
        while opening.open_waiting(at=NOW):
            pass
        found = {name: Incident.objects.get(submission=submission) for name, submission in sent.items()}
        for name, codes in decisions.items():
            if codes is not None:
                decided(found[name], *codes)
        yield found


@pytest.fixture
def incidents(module_incidents: dict[str, Incident], db: None) -> dict[str, Incident]:
    return module_incidents


def due(incidents: dict[str, Incident], at: datetime, ties_of: Any = no_ties) -> set[str]:
    names = {incident.pk: name for name, incident in incidents.items()}
    return {names[found.pk] for found, _period in retaining.due(ties_of, at=at)}


def test_without_a_rule_nothing_is_ever_due(incidents: dict[str, Incident]) -> None:
    assert due(incidents, NOW + timedelta(days=36_500)) == set()
    assert retaining.period_of(incidents["fraud"], NO_TIES).standing == Standing.NO_PERIOD


def test_a_rule_counts_once_another_person_confirmed_it(incidents: dict[str, Incident]) -> None:
    made = retaining.make_rule("gd", "", 12, PROVISION, acting=prosecutor(), at=NOW)
    later = months_after(NOW, 12)
    assert due(incidents, later) == set()
    with pytest.raises(NotRetained, match="Another person"):
        retaining.confirm_rule(made, acting=prosecutor(), at=NOW)
    with pytest.raises(IntegrityError, match="another_person_confirms"), transaction.atomic():
        RetentionRule.objects.update(confirmed_at=NOW, confirmed_by=made.made_by)
    retaining.confirm_rule(made, acting=approver(), at=NOW)
    assert due(incidents, later - timedelta(seconds=1)) == set()
    assert due(incidents, later) == set(incidents)
    told = AuditEvent.objects.filter(event__startswith="retention_rule:").order_by("event")
    assert [(one.event, one.acting_id) for one in told] == [
        ("retention_rule:confirmed", "approver"),
        ("retention_rule:made", "prosecutor"),
    ]
    assert told[0].detail == {"state": "gd", "offence": "", "months": 12, "basis": PROVISION}


def test_a_new_rule_replaces_the_one_in_force_and_an_ended_one_lets_everything_be_kept(
    incidents: dict[str, Incident],
) -> None:
    first = rule(12)
    second = rule(24)
    first.refresh_from_db()
    assert first.ended_at == NOW
    assert retaining.rules_in_force() == {("gd", ""): second}
    with pytest.raises(NotRetained, match="has ended"):
        retaining.confirm_rule(first, acting=approver(), at=NOW)
    retaining.end_rule(second, acting=prosecutor(), at=NOW)
    assert due(incidents, NOW + timedelta(days=36_500)) == set()
    for change in ({"months": 1}, {"basis": "other"}, {"ended_at": None}, {"confirmed_at": NOW + timedelta(days=1)}):
        with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
            RetentionRule.objects.filter(pk=second.pk).update(**change)
    with pytest.raises(IntegrityError, match="not removed"), transaction.atomic():
        RetentionRule.objects.all()._raw_delete(RetentionRule.objects.db)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"months": 0}, "1 to 1200 months"),
        ({"months": 1201}, "1 to 1200 months"),
        ({"basis": " \n "}, "provision"),
        ({"basis": "x" * 301}, "provision"),
    ],
)
def test_a_rule_without_period_or_provision_is_refused(given: dict[str, Any], refusal: str) -> None:
    asked = {"state": "gd", "offence": "", "months": 12, "basis": PROVISION} | given
    with pytest.raises(NotRetained, match=refusal):
        retaining.make_rule(**asked, acting=prosecutor(), at=NOW)


def test_a_state_or_an_offence_that_the_data_do_not_know_is_refused() -> None:
    for state, offence in (("zz", ""), ("gd", "no-such-offence")):
        with pytest.raises(UnknownName):
            retaining.make_rule(state, offence, 12, PROVISION, acting=prosecutor(), at=NOW)


@pytest.mark.parametrize("role", Role)
def test_each_role_sets_holds_and_orders_what_is_its_own(incidents: dict[str, Incident], role: Role) -> None:
    incident, who = incidents["fraud"], person(role, f"{role}-person")
    acts = {
        "set": lambda: retaining.make_rule("gd", "", 1, PROVISION, acting=who, at=NOW),
        "backups": lambda: retaining.set_backup_lifetime(1, acting=who, at=NOW),
        "hold": lambda: holding.place_hold(incident, "For a test.", acting=who, at=NOW),
        "order": lambda: erasing.order_erasure(incident, ORDER, no_ties, acting=who, at=NOW),
    }
    may = {
        Role.ADMINISTRATOR: {"set", "backups"},
        Role.PROSECUTOR: {"set", "hold", "order"},
        Role.APPROVER: {"set", "hold"},
        Role.DUTY: {"hold"},
    }
    for name, act in acts.items():
        if name in may.get(role, set()):
            act()
        else:
            with pytest.raises(Http404):
                act()


RULES: list[dict[tuple[str, str], int | None]] = [
    {("gd", ""): 12},
    {("gd", "computer-fraud"): 6},
    {("gd", ""): 12, ("gd", "computer-fraud"): 6},
    {("gd", ""): 12, ("gd", "computer-fraud"): 24},
    {("gd", ""): 12, ("gd", "illegal-access"): None},
    {("gd", "computer-fraud"): 6, ("gd", "illegal-access"): 24},
    {("gd", ""): None, ("gd", "computer-fraud"): 6},
    {("cr", ""): 6},
    {("gd", ""): 6, ("cr", "computer-fraud"): 18},
]


@pytest.mark.long
@pytest.mark.parametrize("rules", RULES, ids=str)
def test_the_database_finds_exactly_what_the_rules_say(
    incidents: dict[str, Incident], rules: dict[tuple[str, str], int | None]
) -> None:
    for (state, offence), months in rules.items():
        rule(months, state=state, offence=offence)

    def with_cr(found: Any) -> dict[Any, Ties]:
        return {pk: Ties(frozenset({"cr"}), NOW) for pk in found}

    for ties_of, month, hours in itertools.product((no_ties, with_cr), (6, 12, 18, 24), (-1, 0)):
        at = months_after(NOW, month) + timedelta(hours=hours)
        expected = set()
        for name, incident in incidents.items():
            period = retaining.period_of(incident, ties_of([incident.pk]).get(incident.pk, NO_TIES))
            if period.until is not None and period.until <= at:
                expected.add(name)
        assert due(incidents, at, ties_of) == expected, (month, hours)


def test_what_is_held_ordered_or_stirred_is_not_due(incidents: dict[str, Incident]) -> None:
    rule(12)
    later = months_after(NOW, 12)
    holding.place_hold(incidents["none"], "For a test.", acting=prosecutor(), at=NOW)
    erasing.order_erasure(incidents["fraud"], ORDER, no_ties, acting=prosecutor(), at=NOW)

    def moved(found: Any) -> dict[Any, Ties]:
        return {incidents["both"].pk: Ties(frozenset({"cr"}), NOW + timedelta(days=9))}

    assert due(incidents, later, moved) == {"undecided"}
    assert due(incidents, later + timedelta(days=9), moved) == {"undecided", "both"}


def test_a_supplement_begins_the_period_anew(incidents: dict[str, Incident]) -> None:
    rule(12)
    incident = incidents["fraud"]
    device = enrol_device()
    of = {"kind": "supplement", "of": str(incident.submission.submission_id)}
    SealedReport(device, SCHEMA | MORE | of).send(at=NOW + timedelta(hours=30))
    assert opening.open_waiting(at=NOW + timedelta(hours=30))
    assert incident.supplements.count() == 1
    later = months_after(NOW, 12)
    assert due(incidents, later) == set(incidents) - {"fraud"}
    assert due(incidents, later + timedelta(hours=30)) == set(incidents)


def test_many_due_ones_are_found_page_by_page(incidents: dict[str, Incident], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retaining, "PAGE", 1)
    rule(12)
    assert due(incidents, months_after(NOW, 12)) == set(incidents)
