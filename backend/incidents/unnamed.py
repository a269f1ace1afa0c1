"""Evidence that no report names, found when the key to which it is sealed has come to its end: a person decides."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from backend.incidents.models import EvidenceItem
from backend.incidents.setting_aside import quarantine
from backend.intake.models import Submission
from backend.vault.ending import ended

UNNAMED = "no report of its device names it, and its key has come to its end"
MOST = 100  # rows of one call


def set_aside_unnamed(*, at: datetime) -> int:
    """Quarantine waiting evidence whose key ended and which no opened report names; how many, at most MOST.

    It is left alone while a report of its device waits or is in quarantine: that one may name it. Its key is kept for
    it until it was given up, or retried after a report that names it was opened.
    """
    keys = list(ended(at=at).values_list("key_id", flat=True))
    named = EvidenceItem.objects.filter(
        incident__isnull=False, sender=OuterRef("sender"), evidence_id=OuterRef("submission_id")
    )
    undecided = Submission.objects.filter(
        sender=OuterRef("sender"),
        kind=Submission.Kind.REPORT,
        stage__in=(Submission.Stage.RECEIVED, Submission.Stage.QUARANTINED),
    )
    waiting = Submission.objects.filter(
        ~Exists(named),
        ~Exists(undecided),
        key_id__in=keys,
        kind=Submission.Kind.EVIDENCE,
        stage=Submission.Stage.RECEIVED,
    )
    found = list(waiting.order_by("received_at")[:MOST]) if keys else []
    for submission in found:
        quarantine(submission, UNNAMED, at=at)
    return len(found)
