"""What holds an erasure back: a hold, a second person, a letter that runs, a period, and the database itself."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from backend.accounts.models import Role
from backend.audit.models import AuditEvent
from backend.incidents import erasing, holding
from backend.incidents.models import CustodyEvent, Erasure, EvidenceItem, Incident, LegalHold
from backend.incidents.retaining import NotRetained
from backend.vault.models import DataKey
from tests.founding import NOW, person
from tests.incidents.erasure import ORDER, approver, due_at, erased, no_ties, ordered, prosecutor, rule, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(whole: Incident) -> Incident:
    return whole


def erase_by_hand(incident: Incident) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM erase_incident(%s, %s)", [incident.pk, NOW])


def test_a_hold_keeps_it_until_it_is_lifted(incident: Incident) -> None:
    hold = holding.place_hold(incident, "The trial of Testperson Exampleton.", acting=prosecutor(), at=NOW)
    ordered(incident)
    assert erasing.erase_due(no_ties, at=NOW) == 0
    with pytest.raises(IntegrityError, match="a legal hold stands"), transaction.atomic():
        erase_by_hand(incident)
    shown = holding.holds_of(incident)
    assert [one.reason for one in shown] == ["The trial of Testperson Exampleton."]
    with pytest.raises(NotRetained, match="needs a reason"):
        holding.lift_hold(hold, " ", acting=approver(), at=NOW)
    holding.lift_hold(hold, "The judgment is final.", acting=approver(), at=NOW)
    with pytest.raises(NotRetained, match="lifted already"):
        holding.lift_hold(hold, "Once more.", acting=approver(), at=NOW)
    assert erasing.erase_due(no_ties, at=NOW) == 1
    gone = Incident.objects.select_related("data_key").get(pk=incident.pk)
    assert [(one.reason, one.lifting) for one in holding.holds_of(gone)] == [("", "")]
    with pytest.raises(NotRetained, match="nothing left to hold"):
        holding.place_hold(gone, "Too late.", acting=prosecutor(), at=NOW)
    events = AuditEvent.objects.filter(event__startswith="hold:").order_by("event")
    assert [told.event for told in events] == ["hold:lifted", "hold:placed"]
    assert not any("Exampleton" in str(told.detail) for told in events)


def test_an_order_takes_two_persons_and_a_basis(incident: Incident) -> None:
    for nothing in ("", " ", "x" * 301):
        with pytest.raises(NotRetained, match="order or provision"):
            erasing.order_erasure(incident, nothing, no_ties, acting=prosecutor(), at=NOW)
    order = erasing.order_erasure(incident, ORDER, no_ties, acting=prosecutor(), at=NOW)
    assert erasing.erase_due(no_ties, at=NOW) == 0
    with pytest.raises(IntegrityError, match="no approved order"), transaction.atomic():
        erase_by_hand(incident)
    with pytest.raises(NotRetained, match="ordered already"):
        erasing.order_erasure(incident, ORDER, no_ties, acting=prosecutor(), at=NOW)
    with pytest.raises(Http404):
        erasing.approve_erasure(order, no_ties, acting=prosecutor(), at=NOW)
    both = person(Role.APPROVER, "approver-too")
    with pytest.raises(IntegrityError, match="another_person_approves"), transaction.atomic():
        Erasure.objects.filter(pk=order.pk).update(approved_at=NOW, approved_by=order.ordered_by)
    erasing.approve_erasure(order, no_ties, acting=both, at=NOW)
    with pytest.raises(NotRetained, match="decided on already"):
        erasing.refuse_erasure(order, acting=approver(), at=NOW)
    assert erasing.erase_due(no_ties, at=NOW) == 1


def test_a_refused_order_erases_nothing_and_can_be_ordered_again(incident: Incident) -> None:
    order = erasing.order_erasure(incident, ORDER, no_ties, acting=prosecutor(), at=NOW)
    erasing.refuse_erasure(order, acting=approver(), at=NOW)
    assert erasing.erase_due(no_ties, at=NOW) == 0
    with pytest.raises(NotRetained, match="decided on already"):
        erasing.approve_erasure(order, no_ties, acting=approver(), at=NOW)
    own = erasing.order_erasure(incident, ORDER, no_ties, acting=prosecutor(), at=NOW)
    erasing.refuse_erasure(own, acting=prosecutor(), at=NOW)
    ordered(incident)


def test_a_letter_that_runs_keeps_it(incident: Incident) -> None:
    with pytest.raises(NotRetained, match="not ended"):
        erasing.order_erasure(incident, ORDER, running, acting=prosecutor(), at=NOW)
    order = erasing.order_erasure(incident, ORDER, no_ties, acting=prosecutor(), at=NOW)
    with pytest.raises(NotRetained, match="not ended"):
        erasing.approve_erasure(order, running, acting=approver(), at=NOW)
    erasing.approve_erasure(order, no_ties, acting=approver(), at=NOW)
    assert erasing.erase_due(running, at=NOW) == 0
    assert erasing.erase_due(no_ties, at=NOW) == 1


def test_not_even_the_owner_destroys_revives_or_rewrites(incident: Incident) -> None:
    key = DataKey.objects.filter(pk=incident.data_key_id)
    with pytest.raises(IntegrityError, match="no rule and no approved order"), transaction.atomic():
        key.update(wrapped=None, destroyed_at=NOW)
    hold = holding.place_hold(incident, "For a test.", acting=prosecutor(), at=NOW)
    for change in ({"reason_ct": b"y" * 40}, {"placed_at": due_at(1)}):
        with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
            LegalHold.objects.update(**change)
    with pytest.raises(IntegrityError, match="not removed"), transaction.atomic():
        LegalHold.objects.all()._raw_delete(LegalHold.objects.db)
    with pytest.raises(IntegrityError, match="lifted_by_a_person"), transaction.atomic():
        LegalHold.objects.update(lifted_at=NOW)
    holding.lift_hold(hold, "For a test.", acting=approver(), at=NOW)
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        LegalHold.objects.update(lifted_at=None, lifted_by=None, lifting_ct=None)
    gone = erased(incident)
    with pytest.raises(IntegrityError, match="does not come back"), transaction.atomic():
        DataKey.objects.filter(pk=gone.data_key_id).update(wrapped=b"x", destroyed_at=None)
    with pytest.raises(IntegrityError, match="no such incident, or it is erased"), transaction.atomic():
        erase_by_hand(incident)


def test_a_rule_erases_once_its_period_is_over(incident: Incident) -> None:
    rule(1)
    assert erasing.erase_due(no_ties, at=due_at(29)) == 0
    assert erasing.erase_due(running, at=due_at(400)) == 0
    assert erasing.erase_due(no_ties, at=due_at(31)) == Incident.objects.count()
    assert Erasure.objects.filter(rule__isnull=False, erased_at=due_at(31)).count() == Incident.objects.count()
    assert erasing.erase_due(no_ties, at=due_at(32)) == 0
    assert EvidenceItem.objects.filter(incident=incident, stored_as="").count() == 2
    assert CustodyEvent.objects.filter(item__incident=incident).count() == 2
