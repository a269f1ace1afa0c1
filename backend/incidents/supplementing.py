"""A supplement or retraction is added to the incident that it names; what was reported before stays as it was sent."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.recording import NewEvent
from backend.incidents import evidence, reasons
from backend.incidents.classifying import classify_incident, keep_others_from
from backend.incidents.columns import sealed
from backend.incidents.models import Incident, Supplement
from backend.incidents.setting_aside import WORKER, Quarantine, settle
from backend.incidents.unsealing import Unsealed
from backend.incidents.whole import Later, Whole, read_whole, withdrawn_of
from backend.intake.models import Submission
from backend.units.models import Unit
from backend.vault.columns import OpenDataKey, open_data_key

# What one unit may add to one report, since each addition has the whole classified anew, and a page shows all of it:
# submissions, characters of the narratives, bytes of the JSON.
MOST, MOST_CHARACTERS, MOST_BYTES = 200, 500_000, 8 * 1024 * 1024
LOOK_AGAIN = timedelta(seconds=30)
# What names itself, or two that name each other, would else wait for good and keep their key from its end.
WAIT_AT_MOST = timedelta(days=1)


class _Why(NamedTuple):
    """The reasons why something named is no row: it waits too long, was set aside, or never came."""

    not_opened: str
    set_aside: str
    absent: str


_REPORT = _Why(reasons.REPORT_NOT_OPENED, reasons.REPORT_SET_ASIDE, reasons.REPORT_ABSENT)
_SUPPLEMENT = _Why(reasons.SUPPLEMENT_NOT_OPENED, reasons.SUPPLEMENT_SET_ASIDE, reasons.SUPPLEMENT_ABSENT)


class NotYet(Exception):
    """What this adds to has arrived and is not opened yet: it waits."""


def add(unsealed: Unsealed, *, at: datetime) -> Supplement:
    """Add what was sent later to its incident and classify the whole anew, in the caller's transaction.

    Raises Quarantine where it names no report of the same unit, and NotYet while that is not opened.
    """
    incident = _incident(unsealed, at=at)
    keep_others_from(incident)
    # Read under the lock: what was erased meanwhile is not added to.
    incident.data_key.refresh_from_db()
    if incident.erased:
        raise Quarantine(reasons.REPORT_ERASED)
    key = open_data_key(incident.data_key)
    before = read_whole(incident, key=key)
    row = _row(unsealed, incident, before, key, at=at)
    if unsealed.report.evidence and evidence.named_before(unsealed.submission.sender, unsealed.report):
        raise Quarantine(reasons.NAMED_BEFORE)
    after = _with(before, row, unsealed)
    row.save(force_insert=True)
    if unsealed.report.evidence:
        evidence.await_items(incident, unsealed.statement, unsealed.report, key, sender=unsealed.submission.sender)
    if after.report != before.report:
        classify_incident(incident, after.report, key, read_up_to=row.position, at=at)
    settle(unsealed.submission, Submission.Stage.OPENED, at=at)
    _record(row, unsealed.submission, at=at)
    return row


def _incident(unsealed: Unsealed, *, at: datetime) -> Incident:
    of = unsealed.report.of
    incidents = Incident.objects.filter(unit=unsealed.device.unit, submission__submission_id=of)
    found = list(incidents.select_related("data_key")[:2])
    if not found:
        raise _absent(unsealed, of, _REPORT, at=at)
    if len(found) > 1:
        raise Quarantine(reasons.MORE_THAN_ONE)
    return found[0]


def _absent(unsealed: Unsealed, of: UUID | None, why: _Why, *, at: datetime) -> Exception:
    """Why something named is no row yet: it waits itself, or it never will be one as things stand."""
    sent = _sent(unsealed.device.unit, of).values_list("stage", flat=True)
    if Submission.Stage.RECEIVED in sent:
        if at - unsealed.submission.received_at < WAIT_AT_MOST:
            return NotYet()
        return Quarantine(why.not_opened)
    if sent:
        return Quarantine(why.set_aside)
    return Quarantine(why.absent)


def _sent(unit: Unit, of: UUID | None) -> "QuerySet[Submission]":
    senders = unit.devices.values("fingerprint")
    return Submission.objects.filter(kind=Submission.Kind.REPORT, submission_id=of, sender__in=senders)


def _row(unsealed: Unsealed, incident: Incident, before: Whole, key: OpenDataKey, *, at: datetime) -> Supplement:
    if before.read_up_to >= MOST:
        raise Quarantine(reasons.TOO_MANY, most=MOST)
    row = Supplement(
        incident=incident,
        position=before.read_up_to + 1,
        kind=Supplement.Kind(unsealed.report.kind),
        withdraws=_withdrawn(unsealed, before, at=at),
        device=unsealed.device,
        submission=unsealed.submission,
        reported_at=unsealed.statement.at,
        received_at=unsealed.submission.received_at,
    )
    row.report_ct = sealed(key, Supplement, row.id, "report_ct", unsealed.body)
    row.statement_ct = sealed(key, Supplement, row.id, "statement_ct", unsealed.signed)
    return row


def _withdrawn(unsealed: Unsealed, before: Whole, *, at: datetime) -> Supplement | None:
    named = unsealed.report.withdraws
    if named is None:
        return None
    sent = {row.pk for row in _sent(unsealed.device.unit, named)}
    found = [one.row for one in before.later if one.row.submission_id in sent]
    if not found:
        raise _absent(unsealed, named, _SUPPLEMENT, at=at)
    return found[0]


def _with(before: Whole, row: Supplement, unsealed: Unsealed) -> Whole:
    rows = [*(one.row for one in before.later), row]
    gone = withdrawn_of(rows)
    parts = [*before.later, Later(row, unsealed.report, False, unsealed.body)]
    after = Whole(before.first, tuple(replace(one, withdrawn=one.row.pk in gone) for one in parts))
    if len(after.report.narrative) > MOST_CHARACTERS:
        raise Quarantine(reasons.TOO_MANY_CHARACTERS, most=MOST_CHARACTERS)
    if sum(len(one.body) for one in after.later) > MOST_BYTES:
        raise Quarantine(reasons.TOO_MANY_BYTES, most=MOST_BYTES)
    return after


def _record(row: Supplement, submission: Submission, *, at: datetime) -> None:
    event = Event.INCIDENT_SUPPLEMENTED if row.kind == Supplement.Kind.SUPPLEMENT else Event.INCIDENT_RETRACTED
    detail = {
        "reference": row.incident.reference,
        "position": row.position,
        "withdraws": row.withdraws.position if row.withdraws else None,
    }
    told = (NewEvent(Event.SUBMISSION_OPENED, submission, WORKER), NewEvent(event, row.incident, WORKER, detail))
    recording.record_all(told, at=at)
