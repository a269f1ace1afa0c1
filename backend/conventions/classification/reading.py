"""A narrative as read: how strongly each clause speaks for each mark, and how likely each offence is.

Two read: the close reader (`reader.py`) whatever is not endless, the weights of words (`wording.py`) the rest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from backend.conventions.tokens import Tokens

Span = tuple[int, int]
# A clause shorter than this is read together with the one before it.
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Clause:
    """The words `[first, last)` of a clause."""

    first: int
    last: int


def clauses(tokens: Tokens) -> list[Clause]:
    """The clauses of a narrative in order; short ones belong to their neighbour in the sentence."""
    found: list[Clause] = []
    first = 0
    count = len(tokens.plain)
    for place in range(1, count + 1):
        if place < count and not _parts(tokens, first, place):
            continue
        if found and place - first < _SHORTEST and tokens.sentence[first] == tokens.sentence[found[-1].first]:
            found[-1] = Clause(found[-1].first, place)
        else:
            found.append(Clause(first, place))
        first = place
    return [clause for clause in found if clause.last > clause.first]


def _parts(tokens: Tokens, first: int, place: int) -> bool:
    if tokens.sentence[place] != tokens.sentence[place - 1]:
        return True
    return tokens.clause[place] != tokens.clause[place - 1] and place - first >= _SHORTEST


class Verdict(Protocol):
    """What was learned about answers: columns, thresholds, and the score from which a passage of a mark counts."""

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks, in the order of the columns; `-key` denies."""

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The chance from which an offence is proposed; above that of `none` nothing is."""

    @property
    def shown(self) -> Mapping[str, float]:
        """The score from which a clause shows a mark."""


class Reading(Protocol):
    """A narrative as read: `scores[clause, mark]`; whether all of it was read."""

    @property
    def decision(self) -> Verdict:
        """By what it is decided."""

    @property
    def scores(self) -> Any:
        """`[clauses, marks]`, higher where a clause speaks for a mark."""

    @property
    def whole(self) -> bool:
        """Whether the narrative was read to its end."""

    def chances(self) -> dict[str, float]:
        """How likely each offence is, from 0 to 1; `none` among them."""

    def spans(self, passages: Sequence[tuple[int, int]]) -> list[Span]:
        """The code points of each `(mark, clause)`, without the words at its ends that do not speak for the mark."""


def places(scores: Any, least: Sequence[float], most: int = 3) -> Iterator[tuple[int, int]]:
    """For every mark the clauses that reach its least score, the strongest first: numbers of mark and clause."""
    import numpy

    reached = scores >= numpy.asarray(least, numpy.float32)
    for mark in reached.any(axis=0).nonzero()[0].tolist():
        column = scores[:, mark].tolist()
        found = reached[:, mark].nonzero()[0].tolist()
        for place in sorted(found, key=lambda place: -column[place])[:most]:
            yield mark, place
