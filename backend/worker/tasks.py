"""The one task: works off the rows of a kind until none is due. It holds no rule and no retry (DESIGN §2)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from celery import shared_task
from django.conf import settings

from backend.incidents import classifying, correlating, erasing, evidence, opening, settling, unnamed
from backend.intake.sweeping import remove_orphans
from backend.units.services import check_requests
from backend.vault import ending
from backend.vault.enrolment import open_code
from backend.worker.queues import SWEEPS, TASK
from referral import exchange, inbound
from referral.retaining import ties_of
from referral.sweeping import remove_unnamed_evidence

# Seconds that a message works at most; the next sweep goes on where it ended. No longer than until that sweep: an
# import of thousands, each of which takes a model's time, lets every other kind in between.
LONGEST = 30.0


def _now() -> datetime:
    return datetime.now(UTC)


WORK: dict[str, tuple[Callable[[], int], ...]] = {
    "enrolment": (lambda: check_requests(open_code=open_code, at=_now()),),
    "intake": (
        lambda: opening.open_waiting(at=_now()),
        lambda: evidence.take_waiting(at=_now()),
        lambda: inbound.open_waiting(at=_now()),
    ),
    "exchange": (lambda: exchange.transmit_waiting(at=_now()),),
    "correlation": (lambda: correlating.correlate_waiting(at=_now()),),
    "classification": (lambda: classifying.propose_anew(at=_now()),),
    "retention": (lambda: erasing.erase_due(ties_of, at=_now()),),
    "housekeeping": (
        lambda: settling.erase_closed(at=_now()),
        lambda: erasing.rewrite_keys(at=_now()),
        lambda: remove_orphans(settings.COMITY.sealed, at=_now()),
        lambda: remove_unnamed_evidence(settings.COMITY.evidence, at=_now()),
    ),
    "keys": (
        lambda: unnamed.settle_unnamed(at=_now()),
        lambda: ending.destroy_ended(at=_now()),
    ),
}


@shared_task(name=TASK)
def work_off(kind: str) -> int:
    """Work off what waits of a kind, for some seconds; how many rows were worked on."""
    done, busy, until = 0, WORK[kind], time.monotonic() + min(LONGEST, SWEEPS[kind])
    # In turns: a flood of reports keeps neither evidence nor packets from other States waiting.
    while busy and time.monotonic() < until:
        counted = [(work_some, int(work_some())) for work_some in busy]
        busy = tuple(work_some for work_some, count in counted if count)
        done += sum(count for _, count in counted)
    return done
