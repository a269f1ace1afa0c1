"""Incidents are erased: their data key and tokens go, and the sealed bytes that they came in; what stays is listed.

By a rule whose period is over, or by an order of one person that another approved; never while a legal hold stands. The
database does it in one function and refuses it otherwise. What it means, and what is left: docs/retention.md.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.incidents import access
from backend.incidents.classifying import keep_others_from
from backend.incidents.models import BackupLifetime, Erasure, EvidenceItem, Incident, LegalHold
from backend.incidents.periods import NO_TIES
from backend.incidents.retaining import MAX_BASIS, NotRetained, TiesOf, due, one_line, still_due, wake_worker
from backend.incidents.setting_aside import WORKER
from backend.incidents.settling import erase_sealed
from backend.intake.models import Submission

AT_ONCE = 100
SETTLED = timedelta(minutes=10)
log = logging.getLogger("comity.incidents")


def order_erasure(incident: Incident, basis: str, ties_of: TiesOf, *, acting: Person, at: datetime) -> Erasure:
    """Ask that an incident be erased before its period is over; another person approves it.

    ``basis`` is the order or provision, in clear and without names: it outlives the data. Raises NotRetained.
    """
    access.require(acting.user, access.Action.ORDER_ERASURE, at=at)
    words = one_line(basis, most=MAX_BASIS, of=_("An erasure needs the order or provision that it rests on"))
    must_not_run(incident, ties_of)
    order = Erasure(incident=incident, basis=words, ordered_at=at, ordered_by=acting.user)
    try:
        with transaction.atomic():
            order.save(force_insert=True)
            recording.record(Event.ERASURE_ORDERED, incident, acting=acting, at=at, detail=_told(order))
    except IntegrityError as taken:
        raise NotRetained(_("The incident is erased, or its erasure is ordered already.")) from taken
    return order


def approve_erasure(order: Erasure, ties_of: TiesOf, *, acting: Person, at: datetime) -> None:
    """Approve another person's order: the worker erases at once, or when the last hold is lifted."""
    access.require(acting.user, access.Action.APPROVE_ERASURE, at=at)
    with transaction.atomic():
        row = _waiting(order)
        if row.ordered_by_id == acting.user.pk:
            raise NotRetained(_("Another person than the one who ordered the erasure approves it."))
        must_not_run(row.incident, ties_of)
        row.approved_at, row.approved_by = at, acting.user
        row.save(update_fields=["approved_at", "approved_by"])
        recording.record(Event.ERASURE_APPROVED, row.incident, acting=acting, at=at, detail=_told(row))
        wake_worker()


def refuse_erasure(order: Erasure, *, acting: Person, at: datetime) -> None:
    """Refuse an order, or take back the own one; the incident is kept."""
    with transaction.atomic():
        row = _waiting(order)
        if row.ordered_by_id != acting.user.pk:
            access.require(acting.user, access.Action.APPROVE_ERASURE, at=at)
        row.refused_at, row.refused_by = at, acting.user
        row.save(update_fields=["refused_at", "refused_by"])
        recording.record(Event.ERASURE_REFUSED, row.incident, acting=acting, at=at, detail=_told(row))


def must_not_run(incident: Incident, ties_of: TiesOf) -> None:
    """Raise NotRetained while a letter that rests on the incident has not come to its end."""
    if ties_of([incident.pk]).get(incident.pk, NO_TIES).running:
        raise NotRetained(_("A letter of request on this incident is not ended; withdraw it or await its answer."))


def standing_order(incident: Incident) -> Erasure | None:
    """The erasure of an incident, done or not; None where nobody ordered one, or it was refused."""
    people = ("ordered_by", "approved_by", "rule__made_by", "rule__confirmed_by")
    return incident.erasures.filter(refused_at=None).select_related(*people).first()


def _waiting(order: Erasure) -> Erasure:
    row = Erasure.objects.select_for_update(of=("self",)).select_related("incident").get(pk=order.pk)
    if row.rule_id is not None or row.approved_at or row.refused_at:
        raise NotRetained(_("The erasure was decided on already; look at it again."))
    return row


# The worker's part ---------------------------------------------------------------------------------------------------


def erase_due(ties_of: TiesOf, *, at: datetime) -> int:
    """Erase what persons ordered and approved, and what is past its period; how many incidents were erased."""
    held = LegalHold.objects.filter(incident=OuterRef("incident"), lifted_at=None)
    orders = Erasure.objects.filter(~Exists(held), rule=None, approved_at__isnull=False, erased_at=None)
    free = list(orders.select_related("incident").order_by("approved_at")[:AT_ONCE])
    ties = ties_of([order.incident_id for order in free])
    done = 0
    for order in free:
        if not ties.get(order.incident_id, NO_TIES).running:
            done += _erase_one(order.incident, order, ties_of, at=at)
    for incident, period in islice(due(ties_of, at=at), AT_ONCE):
        rule = Erasure(incident=incident, rule=period.rule, ordered_at=at)  # type: ignore[misc]
        done += _erase_one(incident, rule, ties_of, at=at)
    return done


