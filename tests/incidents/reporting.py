"""Incidents for what is compared and looked up: reported, opened, compared; and many at once by copying their rows."""

import json
import uuid
from datetime import timedelta
from typing import Any

from django.db import connection

from backend.incidents import correlating, opening
from backend.incidents.columns import sealed
from backend.incidents.models import Correlation, Incident, Indicator
from backend.intake.models import Submission
from backend.vault.columns import open_data_key
from backend.vault.tokens import NORMALISATION, tokens_for
from tests.founding import NOW, SealedReport, TestDevice, enrol_device, found_node

IBAN = "GB60 BARC 2679 8414 0213 97"
WORDS = (
    "On 23 November somebody took over the mailbox of our bookkeeper and sent a forged invoice from it, "
    "and the bank paid the sum to {} before anybody called. The mails came from {}."
)


def founded() -> TestDevice:
    """A device that reports to a founded node."""
    found_node()
    return enrol_device()


def report(narrative: str, **more: Any) -> dict[str, Any]:
    """A report as short as one can be."""
    return {"schema": "comity/report/v1", "title": "Plainly fictional", "narrative": narrative, **more}


def arrive(device: TestDevice, *reports: dict[str, Any]) -> list[Incident]:
    """Reports arrive one after another and are opened in that order, not yet compared."""
    sent = [
        SealedReport(device, one).send(at=NOW + timedelta(microseconds=number)) for number, one in enumerate(reports)
    ]
    while opening.open_waiting(at=NOW):
        pass
    found = {row.submission_id: row for row in Incident.objects.filter(submission__in=sent)}
    return [found[one.pk] for one in sent]


def compare_all() -> int:
    """Everything that waits is compared; how many incidents."""
    count = 0
    while done := correlating.correlate_waiting(at=NOW):
        count += done
    return count


def pair(one: Incident, other: Incident) -> Correlation | None:
    """What was found of two incidents."""
    first, second = sorted((one, other), key=lambda incident: incident.pk)
    return Correlation.objects.filter(first=first, second=second).first()


def add_indicator(incident: Incident, kind: str, value: str) -> Indicator:
    """An indicator that comes to an incident later, as with a supplement."""
    position = incident.indicators.count()
    row = Indicator(
        incident=incident,
        type=kind,
        normalisation=NORMALISATION,
        token=tokens_for([(kind, value)])[0],
        position=position,
    )
    key = open_data_key(incident.data_key)
    row.value_ct = sealed(key, Indicator, f"{incident.id}/{position}", "value_ct", value.encode())
    row.save(force_insert=True)
    return row


def erase(incident: Incident) -> None:
    """The data key of an incident is destroyed, without the acts that lead there; its tokens stay."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE vault_datakey DISABLE TRIGGER data_key_may_go")
        cursor.execute(
            "UPDATE vault_datakey SET wrapped = NULL, destroyed_at = %s WHERE id = %s", [NOW, incident.data_key_id]
        )
        cursor.execute("ALTER TABLE vault_datakey ENABLE TRIGGER data_key_may_go")
    incident.data_key.refresh_from_db()


def copies(incident: Incident, count: int, *, having: Indicator) -> list[Incident]:
    """So many further incidents that have an indicator, without the way there; they are waiting to be compared."""
    rows, key = [], open_data_key(incident.data_key)
    body = json.dumps(report(f"Copied for a test, {having.type}.")).encode()
    for number in range(count):
        original = incident.submission
        submission = Submission(
            sender=original.sender,
            submission_id=uuid.uuid4(),
            kind="report",
            key_id=original.key_id,
            digest=original.digest,
            size=1,
            sealed=b"x",
            received_at=NOW,
            stage="opened",
        )
        copy = Incident(
            reference=f"GD-2026-9{number:05d}",
            unit=incident.unit,
            device=incident.device,
            submission=submission,
            data_key=incident.data_key,
            reported_at=NOW,
            received_at=NOW,
            statement_ct=b"",
        )
        copy.title_ct = sealed(key, Incident, copy.id, "title_ct", b"A copy")
        copy.report_ct = sealed(key, Incident, copy.id, "report_ct", body)
        rows.append(copy)
    Submission.objects.bulk_create([row.submission for row in rows])
    Incident.objects.bulk_create(rows)
    Indicator.objects.bulk_create(
        Indicator(
            incident=row,
            type=having.type,
            normalisation=having.normalisation,
            token=having.token,
            value_ct=b"",
            position=0,
        )
        for row in rows
    )
    return rows
