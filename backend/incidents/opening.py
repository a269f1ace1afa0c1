"""Sealed reports become incidents: opened, checked against what the device signed, classified, indexed.

What does not open, does not fit or was sent by another than it says is quarantined with the reason: never dropped.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.recording import NewEvent
from backend.incidents import classifying, evidence, reasons, supplementing
from backend.incidents.classifying import Proposal, indicator_rows
from backend.incidents.columns import sealed
from backend.incidents.models import Classification, Incident, Indicator
from backend.incidents.report import Report
from backend.incidents.revocation import check_revocation
from backend.incidents.setting_aside import WORKER, Quarantine, quarantine, settle_all, work_on
from backend.incidents.unsealing import Unsealed, unseal
from backend.intake.models import Submission
from backend.intake.queue import claimed_many, failure_name
from backend.units.models import Device
from backend.vault.columns import OpenDataKey, new_data_key
from backend.vault.models import DataKey

# Reports that share a transaction: of 64 KB in a row, few enough for a small machine's memory.
TOGETHER = 32
log = logging.getLogger("comity.incidents")


def open_waiting(*, at: datetime, most: int = TOGETHER) -> int:
    """Work off up to `most` waiting reports that are due, in one transaction; how many, 0 when none is due.

    What fails in the shared transaction, or cannot share it, is worked off alone: one report holds up no other.
    """
    waiting = Submission.objects.filter(kind=Submission.Kind.REPORT, stage=Submission.Stage.RECEIVED)
    # From both ends: while thousands of past incidents are imported, a fresh report is opened among the next ones.
    with claimed_many(waiting, order="received_at", at=at, most=most, both_ends=True) as submissions:
        left = _open_together(submissions, at=at) if len(submissions) > 1 else submissions
        for submission in left:
            work_on(submission, partial(_open_alone, at=at), set_aside=partial(quarantine, at=at))
        return len(submissions)


def _open_alone(submission: Submission, *, at: datetime) -> None:
    try:
        with transaction.atomic():
            opened = open_submission(submission, at=at)
    except supplementing.NotYet:
        # No failure: it is looked at again as long as what it adds to waits itself.
        again = at + supplementing.LOOK_AGAIN
        Submission.objects.filter(pk=submission.pk).update(attempts=submission.attempts - 1, not_before=again)
    else:
        log.info("submission %s opened as %s", submission.id, opened.reference)


def _open_together(submissions: list[Submission], *, at: datetime) -> list[Submission]:
    """Open in one transaction what opens without a hitch; the others are returned, untouched."""
    senders = {submission.sender for submission in submissions}
    devices = {device.fingerprint: device for device in _devices().filter(fingerprint__in=senders)}
    prepared = []
    for submission in submissions:
        # What was tried before may be what ends the worker: it is tried alone. Evidence and what adds to another
        # report have questions of their own.
        if submission.attempts == 1:
            with suppress(Exception):  # alone it fails again, and the reason is kept
                unsealed = _unsealed(submission, devices.get(submission.sender))
                if unsealed.report.kind == "report" and not unsealed.report.evidence:
                    prepared.append(_prepare(unsealed, at=at))
    try:
        with transaction.atomic():
            _store(prepared, at=at)
    except Exception as problem:
        log.warning("%d reports are opened one by one: %s", len(prepared), failure_name(problem))
        return submissions
    log.info("opened %s", ", ".join(one.incident.reference for one in prepared) or "none together")
    done = {one.submission.pk for one in prepared}
    return [submission for submission in submissions if submission.pk not in done]


@dataclass(frozen=True)
class _Prepared:
    """A report that was opened and found in order; everything of it that is to be stored, and nothing stored yet."""

    unsealed: Unsealed
    data_key: DataKey
    key: OpenDataKey
    incident: Incident
    proposal: Proposal

    @property
    def submission(self) -> Submission:
        """What was opened."""
        return self.unsealed.submission

    @property
    def report(self) -> Report:
        """What it says."""
        return self.unsealed.report


def open_submission(submission: Submission, *, at: datetime) -> Incident:
    """Open one report into an incident, or add it to the one that it names, in the caller's transaction.

    Raises Quarantine, KeyNotHeld, a CryptoError, or NotYet where what it adds to is not opened yet.
    """
    unsealed = _unsealed(submission, _devices().filter(fingerprint=submission.sender).first())
    if unsealed.report.kind != "report":
        return supplementing.add(unsealed, at=at).incident
    prepared = _prepare(unsealed, at=at)
    _store([prepared], at=at)
    return prepared.incident


def _devices() -> "QuerySet[Device]":
    return Device.objects.select_related("unit")


def _unsealed(submission: Submission, device: Device | None) -> Unsealed:
    """Opened and found in order, from a device that may send; raises Quarantine, KeyNotHeld or a CryptoError."""
    if device is None:
        raise Quarantine(reasons.NO_DEVICE)
    unsealed = unseal(submission, device)
    check_revocation(submission, device, signed_at=unsealed.statement.at)
    return unsealed


def _prepare(unsealed: Unsealed, *, at: datetime) -> _Prepared:
    """Classify and encrypt a first report."""
    data_key, key = new_data_key(at=at)
    incident = Incident(
        unit=unsealed.device.unit,
        device=unsealed.device,
        submission=unsealed.submission,
        data_key=data_key,
        reported_at=unsealed.statement.at,
        received_at=unsealed.submission.received_at,
    )
    incident.title_ct = sealed(key, Incident, incident.id, "title_ct", unsealed.report.title.encode())
    incident.report_ct = sealed(key, Incident, incident.id, "report_ct", unsealed.body)
    incident.statement_ct = sealed(key, Incident, incident.id, "statement_ct", unsealed.signed)
    proposal = classifying.proposal_for(incident, unsealed.report, key, at=at)
    return _Prepared(unsealed, data_key, key, incident, proposal)


def _store(prepared: Sequence[_Prepared], *, at: datetime) -> None:
    """Store what was prepared, in the caller's transaction and with one statement for all rows of a kind."""
    for one in prepared:
        if one.report.evidence and evidence.named_before(one.submission.sender, one.report):
            raise Quarantine(reasons.NAMED_BEFORE)
    for one, reference in zip(prepared, next_references(at, len(prepared)), strict=True):
        one.incident.reference = reference
    DataKey.objects.bulk_create([one.data_key for one in prepared])
    Incident.objects.bulk_create([one.incident for one in prepared])
    for one in prepared:
        if one.report.evidence:
            statement = one.unsealed.statement
            evidence.await_items(one.incident, statement, one.report, one.key, sender=one.submission.sender)
    Classification.objects.bulk_create([one.proposal.row for one in prepared])
    found = (indicator_rows(one.incident, one.proposal.indicators, one.key) for one in prepared)
    Indicator.objects.bulk_create(chain.from_iterable(found))
    settle_all([one.submission for one in prepared], Submission.Stage.OPENED, at=at)
    recording.record_all([told for one in prepared for told in _told(one)], at=at)


def _told(one: _Prepared) -> tuple[NewEvent, ...]:
    detail = {"reference": one.incident.reference}
    return (
        NewEvent(Event.SUBMISSION_OPENED, one.submission, WORKER),
        NewEvent(Event.INCIDENT_OPENED, one.incident, WORKER, detail),
        one.proposal.told,
    )


def next_references(at: datetime, count: int) -> list[str]:
    """The next national references, as GD-2026-000001; gaps are possible, repetitions are not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_incident_number() FROM generate_series(1, %s)", [count])
        numbers = [number for (number,) in cursor.fetchall()]
    return [f"{settings.COMITY.state.upper()}-{at:%Y}-{number:06d}" for number in numbers]
