"""Sealed reports become incidents: opened, checked against what the device signed, classified, indexed.

What does not open, does not fit or was sent by another than it says is quarantined with the reason: never dropped.
"""

import logging
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import connection, transaction

from backend.audit import recording
from backend.audit.events import Event
from backend.incidents import classifying, evidence
from backend.incidents.columns import sealed
from backend.incidents.models import Incident
from backend.incidents.report import MalformedReport, Report, parse_report
from backend.incidents.setting_aside import (
    WORKER,
    Quarantine,
    quarantine,
    sealed_file,
    settle,
    work_on_one,
)
from backend.incidents.statement import ReportStatement, StatementDiffers, check_manifest, check_statement
from backend.intake.models import Submission
from backend.intake.queue import failure_name
from backend.units.models import Device
from backend.vault.columns import make_data_key
from backend.vault.receiving import open_report
from crypto.errors import CryptoError
from crypto.keys import VerifyingKey
from crypto.report import unframe

FRAME = "comity/report/v1"
MAX_OPENED = 4 * 1024 * 1024
log = logging.getLogger("comity.incidents")


def open_waiting(*, at: datetime) -> bool:
    """Work off one waiting report; False when none is due."""

    def work(submission: Submission) -> None:
        with transaction.atomic():
            incident = open_submission(submission, at=at)
        log.info("submission %s opened as %s", submission.id, incident.reference)

    waiting = Submission.objects.filter(kind=Submission.Kind.REPORT, stage=Submission.Stage.RECEIVED)
    return work_on_one(waiting, work, set_aside=partial(quarantine, at=at), at=at)


def open_submission(submission: Submission, *, at: datetime) -> Incident:
    """Open one report into an incident, in the caller's transaction; raises Quarantine."""
    device = Device.objects.select_related("unit").filter(fingerprint=submission.sender).first()
    if device is None:
        raise Quarantine("the sender is no enrolled device of this node")
    statement_bytes, body = _open(submission)
    statement = _check(submission, device, statement_bytes, body)
    try:
        report = parse_report(body)
        check_manifest(statement, report.evidence)
    except (MalformedReport, StatementDiffers) as wrong:
        raise Quarantine(str(wrong)) from wrong
    incident = _store(submission, device, statement, statement_bytes, report, body, at=at)
    settle(submission, Submission.Stage.OPENED, at=at)
    return incident


def _open(submission: Submission) -> tuple[bytes, bytes]:
    with sealed_file(submission) as file:
        opened = open_report(file.read(), key_id=submission.key_id)
    return unframe(opened, type=FRAME, max_bytes=MAX_OPENED)


def _check(submission: Submission, device: Device, statement: bytes, body: bytes) -> ReportStatement:
    try:
        return check_statement(
            statement,
            body,
            device_key=VerifyingKey.parse(device.public_key),
            addressee=settings.COMITY.node,
            intake_key=submission.key_id,
            submission=submission.submission_id,
        )
    except CryptoError as wrong:
        log.info("submission %s: statement refused: %s", submission.id, failure_name(wrong.__cause__ or wrong))
        raise Quarantine("the statement inside the seal is not signed by the device that sent it") from wrong
    except StatementDiffers as differs:
        raise Quarantine(str(differs)) from differs


def _store(
    submission: Submission,
    device: Device,
    statement: ReportStatement,
    statement_bytes: bytes,
    report: Report,
    body: bytes,
    *,
    at: datetime,
) -> Incident:
    if evidence.named_before(submission.sender, report):
        raise Quarantine("it names evidence that an earlier report of the same device names")
    data_key, key = make_data_key(at=at)
    incident = Incident(
        reference=next_reference(at),
        unit=device.unit,
        device=device,
        submission=submission,
        data_key=data_key,
        reported_at=statement.at,
        received_at=submission.received_at,
    )
    incident.title_ct = sealed(key, Incident, incident.id, "title_ct", report.title.encode())
    incident.report_ct = sealed(key, Incident, incident.id, "report_ct", body)
    incident.statement_ct = sealed(key, Incident, incident.id, "statement_ct", statement_bytes)
    incident.save(force_insert=True)
    recording.record(Event.SUBMISSION_OPENED, submission, acting=WORKER, at=at)
    recording.record(Event.INCIDENT_OPENED, incident, acting=WORKER, at=at, detail={"reference": incident.reference})
    evidence.await_items(incident, statement, report, key, sender=submission.sender)
    classifying.classify_incident(incident, report, key, at=at)
    return incident


def next_reference(at: datetime) -> str:
    """The next national reference, as GD-2026-000001; gaps are possible, repetitions are not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_incident_number()")
        number = cursor.fetchone()[0]
    return f"{settings.COMITY.state.upper()}-{at:%Y}-{number:06d}"
