"""Evidence items: awaited from the report on, received when the whole file was opened and has the digest signed for."""

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting
from backend.incidents import parties, reasons
from backend.incidents.columns import opened, sealed
from backend.incidents.models import CustodyEvent, EvidenceItem, EvidenceKey, Incident
from backend.incidents.report import Report
from backend.incidents.setting_aside import (
    WORKER,
    Quarantine,
    quarantine,
    sealed_file,
    settle,
    work_on_one,
)
from backend.incidents.settling import erase_sealed
from backend.incidents.statement import ReportStatement
from backend.intake.appending import sync_folder
from backend.intake.models import Submission
from backend.vault.columns import OpenDataKey, open_data_key
from backend.vault.receiving import take_evidence
from crypto.digests import PayloadDigests


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
            sensitivity=entry.sensitivity,
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

    def item_of(submission: Submission) -> EvidenceItem:
        return named.select_related("data_key").get(sender=submission.sender, evidence_id=submission.submission_id)

    return work_on_one(
        waiting,
        lambda submission: _take(submission, item_of(submission), at=at),
        set_aside=lambda submission, reason: _set_aside(submission, item_of(submission), reason, at=at),
        at=at,
    )


@dataclass(frozen=True)
class Kept:
    """A payload in the evidence folder: its file key, wrapped by the data key, and what it was found to be."""

    file_key_ct: bytes = field(repr=False)
    digests: PayloadDigests


def payload_path(item: EvidenceItem) -> Path:
    """Where the sealed payload of a received item lies."""
    folder: Path = settings.COMITY.evidence
    return folder / item.stored_as


def keep_payload(source: BinaryIO, item: EvidenceItem, *, kind: str, key_id: str, key: OpenDataKey) -> Kept:
    """Take a sealed file into the evidence folder, durably; its digests and wrapped file key. Raises CannotOpen.

    The payload is written under a temporary name and only named for good once it opened as a whole. It stays as it was
    sealed: nothing of it is decoded, and its name on the disk is the item's id.
    """
    folder = Path(settings.COMITY.evidence)
    final = f"{item.id}.payload"
    unfinished = folder / f"{item.id}.unfinished"
    try:
        with unfinished.open("wb") as payload:
            file_key, digests = take_evidence(source, payload, kind=kind, key_id=key_id, data_key=key, row=item.id)
            payload.flush()
            os.fsync(payload.fileno())
        unfinished.replace(folder / final)
        sync_folder(folder)
    finally:
        unfinished.unlink(missing_ok=True)
    item.stored_as = final
    return Kept(file_key, digests)


def agrees(item: EvidenceItem, digests: PayloadDigests, key: OpenDataKey) -> bool:
    """Whether what was opened is what the sender signed for: size and both digests."""
    signed = opened(key, item, "plaintext_sha256_ct").decode()
    return (digests.size, digests.plaintext_sha256, digests.payload_sha256) == (item.size, signed, item.payload_sha256)


def _take(submission: Submission, item: EvidenceItem, *, at: datetime) -> None:
    key = open_data_key(item.data_key)
    with sealed_file(submission) as source:
        kept = keep_payload(source, item, kind="intake", key_id=submission.key_id, key=key)
    if not agrees(item, kept.digests, key):
        payload_path(item).unlink()
        raise Quarantine(reasons.OTHER_EVIDENCE)
    with transaction.atomic():
        item.submission = submission
        mark_received(item, kept, acting=WORKER, came_from=parties.device(submission.sender), at=at)
        settle(submission, Submission.Stage.OPENED, at=at)
        # The payload is kept, the wrapped file key too: the sealed original has served, in a row as in a file.
        erase_sealed([submission.pk], at=at)


def mark_received(item: EvidenceItem, kept: Kept, *, acting: Acting, came_from: str, at: datetime) -> None:
    """The first custody event, in the caller's transaction: the plaintext digest was checked."""
    item.stage = EvidenceItem.Stage.RECEIVED
    item.save()
    EvidenceKey.objects.create(item=item, file_key_ct=kept.file_key_ct)
    CustodyEvent.objects.create(
        item=item,
        act=CustodyEvent.Act.RECEIVED,
        at=at,
        by_role=acting.audit_role,
        by_id=acting.audit_id,
        came_from=came_from,
        went_to=parties.node(settings.COMITY.node),
        reason="size and digests agree with what the sender signed",
    )
    recording.record(
        Event.EVIDENCE_RECEIVED, item, acting=acting, at=at, detail={"payload_sha256": item.payload_sha256}
    )


def _set_aside(submission: Submission, item: EvidenceItem, reason: str, *, at: datetime) -> None:
    with transaction.atomic():
        item.stage = EvidenceItem.Stage.MISMATCH
        item.save(update_fields=["stage"])
        recording.record(Event.EVIDENCE_MISMATCHED, item, acting=WORKER, at=at, detail={"reason": reason})
        quarantine(submission, reason, at=at)
