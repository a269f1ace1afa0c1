"""Proposals and decisions as rows: what SQL by a process's own role, or the owner's, cannot do to them."""

import uuid
from collections.abc import Callable

import psycopg
import pytest
from django.db import IntegrityError, transaction

from backend.accounts.models import Role
from backend.incidents.models import Classification, ClassificationDecision
from tests.founding import person
from tests.incidents.conftest import confirm, opened_incident, proposal_of

pytestmark = pytest.mark.django_db
INSERT = (
    "INSERT INTO incidents_classificationdecision"
    " (id, incident_id, proposal_id, replaces_id, outcome, codes, reason_ct, decided_at, decided_by_id)"
    " VALUES (%(id)s, %(incident)s, %(proposal)s, %(replaces)s, %(outcome)s, %(codes)s, %(reason)s, now(), %(by)s)"
)
SELF = uuid.uuid4()


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


@pytest.mark.long
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
