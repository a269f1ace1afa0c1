"""How much speaks for two incidents being reports of one thing. A pure rule: it suggests, a person decides."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from backend.conventions.tokens import plain, tokenise
from backend.incidents.models import Correlation

Sign = Correlation.Sign
# Of the runs of three words that either narrative has, the share that both have; of those of the shorter, the share.
SAME, LIKE = 0.8, 0.35
# Fewer words than this say the same of different things: "See the attached complaint."
LEAST_WORDS = 12
# Of the indicators of the incident that has fewer, the share that both have; and how many: one alone is a relation.
COVERED, SEVERAL = 2 / 3, 2
# What is read of a long narrative; it is cut where a copy would be cut as well.
LONGEST = 20_000


class LossField(Protocol):
    """What is read of a loss."""

    @property
    def amount(self) -> str: ...
    @property
    def currency(self) -> str: ...


class VictimField(Protocol):
    """What is read of a victim."""

    @property
    def name(self) -> str | None: ...


@dataclass(frozen=True)
class Traits:
    """What is compared of an incident; `shared` and `indicators` are numbers of indicators."""

    words: tuple[str, ...]
    runs: frozenset[tuple[str, ...]]
    losses: frozenset[tuple[Decimal, str]]
    day: date | None
    victims: frozenset[str]
    indicators: int


def words_of(narrative: str) -> tuple[str, ...]:
    """The words of a narrative in plain form: capitals, accents, points and lines make no difference."""
    return tuple(tokenise(narrative[:LONGEST]).plain)


def traits_of(
    narrative: str,
    losses: Collection[LossField],
    day: date | None,
    victims: Collection[VictimField],
    *,
    indicators: int,
) -> Traits:
    """What is compared of a report."""
    words = words_of(narrative)
    return Traits(
        words,
        frozenset(zip(words, words[1:], words[2:], strict=False)),
        frozenset((Decimal(loss.amount), loss.currency) for loss in losses),
        day,
        frozenset(part for one in victims for part in _name_parts(one.name)),
        indicators,
    )


def signs(one: Traits, other: Traits, *, shared: int) -> tuple[Sign, ...]:
    """What speaks for the two being one thing, where they share so many indicators."""
    return tuple(_signs(one, other, shared))


def suggests(found: Collection[Sign], one: Traits, other: Traits) -> bool:
    """Whether a person is asked: by the same narrative, or by two signs of which one is more than sum and day.

    Never where both name victims and none of one is called as any of the other: a letter sent to a thousand people is
    a thousand incidents.
    """
    if one.victims and other.victims and not one.victims & other.victims:
        return False
    telling = {Sign.LIKE_NARRATIVE, Sign.SAME_INDICATORS} & set(found)
    return Sign.SAME_NARRATIVE in found or (bool(telling) and len(found) > 1)


def _signs(one: Traits, other: Traits, shared: int) -> Iterator[Sign]:
    if min(len(one.words), len(other.words)) >= LEAST_WORDS:
        both = len(one.runs & other.runs)
        if both >= SAME * len(one.runs | other.runs):
            yield Sign.SAME_NARRATIVE
        elif both >= LIKE * min(len(one.runs), len(other.runs)):
            yield Sign.LIKE_NARRATIVE
    if shared >= max(SEVERAL, COVERED * min(one.indicators, other.indicators)):
        yield Sign.SAME_INDICATORS
    if one.losses & other.losses:
        yield Sign.SAME_LOSS
    if one.day is not None and one.day == other.day:
        yield Sign.SAME_DAY


def _name_parts(name: str | None) -> Iterator[str]:
    """The longer words of a name: initials and particles are in many."""
    return (part for part in map(plain, (name or "").replace("-", " ").split()) if len(part) > 2)
