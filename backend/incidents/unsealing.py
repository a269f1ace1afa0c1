"""A sealed report is opened and compared with what its device signed; nothing is stored."""

import logging
from dataclasses import dataclass

from django.conf import settings

from backend.incidents import reasons
from backend.incidents.report import MalformedReport, Report, parse_report
from backend.incidents.setting_aside import Quarantine, sealed_file
from backend.incidents.statement import ReportStatement, StatementDiffers, check_manifest, check_statement
from backend.intake.models import Submission
from backend.intake.queue import failure_name
from backend.units.models import Device
from backend.vault.receiving import open_report
from crypto.errors import CryptoError
from crypto.keys import VerifyingKey
from crypto.report import unframe

FRAME = "comity/report/v1"
MAX_OPENED = 4 * 1024 * 1024
log = logging.getLogger("comity.incidents")


@dataclass(frozen=True)
class Unsealed:
    """A submission that was opened and found in order: what the device signed and said, as bytes and as read."""

    submission: Submission
    device: Device
    signed: bytes
    statement: ReportStatement
    body: bytes
    report: Report


def unseal(submission: Submission, device: Device) -> Unsealed:
    """Open, check and parse; raises Quarantine, KeyNotHeld or a CryptoError."""
    with sealed_file(submission) as file:
        opened = open_report(file.read(), key_id=submission.key_id)
    signed, body = unframe(opened, type=FRAME, max_bytes=MAX_OPENED)
    statement = _checked(submission, device, signed, body)
    try:
        report = parse_report(body)
        check_manifest(statement, report.evidence)
    except (MalformedReport, StatementDiffers) as wrong:
        raise Quarantine(str(wrong)) from wrong
    return Unsealed(submission, device, signed, statement, body, report)


def _checked(submission: Submission, device: Device, signed: bytes, body: bytes) -> ReportStatement:
    try:
        return check_statement(
            signed,
            body,
            device_key=VerifyingKey.parse(device.public_key),
            addressee=settings.COMITY.node,
            intake_key=submission.key_id,
            submission=submission.submission_id,
        )
    except CryptoError as wrong:
        log.info("submission %s: statement refused: %s", submission.id, failure_name(wrong.__cause__ or wrong))
        raise Quarantine(reasons.NOT_ITS_STATEMENT) from wrong
    except StatementDiffers as differs:
        raise Quarantine(str(differs)) from differs
