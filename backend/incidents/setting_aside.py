"""How a waiting submission is worked on: settled, or set aside with the reason, or tried again; never lost."""

import io
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import System
from backend.incidents import reasons
from backend.intake.models import Submission
from backend.intake.queue import claimed, ends_the_worker, failure_name, given_up
from backend.vault.secrets import DataKeyDestroyed, KeyNotHeld
from crypto.errors import CryptoError

WORKER = System("worker")
MAX_ATTEMPTS = 8
log = logging.getLogger("comity.incidents")


class Quarantine(Exception):
    """The submission is to be set aside; the sentence, of `reasons` where it is ours, is what the operator reads."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence % values if values else sentence)


def work_on_one(
    waiting: "QuerySet[Submission]",
    work: Callable[[Submission], object],
    *,
    set_aside: Callable[[Submission, str], None],
    at: datetime,
) -> bool:
    """Do ``work`` on one waiting submission that is due; False when none is.

    ``work`` raises Quarantine, KeyNotHeld or a CryptoError for what will not change by itself; what is unforeseen is
    tried again and, after ``MAX_ATTEMPTS``, shown to a person.
    """
    with claimed(waiting, order="received_at", at=at) as submission:
        if submission is None:
            return False
        work_on(submission, work, set_aside=set_aside)
    return True


def work_on(
    submission: Submission, work: Callable[[Submission], object], *, set_aside: Callable[[Submission, str], None]
) -> None:
    """Do ``work`` on a claimed submission, and with its failure what ``work_on_one`` says."""
    if ends_the_worker(submission, most=MAX_ATTEMPTS):
        set_aside(submission, reasons.ENDS_THE_WORKER)
        return
    key = "exchange" if submission.kind == Submission.Kind.PACKET else "intake"
    try:
        work(submission)
    except Quarantine as reason:
        set_aside(submission, str(reason))
    except DataKeyDestroyed:
        set_aside(submission, reasons.ERASED)
    except KeyNotHeld:
        set_aside(submission, reasons.KEY_NOT_HELD[key])
    except CryptoError as closed:
        log.info("submission %s does not open: %s", submission.id, failure_name(closed.__cause__ or closed))
        set_aside(submission, reasons.DOES_NOT_OPEN[key])
    except Exception as problem:
        log.error("submission %s: %s on attempt %d", submission.id, failure_name(problem), submission.attempts)
        if given_up(submission, problem, most=MAX_ATTEMPTS):
            failed = {"times": submission.attempts, "failure": failure_name(problem)}
            set_aside(submission, reasons.FAILED % failed)


def quarantine(submission: Submission, reason: str, *, at: datetime) -> None:
    """Set a submission aside with the reason; its sealed bytes stay."""
    with transaction.atomic():
        submission.quarantine_reason = reason[:300]
        settle(submission, Submission.Stage.QUARANTINED, at=at, also=("quarantine_reason",))
        recording.record(
            Event.SUBMISSION_QUARANTINED, submission, acting=WORKER, at=at, detail={"reason": reason[:300]}
        )


def settle(submission: Submission, stage: Submission.Stage, *, at: datetime, also: tuple[str, ...] = ()) -> None:
    """The work on a submission has ended in ``stage``; in the caller's transaction."""
    submission.stage, submission.settled_at = stage, at
    submission.save(update_fields=["stage", "settled_at", *also])


def settle_all(submissions: Sequence[Submission], stage: Submission.Stage, *, at: datetime) -> None:
    """As ``settle``, for many with one statement."""
    for submission in submissions:
        submission.stage, submission.settled_at = stage, at
    Submission.objects.filter(pk__in=[row.pk for row in submissions]).update(stage=stage, settled_at=at)


def sealed_file(submission: Submission) -> BinaryIO:
    """The sealed bytes of a submission as a file, from its row or from the sealed/ folder."""
    if submission.sealed is not None:
        return io.BytesIO(bytes(submission.sealed))
    return (Path(settings.COMITY.sealed) / str(submission.stored_as)).open("rb")
