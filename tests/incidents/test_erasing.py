"""Erasure: what goes, and that nothing which stays can be read with every key that the node has."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction

from backend.audit.models import AuditEvent
from backend.incidents import classifying, correlating, erasing, evidence, opening, retaining, settling
from backend.incidents.columns import opened
from backend.incidents.models import BackupLifetime, Comparison, Correlation, EvidenceKey, Incident, Indicator
from backend.incidents.remaining import remaining
from backend.incidents.retaining import NotRetained
from backend.incidents.selectors import incident_list
from backend.intake.models import Submission
from backend.vault.columns import open_data_key
from backend.vault.models import DataKey
from backend.vault.receiving import open_report
from backend.vault.secrets import DataKeyDestroyed
from crypto.errors import CryptoError
from tests.founding import NOW, SealedReport, enrol_device
from tests.incidents.erasure import FILES, MORE, ORDER, SCHEMA, administrator, approver, due_at, erased, prosecutor

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(whole: Incident) -> Incident:
    return whole


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
    prosecutor(), approver()  # Appointing them is on record, too.
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
