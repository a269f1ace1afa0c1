"""Persons set for how long incidents are kept and confirm each other's rules; which incidents are past their period."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.conventions.catalogue import shipped
from backend.incidents import access, periods
from backend.incidents.models import (
    BackupLifetime,
    ClassificationDecision,
    Erasure,
    Incident,
    LegalHold,
    RetentionRule,
    Supplement,
)
from backend.incidents.models.retention import MAX_MONTHS
from backend.incidents.periods import ANY_OFFENCE, NO_TIES, Period, Rules, Standing, Ties

MAX_BASIS = 300
MAX_DAYS = 3660
PAGE = 200
TiesOf = Callable[[Collection[UUID]], Mapping[UUID, Ties]]


class NotRetained(Exception):
    """The act was not done; the sentence says why and what to do."""


def make_rule(
    state: str, offence: str, months: int | None, basis: str, *, acting: Person, at: datetime
) -> RetentionRule:
    """Propose a period for an offence (empty: any other) in a State; it counts once another person confirms it.

    ``months`` None keeps without end. Raises NotRetained, and UnknownName for what the law data do not know.
    """
    access.require(acting.user, access.Action.SET_RETENTION, at=at)
    shipped().state(state)
    if offence:
        shipped().offence(offence)
    if months is not None and not 1 <= months <= MAX_MONTHS:
        raise NotRetained(_("A period is 1 to %(most)d months, or without end.") % {"most": MAX_MONTHS})
    words = one_line(basis, most=MAX_BASIS, of=_("A period needs the provision that sets it"))
    with transaction.atomic():
        rule = RetentionRule.objects.create(
            state=state, offence=offence, months=months, basis=words, made_at=at, made_by=acting.user
        )
        recording.record(Event.RETENTION_RULE_MADE, rule, acting=acting, at=at, detail=_told(rule))
    return rule


def confirm_rule(rule: RetentionRule, *, acting: Person, at: datetime) -> None:
    """Put another person's rule in force; the one that it replaces ends. Raises NotRetained."""
    access.require(acting.user, access.Action.SET_RETENTION, at=at)
    with transaction.atomic():
        row = _not_ended(rule)
        if row.confirmed_at is not None:
            raise NotRetained(_("The rule is in force already."))
        if row.made_by_id == acting.user.pk:
            raise NotRetained(_("Another person than the one who wrote the rule confirms it."))
        standing = RetentionRule.objects.filter(in_force(), state=row.state, offence=row.offence).first()
        if standing is not None:
            _end(standing, acting=acting, at=at)
        row.confirmed_at, row.confirmed_by = at, acting.user
        row.save(update_fields=["confirmed_at", "confirmed_by"])
        recording.record(Event.RETENTION_RULE_CONFIRMED, row, acting=acting, at=at, detail=_told(row))


def end_rule(rule: RetentionRule, *, acting: Person, at: datetime) -> None:
    """End a rule, or refuse one that was proposed: what it covered is kept until another rule is in force."""
    access.require(acting.user, access.Action.SET_RETENTION, at=at)
    with transaction.atomic():
        _end(_not_ended(rule), acting=acting, at=at)


def set_backup_lifetime(days: int, *, acting: Person, at: datetime) -> BackupLifetime:
    """Say after how many days the last copy of the database is destroyed, its write-ahead log included."""
    access.require(acting.user, access.Action.SET_BACKUPS, at=at)
    if not 0 <= days <= MAX_DAYS:
        raise NotRetained(_("Backups are kept for 0 to %(most)d days; write how many.") % {"most": MAX_DAYS})
    with transaction.atomic():
        row = BackupLifetime.objects.create(days=days, set_at=at, set_by=acting.user)
        recording.record(Event.BACKUP_LIFETIME_SET, row, acting=acting, at=at, detail={"days": days})
    return row


def one_line(words: str, *, most: int, of: str) -> str:
    """What a person wrote, in one line; raises NotRetained, beginning with ``of``, where it is nothing or too much."""
    line = " ".join(words.split())
    if not line or len(line) > most or "\0" in line:
        raise NotRetained(_("%(what)s, in at most %(most)d characters.") % {"what": of, "most": most})
    return line


