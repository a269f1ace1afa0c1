"""Evidence items: awaited from the report on, received when the whole file was opened and has the digest signed for."""

import io
import logging
import os
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting, System
from backend.incidents.columns import opened, sealed
from backend.incidents.models import CustodyEvent, EvidenceItem, Incident
from backend.incidents.report import Report
from backend.incidents.statement import ReportStatement
from backend.intake.models import Submission
from backend.intake.queue import claimed, ends_the_worker, failure_name, given_up
from backend.vault.columns import OpenDataKey, open_data_key
from backend.vault.receiving import take_evidence
from backend.vault.secrets import KeyNotHeld
from crypto.digests import PayloadDigests
from crypto.errors import CryptoError

MAX_ATTEMPTS = 8
ENDS_THE_WORKER = "the worker ended each time that it was worked on"
WORKER = System("worker")
log = logging.getLogger("comity.evidence")


def await_items(
    incident: Incident, statement: ReportStatement, report: Report, key: OpenDataKey, *, sender: str
) -> None:
    """A row for each file that the device signed for; the files may be here already or still on their way."""
    signed = {entry.id: entry for entry in statement.evidence}
    items = []
    for entry in report.evidence:
        item = EvidenceItem(
            incident=incident,
            data_key=incident.data_key,
            sender=sender,
            evidence_id=entry.id,
            sensitive=entry.sensitive,
            size=entry.size,
            payload_sha256=signed[entry.id].payload_sha256,
        )
        digest = signed[entry.id].plaintext_sha256
        item.name_ct = sealed(key, EvidenceItem, item.id, "name_ct", entry.name.encode())
        item.media_type_ct = sealed(key, EvidenceItem, item.id, "media_type_ct", entry.media_type.encode())
        item.plaintext_sha256_ct = sealed(key, EvidenceItem, item.id, "plaintext_sha256_ct", digest.encode())
        items.append(item)
    EvidenceItem.objects.bulk_create(items)


def named_before(sender: str, report: Report) -> bool:
    """Whether an earlier report of this sender names one of the same evidence ids."""
    ids = [entry.id for entry in report.evidence]
    return EvidenceItem.objects.filter(incident__isnull=False, sender=sender, evidence_id__in=ids).exists()


def take_waiting(*, at: datetime) -> bool:
    """Work off one evidence file whose report is here; False when none is due."""
    named = EvidenceItem.objects.filter(incident__isnull=False)
    awaited = named.filter(sender=OuterRef("sender"), evidence_id=OuterRef("submission_id"))
    waiting = Submission.objects.filter(Exists(awaited), kind=Submission.Kind.EVIDENCE, stage=Submission.Stage.RECEIVED)
    with claimed(waiting, order="received_at", at=at) as submission:
        if submission is None:
            return False
        item = named.select_related("data_key").get(sender=submission.sender, evidence_id=submission.submission_id)
        if ends_the_worker(submission, most=MAX_ATTEMPTS):
            _set_aside(submission, item, ENDS_THE_WORKER, at=at)
            return True
        try:
            _take(submission, item, at=at)
        except KeyNotHeld:
            _set_aside(submission, item, "the intake key that it names is not held here any more", at=at)
        except CryptoError:
            _set_aside(submission, item, "it does not open with the intake key that it names", at=at)
        except Exception as problem:  # what is unforeseen is tried again, then shown to a person
            log.error("evidence %s: %s on attempt %d", item.id, failure_name(problem), submission.attempts)
            if given_up(submission, problem, most=MAX_ATTEMPTS):
                _set_aside(submission, item, f"failed {submission.attempts} times ({failure_name(problem)})", at=at)
    return True


def payload_path(item: EvidenceItem) -> Path:
    """Where the sealed payload of a received item lies."""
    return Path(settings.COMITY.evidence) / item.stored_as


def keep_payload(source: BinaryIO, item: EvidenceItem, *, kind: str, key_id: str, key: OpenDataKey) -> PayloadDigests:
    """Take a sealed file into the evidence folder, durably, and set the item's file key; raises CannotOpen.

    The payload is written under a temporary name and only named for good once it opened as a whole.
    """
    folder = Path(settings.COMITY.evidence)
    final = f"{item.id}.payload"
    unfinished = folder / f"{item.id}.unfinished"
    try:
        with unfinished.open("wb") as payload:
            item.file_key_ct, digests = take_evidence(
                source, payload, kind=kind, key_id=key_id, data_key=key, row=item.id
            )
            payload.flush()
            os.fsync(payload.fileno())
        unfinished.replace(folder / final)
        sync_folder(folder)
    finally:
        unfinished.unlink(missing_ok=True)
    item.stored_as = final
    return digests


def agrees(item: EvidenceItem, digests: PayloadDigests, key: OpenDataKey) -> bool:
    """Whether what was opened is what the sender signed for: size and both digests."""
    signed = opened(key, item, "plaintext_sha256_ct").decode()
    return (digests.size, digests.plaintext_sha256, digests.payload_sha256) == (item.size, signed, item.payload_sha256)


def _take(submission: Submission, item: EvidenceItem, *, at: datetime) -> None:
    key = open_data_key(item.data_key)
    with _sealed_file(submission) as source:
        digests = keep_payload(source, item, kind="intake", key_id=submission.key_id, key=key)
    if not agrees(item, digests, key):
        payload_path(item).unlink()
        _set_aside(submission, item, "it does not have the size and digests that the device signed for", at=at)
        return
    with transaction.atomic():
        item.submission = submission
        mark_received(item, acting=WORKER, came_from=f"device {submission.sender}", at=at)
        submission.stage = Submission.Stage.OPENED
        submission.settled_at = at
        submission.save(update_fields=["stage", "settled_at"])
    if submission.stored_as:
        # The payload is kept, the wrapped file key too: the sealed file has served.
        (Path(settings.COMITY.sealed) / submission.stored_as).unlink(missing_ok=True)


def mark_received(item: EvidenceItem, *, acting: Acting, came_from: str, at: datetime) -> None:
    """The first custody event, in the caller's transaction: the plaintext digest was checked."""
    item.stage = EvidenceItem.Stage.RECEIVED
    item.save()
    CustodyEvent.objects.create(
        item=item,
        act=CustodyEvent.Act.RECEIVED,
        at=at,
        by_role=acting.audit_role,
        by_id=acting.audit_id,
        came_from=came_from,
        reason="size and digests agree with what the sender signed",
    )
    recording.record(
        Event.EVIDENCE_RECEIVED, item, acting=acting, at=at, detail={"payload_sha256": item.payload_sha256}
    )


def _set_aside(submission: Submission, item: EvidenceItem, reason: str, *, at: datetime) -> None:
    with transaction.atomic():
        item.stage = EvidenceItem.Stage.MISMATCH
        item.save(update_fields=["stage"])
        submission.stage = Submission.Stage.QUARANTINED
        submission.quarantine_reason = reason
        submission.settled_at = at
        submission.save(update_fields=["stage", "quarantine_reason", "settled_at"])
        recording.record(Event.EVIDENCE_MISMATCHED, item, acting=WORKER, at=at, detail={"reason": reason})
        recording.record(Event.SUBMISSION_QUARANTINED, submission, acting=WORKER, at=at, detail={"reason": reason})


def _sealed_file(submission: Submission) -> BinaryIO:
    if submission.sealed is not None:
        return io.BytesIO(bytes(submission.sealed))
    return (Path(settings.COMITY.sealed) / str(submission.stored_as)).open("rb")


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
