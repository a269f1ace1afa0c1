"""Other sentences strewn among those of a report, and reports joined: most of what is written speaks for nothing.

The narratives are terse. A network that learned from them alone took two hundred words of a witness's day for proof
that nothing happened. So it learns from reports, too, that hold sentences of others in which nobody marked anything,
and from two reports in one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy

from backend.conventions.tokens import tokenise
from learning.examples import Example
from learning.reports import Report
from learning.vocabulary import UNKNOWN

_SHORTEST, _LONGEST = 6, 70
# Of so many pieces at most a report is made.
_ROOM = 480
_LEAST = 15
# One in so many pieces is unknown.
_GAPS = 0.05


@dataclass(frozen=True)
class Strewn:
    """A report with the places at which a sentence begins, and its end; the sentences that one may strew in it."""

    example: Example
    language: str
    cuts: list[int]
    others: list[Example]


def silent(report: Report, example: Example) -> list[Example]:
    """The sentences of a report in which nothing is marked, as examples without their beginning and end."""
    found = []
    cuts = cuts_of(report, example)
    for first, last in zip(cuts, cuts[1:], strict=False):
        inside = [number for number, pool in enumerate(example.pool) if first <= pool[0] < last]
        if _SHORTEST <= last - first <= _LONGEST and not example.marks[inside].any():
            pool = [[place - first for place in example.pool[number] if place < last] for number in inside]
            found.append(Example(example.rows[first:last], pool, example.marks[inside]))
    return found


def cuts_of(report: Report, example: Example) -> list[int]:
    """The places of the pieces with which a sentence begins; the last is the end."""
    sentence = tokenise(report.text).sentence
    numbers = [sentence[word] for word in example.first_words]
    firsts = [
        pool[0] for pool, before, own in zip(example.pool, [None, *numbers], numbers, strict=False) if own != before
    ]
    return [1, *firsts[1:], len(example.rows) - 1] if firsts else [1, len(example.rows) - 1]


def strewn(whole: Strewn, order: numpy.random.Generator, *, part: float, most: float) -> Example:
    """The report, in `part` of all cases with sentences of others, up to `most` times as long as it is."""
    own = whole.example
    count = len(own.rows) - 2
    wanted = min(int(order.uniform(_LEAST, max(_LEAST + 1, most * count))), _ROOM - count)
    if order.random() > part or wanted < _LEAST or not whole.others:
        return own
    # Often all before and behind, as in a statement whose middle matters.
    places: Sequence[int] = [whole.cuts[0], whole.cuts[-1]] if order.random() < 0.4 else whole.cuts
    added: dict[int, list[Example]] = {}
    room = _ROOM - count
    while wanted > 0:
        other = whole.others[int(order.integers(len(whole.others)))]
        if len(other.rows) > room:
            break
        added.setdefault(places[int(order.integers(len(places)))], []).append(other)
        wanted -= len(other.rows)
        room -= len(other.rows)
    return _together(own, added)


def joined(first: Example, second: Example) -> Example:
    """Two reports in one: the offences of both; none only where neither has one. The first alone if they are too long.

    What is neither right nor wrong of one is so of both, unless the other shows it.
    """
    if len(first.rows) + len(second.rows) - 2 > _ROOM or first.codes is None or second.codes is None:
        return first
    moved = len(first.rows) - 2
    codes, said = first.codes | second.codes, first.codes | second.codes | (first.said & second.said)
    # The last code is "none".
    codes[-1], said[-1] = first.codes[-1] and second.codes[-1], True
    return Example(
        first.rows[:-1] + second.rows[1:],
        first.pool + [[place + moved for place in clause] for clause in second.pool],
        numpy.vstack([first.marks, second.marks]),
        codes,
        said,
    )


def with_gaps(example: Example, order: numpy.random.Generator) -> Example:
    """The example with some of its pieces unknown: no single word, least of all a name, is to decide."""
    gone = order.random(len(example.rows)) < _GAPS
    gone[[0, -1]] = False
    return replace(example, rows=[UNKNOWN if away else row for row, away in zip(example.rows, gone, strict=True)])


def _together(own: Example, added: dict[int, list[Example]]) -> Example:
    rows: list[int] = []
    moved: list[int] = []
    pool: list[list[int]] = []
    for place, row in enumerate(own.rows):
        for other in added.get(place, ()):
            pool += [[len(rows) + inside for inside in clause] for clause in other.pool]
            rows += other.rows
        moved.append(len(rows))
        rows.append(row)
    kept = [[moved[place] for place in clause] for clause in own.pool]
    marks = numpy.vstack([own.marks, numpy.zeros((len(pool), own.marks.shape[1]), bool)])
    return Example(rows, kept + pool, marks, own.codes, own.said)
