"""What a report became: how the edge stored it, the incident opened from it, what is in quarantine."""

from backend.cli.demonstration.offices.acts import Answer, act


@act
def stored(submission: str) -> Answer:
    """How the edge stored a submission: what of it can be read without a key."""
    from backend.intake.models import Submission

    row = Submission.objects.filter(submission_id=submission).first()
    if row is None:
        return {}
    beginning = bytes(row.sealed[:21]) if row.sealed is not None else b""
    return {
        "stage": row.stage,
        "begins": beginning.decode("ascii", "replace"),
        "size": row.size,
        "reason": row.quarantine_reason,
    }


@act
def incident(submission: str) -> Answer:
    """The incident that a submission became, once its evidence is received; empty before."""
    from backend.incidents.models import EvidenceItem, Incident
    from backend.incidents.selectors import incident_page

    found = Incident.objects.select_related("unit", "data_key").filter(submission__submission_id=submission).first()
    if found is None or found.evidence.exclude(stage=EvidenceItem.Stage.RECEIVED).exists():
        return {}
    page = incident_page(found)
    return {
        "id": str(found.id),
        "reference": found.reference,
        "codes": list(page.codes),
        "indicators": [list(pair) for pair in page.indicators],
        "evidence": [[shown.name, shown.item.size] for shown in page.evidence],
    }


@act
def later(submission: str) -> Answer:
    """What was sent later on the incident of a submission, and what the whole now shows; empty before."""
    from backend.incidents.models import Supplement
    from backend.incidents.selectors import incident_page

    row = Supplement.objects.filter(incident__submission__submission_id=submission).first()
    if row is None:
        return {}
    page = incident_page(row.incident)
    return {
        "reference": row.incident.reference,
        "sent": len(page.whole.later),
        "codes": list(page.codes),
        "indicators": [list(pair) for pair in page.indicators],
    }


@act
def quarantine() -> Answer:
    """What is in quarantine."""
    from backend.intake.models import Submission

    rows = Submission.objects.filter(stage=Submission.Stage.QUARANTINED)
    return {"reasons": list(rows.values_list("quarantine_reason", flat=True))}
