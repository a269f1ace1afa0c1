"""What is left of an incident after its erasure, counted: nothing of it can be read, but it shows that it was there."""

from dataclasses import dataclass

from django.db.models import Q

from backend.audit.models import AuditEvent
from backend.incidents.erasing import submissions_of
from backend.incidents.models import Correlation, CustodyEvent, Incident


@dataclass(frozen=True)
class Remaining:
    """Rows that stay. All that a person wrote in them is under the destroyed data key."""

    proposals: int
    decisions: int
    items: int
    custody_events: int
    submissions: int
    still_sealed: int
    pairs: int
    holds: int
    events: int


def remaining(incident: Incident) -> Remaining:
    """Count them. ``still_sealed`` are submissions of it whose bytes are still here, sealed to an intake key."""
    submissions = submissions_of(incident)
    items = [str(pk) for pk in incident.evidence.values_list("pk", flat=True)]
    told = Q(subject_kind="incident", subject_id=str(incident.pk)) | Q(
        subject_kind="evidence-item", subject_id__in=items
    )
    sent = Q(subject_kind="submission", subject_id__in=[str(row.pk) for row in submissions])
    return Remaining(
        proposals=incident.classifications.count(),
        decisions=incident.decisions.count(),
        items=len(items),
        custody_events=CustodyEvent.objects.filter(item__incident=incident).count(),
        submissions=len(submissions),
        still_sealed=sum(row.erased_at is None for row in submissions),
        pairs=Correlation.objects.filter(Q(first=incident) | Q(second=incident)).count(),
        holds=incident.holds.count(),
        events=AuditEvent.objects.filter(told | sent).count(),
    )