def wake_worker() -> None:
    """Have the worker look at once for what may be erased, when the caller's transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('comity_work', 'retention')")


def in_force() -> Q:
    """Rules that count."""
    return Q(confirmed_at__isnull=False, ended_at__isnull=True)


def rules_in_force() -> dict[tuple[str, str], RetentionRule]:
    """The rules that count, by State and offence."""
    return {(rule.state, rule.offence): rule for rule in RetentionRule.objects.filter(in_force())}


def _not_ended(rule: RetentionRule) -> RetentionRule:
    row = RetentionRule.objects.select_for_update().get(pk=rule.pk)
    if row.ended_at is not None:
        raise NotRetained(_("The rule has ended; look at those that stand, and write another one."))
    return row


def _end(rule: RetentionRule, *, acting: Person, at: datetime) -> None:
    rule.ended_at, rule.ended_by = at, acting.user
    rule.save(update_fields=["ended_at", "ended_by"])
    recording.record(Event.RETENTION_RULE_ENDED, rule, acting=acting, at=at, detail=_told(rule))


def _told(rule: RetentionRule) -> dict[str, str | int | None]:
    return {"state": rule.state, "offence": rule.offence, "months": rule.months, "basis": rule.basis}


# Which incidents -----------------------------------------------------------------------------------------------------


def period_of(incident: Incident, ties: Ties, *, rules: Rules | None = None) -> Period:
    """How long one incident is kept by the rules in force."""
    row = _with_what_counts(Incident.objects.filter(pk=incident.pk)).get()
    return _period(row, ties, rules_in_force() if rules is None else rules)


def due(ties_of: TiesOf, *, at: datetime) -> Iterator[tuple[Incident, Period]]:
    """The incidents whose period is over at ``at``, oldest first: neither held nor erased, without a letter that runs.

    The database looks for those that may be due; what referrals and supplements lengthen is seen here.
    """
    rules = rules_in_force()
    after: tuple[datetime, UUID] | None = None
    while rows := _may_be_due(rules, after, at=at):
        ties = ties_of([row.pk for row in rows])
        for row in rows:
            tied = ties.get(row.pk, NO_TIES)
            found = _period(row, tied, rules)
            if _over(found, tied, at=at):
                yield row, found
        after = rows[-1].received_at, rows[-1].pk


def still_due(incident: Incident, ties_of: TiesOf, *, at: datetime) -> bool:
    """Whether one that was found due still is: something may have come for it, or a letter begun to run, since."""
    tied = ties_of([incident.pk]).get(incident.pk, NO_TIES)
    return _over(period_of(incident, tied), tied, at=at)


def _over(found: Period, tied: Ties, *, at: datetime) -> bool:
    return found.standing == Standing.UNTIL and found.until is not None and found.until <= at and not tied.running


def _period(row: Any, ties: Ties, rules: Rules) -> Period:
    moments = [row.received_at, row.last_heard, ties.moved_at]
    return periods.period(
        row.decided,
        row.unit.state,
        ties.states,
        counted_from=max(moment for moment in moments if moment is not None),
        rules=rules,
    )


def _with_what_counts(incidents: "QuerySet[Incident]") -> "QuerySet[Incident]":
    standing = ClassificationDecision.objects.filter(incident=OuterRef("pk"), replaced_by=None)
    later = Supplement.objects.filter(incident=OuterRef("pk")).order_by("-position")
    codes = ArrayField(models.CharField(max_length=40))
    return (
        incidents.select_related("unit", "data_key")
        .defer("title_ct", "report_ct", "statement_ct")
        .annotate(
            decided=Subquery(standing.values("codes")[:1], output_field=codes),
            last_heard=Subquery(later.values("received_at")[:1]),
        )
    )


def _may_be_due(rules: Mapping[tuple[str, str], RetentionRule], after: Any, *, at: datetime) -> list[Incident]:
    wanted = Q(pk__in=[])
    for state in {state for state, _offence in rules}:
        months = {code: rule.months for (where, code), rule in rules.items() if where == state}
        wanted |= Q(pk__in=_decided_and_over(state, months, at=at)) | _undecided_and_over(state, months, at=at)
    shortest = min((rule.months for rule in rules.values() if rule.months is not None), default=None)
    held = LegalHold.objects.filter(incident=OuterRef("pk"), lifted_at=None)
    taken = Erasure.objects.filter(incident=OuterRef("pk"), refused_at=None)
    rows = _with_what_counts(Incident.objects.filter(~Exists(held), ~Exists(taken), data_key__destroyed_at=None))
    # The index by day of receipt ends the search: what came within the shortest of the periods is not looked at.
    rows = rows.filter(wanted, _older(shortest, "received_at", at=at))
    if after is not None:
        rows = rows.filter(Q(received_at__gt=after[0]) | Q(received_at=after[0], pk__gt=after[1]))
    return list(rows.order_by("received_at", "pk")[:PAGE])


def _decided_and_over(state: str, months: Mapping[str, int | None], *, at: datetime) -> "QuerySet[Any]":
    """Incidents of a State whose every offence, as decided, is past its period, counted from the report."""
    received = "incident__received_at"
    ruled = [code for code in months if code != ANY_OFFENCE]
    over = (Q(codes__contained_by=ruled) & ~Q(codes=[])) | _fallback(months, received, at=at)
    for code in ruled:
        over &= ~Q(codes__contains=[code]) | _older(months[code], received, at=at)
    standing = ClassificationDecision.objects.filter(replaced_by=None, incident__unit__state=state)
    return standing.filter(over).values("incident")


def _undecided_and_over(state: str, months: Mapping[str, int | None], *, at: datetime) -> Q:
    """Incidents of a State on which nobody decided, past every period of the State."""
    over = Q(unit__state=state) & _fallback(months, "received_at", at=at)
    for of_any in months.values():
        over &= _older(of_any, "received_at", at=at)
    return over & ~Exists(ClassificationDecision.objects.filter(incident=OuterRef("pk")))


def _fallback(months: Mapping[str, int | None], received: str, *, at: datetime) -> Q:
    return _older(months[ANY_OFFENCE], received, at=at) if ANY_OFFENCE in months else Q(pk__in=[])


def _older(months: int | None, received: str, *, at: datetime) -> Q:
    if months is None:
        return Q(pk__in=[])
    # Months have 28 to 31 days: what is three days early is seen, and found not to be due, in periods.
    return Q(**{f"{received}__lte": periods.months_after(at, -months) + timedelta(days=3)})