def _erase_one(incident: Incident, order: Erasure, ties_of: TiesOf, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            # Looked at again under the lock: many are found at once, and what comes meanwhile keeps its incident.
            keep_others_from(incident)
            if order.rule_id is not None:
                if not still_due(incident, ties_of, at=at):
                    return False
                order.save(force_insert=True)
            else:
                must_not_run(incident, ties_of)
            _erase(incident, order, at=at)
    except NotRetained:
        return False
    except IntegrityError:
        # A hold was placed, a rule ended or another worker was quicker, since it was looked up: the database refuses.
        log.info("%s was not erased: it is held, or no longer due", incident.reference)
        return False
    log.info("%s is erased", incident.reference)
    return True


def _erase(incident: Incident, order: Erasure, *, at: datetime) -> None:
    """Erase one incident, in the caller's transaction; IntegrityError where the database does not let it go."""
    indicators = incident.indicators.count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence_file FROM erase_incident(%s, %s)", [incident.pk, at])
        files = [name for (name,) in cursor.fetchall()]
    # Looked for under the lock that erase_incident() took: nothing is added to the incident any more.
    sealed = erase_sealed([row.pk for row in submissions_of(incident)], at=at)
    detail = {**_told(order), "indicators": indicators, "evidence_files": len(files), "sealed": sealed}
    recording.record(Event.INCIDENT_ERASED, incident, acting=WORKER, at=at, detail=detail)
    # A file that a crash leaves behind is named by no row any more: the daily sweep removes it.
    transaction.on_commit(lambda: _remove(files))


def submissions_of(incident: Incident) -> Sequence[Submission]:
    """The submissions that brought an incident: its report, what was sent later, and its evidence, opened or not."""
    items = EvidenceItem.objects.filter(incident=incident)
    pairs = set(items.values_list("sender", "evidence_id"))
    # By the index of both; a pair that is none of the incident's own, another device's same id, is left out here.
    files = Submission.objects.filter(
        sender__in=items.values("sender"), submission_id__in=items.values("evidence_id")
    ).defer("sealed")
    reports = Submission.objects.filter(Q(pk=incident.submission_id) | Q(supplement__incident=incident)).defer("sealed")
    return [*reports, *(row for row in files if (row.sender, row.submission_id) in pairs)]


def _remove(files: list[str]) -> None:
    for name in files:
        (Path(settings.COMITY.evidence) / name).unlink(missing_ok=True)


def _told(order: Erasure) -> dict[str, str | int | None]:
    rule = str(order.rule_id) if order.rule_id else None
    return {"reference": order.incident.reference, "erasure": str(order.id), "rule": rule, "basis": order.basis}


def rewrite_keys(*, at: datetime) -> int:
    """Have the server write its file of data keys anew, without those that were destroyed; for how many erasures.

    PostgreSQL leaves the old version of a row in its file, for years in a table that hardly changes. What ran when the
    key was destroyed has ended ten minutes later; until then the old version would be copied. Outside a transaction.
    """
    ids = list(Erasure.objects.filter(erased_at__lte=at - SETTLED, rewritten_at=None).values_list("pk", flat=True))
    if ids:
        with connection.cursor() as cursor:
            # Others wait for the table meanwhile, a second for a million keys; the next sweep tries again.
            cursor.execute("SET lock_timeout = '5s'")
            try:
                cursor.execute("VACUUM (FULL) vault_datakey")
            finally:
                cursor.execute("RESET lock_timeout")
    return Erasure.objects.filter(pk__in=ids).update(rewritten_at=at)


# When it is complete -------------------------------------------------------------------------------------------------


def lifetimes() -> list[BackupLifetime]:
    """What was said of how long backups are kept, oldest first."""
    return list(BackupLifetime.objects.order_by("set_at", "pk"))


def complete_on(erased_at: datetime, said: Sequence[BackupLifetime] | None = None) -> datetime | None:
    """When the last backup that holds the wrapped data key is destroyed; None where nobody said how long they are kept.

    What was said when it was erased counts, and longer ones said while backups of that time still lay there. ``said``
    is lifetimes(), where it is at hand.
    """
    said = lifetimes() if said is None else said
    before = [row for row in said if row.set_at <= erased_at]
    if not said:
        return None
    first = before[-1] if before else said[0]
    end = erased_at + timedelta(days=first.days)
    for row in said:
        if erased_at < row.set_at < end:
            end = max(end, erased_at + timedelta(days=row.days))
    return end
