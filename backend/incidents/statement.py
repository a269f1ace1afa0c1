"""The device's signed statement inside the seal, and what must agree with it (DESIGN §3, The report)."""

import hashlib
import uuid
from datetime import datetime
from typing import Annotated

import msgspec

from backend.incidents.report import FIRST_YEAR, LAST_YEAR, EvidenceEntry, place_of
from crypto.keys import VerifyingKey
from crypto.verifying import verify_statement

STATEMENT_TYPE = "comity/report-statement/v1"
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class StatementDiffers(Exception):
    """What was signed inside the seal is not what was sent; the sentence names what differs."""


class SignedEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An evidence file as the device signed for it."""

    id: uuid.UUID
    size: int
    plaintext_sha256: Digest
    payload_sha256: Digest


class ReportStatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who reported what to whom, by the device's word."""

    type: str
    addressee: str
    intake_key: str
    device: str
    submission: uuid.UUID
    at: datetime
    report_sha256: Digest
    evidence: Annotated[list[SignedEvidence], msgspec.Meta(max_length=1000)]


def check_statement(
    data: bytes,
    body: bytes,
    *,
    device_key: VerifyingKey,
    addressee: str,
    intake_key: str,
    submission: uuid.UUID,
) -> ReportStatement:
    """Verify the statement and compare it with the outer sender, addressee and digests.

    Raises InvalidSignature, MalformedDocument or StatementDiffers.
    """
    verified = verify_statement(data, type=STATEMENT_TYPE, key=device_key, max_bytes=1024 * 1024)
    try:
        statement = msgspec.convert(dict(verified.payload), ReportStatement)
    except msgspec.ValidationError as wrong:
        place = place_of(wrong)
        raise StatementDiffers(f"the statement inside the seal is not of the agreed form at {place}") from None
    expected = {
        "addressee": (statement.addressee, addressee),
        "intake key": (statement.intake_key, intake_key),
        "device": (statement.device, device_key.fingerprint),
        "submission id": (statement.submission, submission),
        "digest of the report": (statement.report_sha256, hashlib.sha256(body).hexdigest()),
    }
    for what, (signed, outer) in expected.items():
        if signed != outer:
            raise StatementDiffers(f"the {what} inside the seal differs from the one outside")
    if statement.at.tzinfo is None:
        raise StatementDiffers("the statement's time has no zone")
    if not FIRST_YEAR <= statement.at.year <= LAST_YEAR:
        raise StatementDiffers("the statement's time cannot be")
    return statement


def check_manifest(statement: ReportStatement, entries: list[EvidenceEntry]) -> None:
    """Every evidence file of the report is signed for, with its size, and no other; raises StatementDiffers."""
    if {(e.id, e.size) for e in statement.evidence} != {(e.id, e.size) for e in entries} or len(
        statement.evidence
    ) != len(entries):
        raise StatementDiffers("the evidence that was signed for differs from the report's manifest")
