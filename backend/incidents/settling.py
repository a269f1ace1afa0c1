"""What persons do with submissions in quarantine, and what the worker does with those that nobody will ever open.

Nothing is thrown away by itself: a submission is tried again, or a person gives it up for a reason that goes on record.
"""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.directory.models import PublishedKey
from backend.incidents import access
from backend.incidents.reasons import ERASED, SIGNED_BEFORE_REVOCATION
from backend.intake.models import Submission

Stage = Submission.Stage
MAX_REASON = 300
AT_ONCE = 200
MOST = 1000


class NotSettled(Exception):
    """The act was not done; the sentence says why and what to do."""


def retry(submission: Submission, *, acting: Person, at: datetime) -> None:
    """Have the worker try a submission in quarantine again, as if it had just come; after what kept it was mended."""
    access.require(acting.user, access.Action.RETRY_SUBMISSION, at=at)
    with transaction.atomic():
        row = _in_quarantine(submission)
        _wait_again(row, Event.SUBMISSION_RETRIED, acting=acting, at=at)


def retry_all(reason: str, *, acting: Person, at: datetime) -> int:
    """Try again whatever is in quarantine for this reason, at most 1000 at once; how many."""
    access.require(acting.user, access.Action.RETRY_SUBMISSION, at=at)
    with transaction.atomic():
        kept = Submission.objects.filter(stage=Stage.QUARANTINED, quarantine_reason=reason)
        rows = list(kept.select_for_update(skip_locked=True).defer("sealed").order_by("received_at")[:MOST])
        for row in rows:
            _wait_again(row, Event.SUBMISSION_RETRIED, acting=acting, at=at)
    return len(rows)


def release(submission: Submission, *, acting: Person, at: datetime) -> None:
    """Have a report opened although its device was revoked, because it was sealed before that.

    The time is the device's word: whoever releases it has asked the officer. Raises NotSettled.
    """
    access.require(acting.user, access.Action.RELEASE_SUBMISSION, at=at)
    with transaction.atomic():
        row = _in_quarantine(submission)
        if not may_be_released(row):
            raise NotSettled(
                _("Only what a device sealed before it was revoked is released; this is kept for another reason.")
            )
        row.released_by, row.released_at = acting.audit_id, at
        _wait_again(row, Event.SUBMISSION_RELEASED, "released_by", "released_at", acting=acting, at=at)


def may_be_released(submission: Submission) -> bool:
    """Whether all that keeps it is the revocation of its device after the time that the device signed."""
    return submission.quarantine_reason == SIGNED_BEFORE_REVOCATION


def give_up(submission: Submission, because: str, *, acting: Person, at: datetime) -> None:
    """A person answers for it that a submission will never be opened; final. ``because`` stands in the log.

    The sealed bytes stay until the key that they are sealed to is destroyed. Raises NotSettled.
    """
    access.require(acting.user, access.Action.GIVE_UP_SUBMISSION, at=at)
    words = " ".join(because.split())
    if not words or len(words) > MAX_REASON or "\0" in words:
        raise NotSettled(
            _("Giving up needs a reason of at most %(most)d characters; write one, without names or content.")
            % {"most": MAX_REASON}
        )
    with transaction.atomic():
        row = _in_quarantine(submission)
        row.stage, row.settled_at = Stage.GIVEN_UP, at
        row.given_up_by, row.given_up_because = acting.audit_id, words
        row.save(update_fields=["stage", "settled_at", "given_up_by", "given_up_because"])
        detail = {"because": words, "reason": row.quarantine_reason, "kind": row.kind}
        recording.record(Event.SUBMISSION_GIVEN_UP, row, acting=acting, at=at, detail=detail)


def _in_quarantine(submission: Submission) -> Submission:
    row = Submission.objects.select_for_update().defer("sealed").get(pk=submission.pk)
    if row.stage != Stage.QUARANTINED:
        raise NotSettled(_("It is not in quarantine any more; somebody acted on it at the same moment. Look again."))
    return row


def _wait_again(row: Submission, event: Event, *also: str, acting: Person, at: datetime) -> None:
    reason = row.quarantine_reason
    row.stage, row.attempts, row.not_before, row.settled_at = Stage.RECEIVED, 0, None, None
    row.quarantine_reason = ""
    row.save(update_fields=["stage", "attempts", "not_before", "settled_at", "quarantine_reason", *also])
    recording.record(event, row, acting=acting, at=at, detail={"reason": reason, "kind": row.kind})


def erase_closed(*, at: datetime) -> int:
    """Remove the sealed bytes of what is settled and nobody here can open, or nobody may; how many went.

    Opened or given up, and its key is destroyed; or it came for an erased incident, and was given up.
    """
    destroyed = PublishedKey.objects.exclude(destroyed_at=None).values("key_id")
    settled = Submission.objects.filter(stage__in=(Stage.OPENED, Stage.GIVEN_UP), erased_at=None)
    closed = settled.filter(Q(key_id__in=destroyed) | Q(stage=Stage.GIVEN_UP, quarantine_reason=ERASED))
    return erase_sealed(list(closed.values_list("pk", flat=True)[:AT_ONCE]), at=at)


def erase_sealed(ids: "list[object]", *, at: datetime) -> int:
    """Remove the sealed bytes of submissions, where the database lets them go; the rows stay. How many went.

    The files are removed once that is committed; one that a crash leaves behind is named by no row and swept away.
    """
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, stored_as FROM erase_sealed(%s, %s)", [ids, at])
        gone = cursor.fetchall()
    transaction.on_commit(lambda: _remove_files([name for _id, name in gone if name]))
    return len(gone)


def _remove_files(names: list[str]) -> None:
    for name in names:
        (Path(settings.COMITY.sealed) / name).unlink(missing_ok=True)
