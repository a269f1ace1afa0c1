"""Evidence that no report names: shown to persons in quarantine, taken back once a report names it after all.

Without that a file whose report never comes would wait for good, and keep its intake key from being destroyed.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.recording import NewEvent
from backend.incidents.models import EvidenceItem
from backend.incidents.reasons import NO_REPORT
from backend.incidents.setting_aside import WORKER, quarantine
from backend.intake.models import Submission
from backend.vault.ending import ended

Stage = Submission.Stage
# A report may be sealed for fourteen days after its key's first: as long its evidence waits for it.
WAIT_FOR_REPORT = timedelta(days=14)
MOST = 100  # rows of one call, each way


def settle_unnamed(*, at: datetime) -> int:
    """Set aside what no report has named for fourteen days, take back what one names by now; how many were moved."""
    with transaction.atomic():
        return _set_aside(at=at) + _take_back(at=at)


def _set_aside(*, at: datetime) -> int:
    """Also what is younger, where its key was withdrawn: unless a report of its device is undecided and may name it."""
    keys = list(ended(at=at).values_list("key_id", flat=True))
    undecided = Submission.objects.filter(
        sender=OuterRef("sender"), kind=Submission.Kind.REPORT, stage__in=(Stage.RECEIVED, Stage.QUARANTINED)
    )
    due = Q(received_at__lt=at - WAIT_FOR_REPORT) | Q(~Exists(undecided), key_id__in=keys)
    waiting = _evidence(Stage.RECEIVED).filter(due, ~_named())
    found = list(waiting.defer("sealed").order_by("received_at")[:MOST])
    for submission in found:
        quarantine(submission, NO_REPORT, at=at)
    return len(found)


def _take_back(*, at: datetime) -> int:
    late = _evidence(Stage.QUARANTINED).filter(_named(), quarantine_reason=NO_REPORT)
    found = list(late.defer("sealed").select_for_update(skip_locked=True, of=("self",))[:MOST])
    Submission.objects.filter(pk__in=[row.pk for row in found]).update(
        stage=Stage.RECEIVED, attempts=0, not_before=None, settled_at=None, quarantine_reason=""
    )
    told = {"reason": NO_REPORT, "kind": Submission.Kind.EVIDENCE.value}
    recording.record_all([NewEvent(Event.SUBMISSION_RETRIED, row, WORKER, told) for row in found], at=at)
    return len(found)


def _evidence(stage: Submission.Stage) -> "QuerySet[Submission]":
    return Submission.objects.filter(kind=Submission.Kind.EVIDENCE, stage=stage)


def _named() -> Exists:
    items = EvidenceItem.objects.filter(incident__isnull=False)
    return Exists(items.filter(sender=OuterRef("sender"), evidence_id=OuterRef("submission_id")))
