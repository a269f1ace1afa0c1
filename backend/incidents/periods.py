"""For how long an incident is kept: by the offences that it is, by State, from the rules that persons set. Pure.

Whatever is not known lengthens: without a rule for one of its offences an incident is kept.
"""

from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

# A rule that was just confirmed erases nothing at once: so long a person has to see what it will erase, and to hold it.
NOTICE = timedelta(days=30)
ANY_OFFENCE = ""


class Rule(Protocol):
    """A rule in force; ``months`` is None where it keeps without end."""

    @property
    def months(self) -> int | None: ...

    @property
    def confirmed_at(self) -> datetime | None: ...


Rules = Mapping[tuple[str, str], Rule]


class Standing(StrEnum):
    """What the rules say of an incident."""

    NO_PERIOD = "no-period"
    WITHOUT_END = "without-end"
    UNTIL = "until"


@dataclass(frozen=True)
class Ties:
    """What referrals have to do with an incident: with which States, when last something moved, whether letters run."""

    states: frozenset[str] = frozenset()
    moved_at: datetime | None = None
    running: bool = False


NO_TIES = Ties()


@dataclass(frozen=True)
class Period:
    """How long an incident is kept; ``until`` and ``rule`` are the longest's, both None without a period."""

    standing: Standing
    until: datetime | None = None
    rule: Rule | None = None


def period(
    decided: Collection[str] | None, state: str, others: Collection[str], *, counted_from: datetime, rules: Rules
) -> Period:
    """The period of an incident with the offence codes that a person ``decided`` on; None where nobody has.

    The rules of ``state``, the reporting unit's, must cover every offence; those of the other States only lengthen.
    Where nobody has decided, the machine's proposal shortens nothing: then every rule of the State counts.
    """
    own = _applying(decided, state, rules)
    if None in own:
        return Period(Standing.NO_PERIOD)
    found = [rule for where in (own, *(_applying(decided, other, rules) for other in others)) for rule in where if rule]
    endless = next((rule for rule in found if rule.months is None), None)
    if endless is not None:
        return Period(Standing.WITHOUT_END, rule=endless)
    ends = [(_end(rule, counted_from), rule) for rule in found]
    until, rule = max(ends, key=lambda one: one[0])
    return Period(Standing.UNTIL, until, rule)


def months_after(start: datetime, months: int) -> datetime:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))


def _applying(decided: Collection[str] | None, state: str, rules: Rules) -> list[Rule | None]:
    """The rules of a State that apply; None stands for one that is wanting."""
    fallback = rules.get((state, ANY_OFFENCE))
    if decided is None:
        return [fallback, *(rule for (where, _code), rule in rules.items() if where == state)]
    return [rules.get((state, code), fallback) for code in decided] or [fallback]


def _end(rule: Rule, counted_from: datetime) -> datetime:
    end = months_after(counted_from, rule.months or 0)
    return end if rule.confirmed_at is None else max(end, rule.confirmed_at + NOTICE)
