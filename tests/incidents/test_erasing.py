"""Erasure: what goes, what holds it back, and that nothing which stays can be read with every key that the node has."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Role
from backend.audit.models import AuditEvent
from backend.conventions.catalogue import Catalogue
from backend.incidents import classifying, correlating, erasing, evidence, holding, opening, retaining, settling
from backend.incidents.classifying import keep_others_from
from backend.incidents.columns import opened
from backend.incidents.models import (
    BackupLifetime,
    Comparison,
    Correlation,
    CustodyEvent,
    Erasure,
    EvidenceItem,
    EvidenceKey,
    Incident,
    Indicator,
    LegalHold,
)
from backend.incidents.remaining import remaining
from backend.incidents.retaining import NotRetained
from backend.incidents.selectors import incident_list
from backend.intake.models import Submission
from backend.vault.columns import open_data_key
from backend.vault.models import DataKey
from backend.vault.receiving import open_report
from backend.vault.secrets import DataKeyDestroyed
from crypto.errors import CryptoError
from tests.founding import NOW, SealedReport, enrol_device, person
from tests.incidents.erasure import (
    FILES,
    MORE,
    ORDER,
    SCHEMA,
    administrator,
    approver,
    due_at,
    erased,
    no_ties,
    ordered,
    prosecutor,
    rule,
    running,
    whole_incident,
)
from tests.undoing import undone

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def module_incident(django_db_setup: None, django_db_blocker: Any) -> Iterator[Incident]:
    """One incident for the tests of this file; what a test does to it is rolled back."""
    with django_db_blocker.unblock(), undone():
        yield whole_incident()


@pytest.fixture
def incident(module_incident: Incident, db: None) -> Incident:
    return Incident.objects.select_related("data_key", "unit").get(pk=module_incident.pk)


def bytes_of_the_database() -> bytes:
    """Every value of every row, as a dump has them."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values_list():
            found += [bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row]
    return b"\n".join(found)


def test_key_tokens_sealed_bytes_and_files_go(
    incident: Incident, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    tokens = [bytes(token) for token in incident.indicators.exclude(token=None).values_list("token", flat=True)]
    other = Incident.objects.exclude(pk=incident.pk).get()
    shared = {bytes(token) for token in other.indicators.exclude(token=None).values_list("token", flat=True)}
    own = [token for token in tokens if token not in shared]
    wrapped = bytes(incident.data_key.wrapped)
    # Of evidence nothing sealed is left: it went when the item was received.
    kept = Submission.objects.filter(sender=incident.device.fingerprint).exclude(sealed=None)
    sealed = [bytes(row.sealed) for row in kept]
    assert len(sealed) == 3
    spooled = Path(settings.COMITY.sealed) / ("ef" * 16)
    spooled.write_bytes(b"sealed")
    Submission.objects.filter(pk=incident.submission_id).update(sealed=None, stored_as=spooled.name)
    files = [evidence.payload_path(item) for item in incident.evidence.all()]
    assert own
    assert [path.exists() for path in files] == [True, True]
    before = bytes_of_the_database()
    assert wrapped in before
    assert all(token in before for token in tokens)

    with django_capture_on_commit_callbacks(execute=True):
        gone = erased(incident)

    after = bytes_of_the_database()
    assert gone.erased
    assert wrapped not in after
    assert not any(token in after for token in own)
    assert not Indicator.objects.filter(incident=incident).exists()
    assert not EvidenceKey.objects.filter(item__incident=incident).exists()
    assert not Correlation.objects.exists()
    assert (
        Comparison.objects.filter(incident=incident).values_list("narrative_token", "waiting_since").get()
        == (None,) * 2
    )
    assert not any(path.exists() for path in (*files, spooled))
    assert {row.erased_at for row in erasing.submissions_of(gone)} == {NOW}
    assert len(erasing.submissions_of(gone)) == 4
    # The other report is as it was: it has its key, its tokens and its sealed bytes.
    assert sum(one in after for one in sealed) == 1
    assert not other.erased
    assert other.indicators.filter(token__in=list(shared)).exists()


def test_nothing_that_stays_opens_with_all_that_the_node_has(incident: Incident) -> None:
    """The whole database and every key of the node are in the thief's hands."""
    gone = erased(incident)
    with pytest.raises(DataKeyDestroyed):
        open_data_key(gone.data_key)
    other = Incident.objects.exclude(pk=incident.pk).select_related("data_key").get()
    keys = [open_data_key(row) for row in DataKey.objects.filter(destroyed_at=None)]
    assert opened(open_data_key(other.data_key), other, "title_ct")
    for row in (
        gone,
        *gone.evidence.all(),
        *gone.classifications.all(),
        *gone.decisions.all(),
        *gone.supplements.all(),
    ):
        columns = [field.attname for field in row._meta.concrete_fields if field.attname.endswith("_ct")]
        assert columns
        for column in columns:
            for key in keys:
                with pytest.raises(CryptoError):
                    opened(key, row, column)
    # Sealed to the intake key, which is still here: there must be nothing left to open.
    for submission in Submission.objects.all():
        if submission.sealed is not None:
            try:
                text = open_report(bytes(submission.sealed), key_id=submission.key_id)
            except CryptoError:
                continue
            assert str(incident.submission.submission_id).encode() not in text
    assert not any(FILES["mail.txt"] in path.read_bytes() for path in Path(settings.COMITY.evidence).iterdir())


def test_it_is_on_record_and_what_is_left_is_counted(incident: Incident) -> None:
    assert prosecutor().user != approver().user
    events = AuditEvent.objects.count()
    gone = erased(incident)
    told = AuditEvent.objects.get(event="incident:erased")
    assert (told.subject_id, told.acting_id) == (str(incident.pk), "worker")
    assert (told.detail["basis"], told.detail["reference"]) == (ORDER, incident.reference)
    assert (told.detail["evidence_files"], told.detail["sealed"]) == (2, 2)
    assert AuditEvent.objects.count() == events + 3
    left = remaining(gone)
    assert (left.items, left.custody_events, left.submissions, left.still_sealed, left.pairs) == (2, 2, 4, 0, 0)
    assert left.proposals == incident.classifications.count() > 0
    line = next(one for one in incident_list(prosecutor().user, at=NOW) if one.incident.pk == incident.pk)
    assert (line.title, line.incident.erased) == ("", True)


def test_nobody_classifies_compares_or_adds_to_what_is_erased(incident: Incident) -> None:
    gone = erased(incident)
    while classifying.propose_anew(at=due_at(1)):
        pass
    while correlating.correlate_waiting(at=due_at(1)):
        pass
    assert gone.classifications.count() == incident.classifications.count()
    device = enrol_device()
    later = SealedReport(device, SCHEMA | MORE | {"kind": "supplement", "of": str(incident.submission.submission_id)})
    submission = later.send()
    opening.open_waiting(at=due_at(1))
    submission.refresh_from_db()
    assert submission.stage == Submission.Stage.QUARANTINED
    assert "erased" in submission.quarantine_reason
    assert gone.supplements.count() == 1


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


def erase_by_hand(incident: Incident) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM erase_incident(%s, %s)", [incident.pk, NOW])


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


def test_evidence_that_comes_after_the_erasure_is_set_aside_and_its_bytes_go_when_it_is_given_up(
    incident: Incident,
) -> None:
    device = enrol_device()
    late = SealedReport(device, SCHEMA | MORE | {"title": "Late"}, files={"late.txt": b"late evidence"})
    late.send()
    assert opening.open_waiting(at=NOW)
    gone = erased(Incident.objects.select_related("data_key").get(submission__submission_id=late.submission))
    assert remaining(gone).still_sealed == 1
    assert evidence.take_waiting(at=NOW)
    file = Submission.objects.get(sender=device.fingerprint, kind="evidence")
    assert (file.stage, file.quarantine_reason) == ("quarantined", "the incident that it belongs to was erased")
    assert settling.erase_closed(at=NOW) == 0
    settling.give_up(file, "Erased by order.", acting=administrator(), at=NOW)
    assert settling.erase_closed(at=NOW) == 1
    assert remaining(gone).still_sealed == 0


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


def test_when_it_is_complete_follows_the_backups(incident: Incident) -> None:
    assert erasing.complete_on(NOW) is None  # nobody said how long backups are kept
    retaining.set_backup_lifetime(30, acting=administrator(), at=NOW)
    assert erasing.complete_on(NOW) == due_at(30)
    retaining.set_backup_lifetime(7, acting=administrator(), at=due_at(2))
    assert erasing.complete_on(NOW) == due_at(30)  # those of that day are still kept for thirty
    assert erasing.complete_on(due_at(3)) == due_at(10)
    retaining.set_backup_lifetime(90, acting=administrator(), at=due_at(20))
    assert erasing.complete_on(NOW) == due_at(90)  # a backup of that day still lay there
    assert erasing.complete_on(due_at(3)) == due_at(10)  # the last of that day was gone by then
    for days in (-1, 3661):
        with pytest.raises(NotRetained, match="0 to 3660"):
            retaining.set_backup_lifetime(days, acting=administrator(), at=NOW)
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        BackupLifetime.objects.update(days=1)


def test_a_rule_erases_once_its_period_is_over(incident: Incident) -> None:
    rule(1)
    assert erasing.erase_due(no_ties, at=due_at(29)) == 0
    assert erasing.erase_due(running, at=due_at(400)) == 0
    assert erasing.erase_due(no_ties, at=due_at(31)) == Incident.objects.count()
    assert Erasure.objects.filter(rule__isnull=False, erased_at=due_at(31)).count() == Incident.objects.count()
    assert erasing.erase_due(no_ties, at=due_at(32)) == 0
    assert EvidenceItem.objects.filter(incident=incident, stored_as="").count() == 2
    assert CustodyEvent.objects.filter(item__incident=incident).count() == 2


def meanwhile(monkeypatch: pytest.MonkeyPatch, module: Any, act: Callable[[], object]) -> None:
    """Have something happen while the module waits for the lock of an incident."""
    left = [act]

    def waits(incident: Incident) -> None:
        if left:
            left.pop()()
        keep_others_from(incident)

    monkeypatch.setattr(module, "keep_others_from", waits, raising=False)


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
    newest = Incident.objects.order_by("-received_at").first()
    assert newest is not None
    before, gone = newest.classifications.count(), []
    meanwhile(monkeypatch, classifying, lambda: gone.append(erased(newest)))
    assert classifying.propose_anew(catalogue=other_law, at=NOW)
    # What failed is rolled back, here with the erasure, which shares the transaction.
    assert gone
    assert newest.classifications.count() == before
    assert not Indicator.objects.filter(incident=newest, incident__data_key__destroyed_at__isnull=False).exists()


def test_a_narrative_is_told_only_while_no_erasure_can_pass(
    incident: Incident,
) -> None:
    Comparison.objects.update(narrative_token=None, waiting_since=NOW)
    with CaptureQueriesContext(connection) as asked:
        correlating.compare([incident.pk], at=NOW)
    said = [query["sql"] for query in asked]
    locked = next(place for place, sql in enumerate(said) if "incidents_comparison" in sql and "FOR UPDATE" in sql)
    read = next(place for place, sql in enumerate(said) if "report_ct" in sql)
    assert locked < read
    assert Comparison.objects.get(pk=incident.pk).narrative_token is not None
