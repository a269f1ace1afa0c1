"""Reports and sentences as the network reads them: pieces of words, clauses, and what people marked in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy
import torch
from numpy.typing import NDArray

from backend.conventions.classification.reader import WINDOW, Reader
from backend.conventions.classification.reading import clauses
from backend.conventions.tokens import tokenise
from learning.material import rows_of_report
from learning.network import Batch
from learning.reports import NONE, Passage, Report, Sentence


@dataclass
class Example:
    """`rows[pieces]` with the marks of beginning and end; `pool[clauses]` has the pieces of each clause, by place.

    `marks[clauses, marks]` is what people marked; `codes` and `said`, `[codes]`, are which offences it is and of which
    it can be said; None of a single sentence. `first_words` has the number of the first word of each clause.
    """

    rows: list[int]
    pool: list[list[int]]
    marks: NDArray[numpy.bool_]
    codes: NDArray[numpy.bool_] | None = None
    said: NDArray[numpy.bool_] | None = None
    first_words: list[int] = field(default_factory=list)


def of_report(report: Report, reader: Reader, marks: Sequence[str], codes: Sequence[str]) -> Example:
    """A report; of one longer than the network takes at once the beginning."""
    shown = [row.marks for row in rows_of_report(report, 0)]
    labels = [code in report.gold if code != NONE else not report.gold for code in codes]
    found = _example(report.text, shown, reader, marks)
    found.codes = numpy.array(labels)
    found.said = numpy.array([code not in report.also for code in codes])
    return found


def of_sentence(sentence: Sentence, reader: Reader, marks: Sequence[str]) -> Example:
    """A single sentence, all of whose clauses show its marks."""
    whole = tuple(Passage(mark, 0, len(sentence.text)) for mark in sentence.marks)
    nothing: frozenset[str] = frozenset()
    report = Report("", sentence.text, nothing, nothing, nothing, whole)
    return _example(sentence.text, [row.marks for row in rows_of_report(report, 0)], reader, marks)


def _example(text: str, shown: Sequence[frozenset[str]], reader: Reader, marks: Sequence[str]) -> Example:
    tokens = tokenise(text)
    cut = clauses(tokens)
    pieces = reader.pieces(text, tokens, cut)
    rows, clause = pieces.rows[:WINDOW], pieces.clause[:WINDOW]
    present = [number for number in range(len(shown)) if (clause == number).any()]
    return Example(
        [reader.decision.begin, *rows, reader.decision.end],
        [[int(place) + 1 for place in numpy.flatnonzero(clause == number)] for number in present],
        numpy.array([[mark in shown[number] for mark in marks] for number in present]).reshape(-1, len(marks)),
        first_words=[cut[number].first for number in present],
    )


def batch_of(examples: Sequence[Example], filling: int) -> Batch:
    """Examples side by side, filled up to the longest."""
    pieces = max(len(one.rows) for one in examples)
    count = max(1, *(len(one.pool) for one in examples))
    rows = torch.full((len(examples), pieces), filling)
    pool = torch.zeros(len(examples), count, pieces)
    for number, one in enumerate(examples):
        rows[number, : len(one.rows)] = torch.tensor(one.rows)
        for place, inside in enumerate(one.pool):
            pool[number, place, inside] = 1 / len(inside)
    sizes = torch.tensor([len(one.rows) for one in examples])
    there = torch.arange(pieces)[None] < sizes[:, None]
    return Batch(rows, there, pool, pool.sum(2) > 0)


def batches(examples: Sequence[Example], room: int, order: numpy.random.Generator | None) -> Iterator[list[Example]]:
    """Examples of about one length together, as many as fill `room` pieces; in any order where one is given."""
    numbers = order.permutation(len(examples)) if order is not None else numpy.arange(len(examples))
    step = 400 if order is not None else len(examples)
    parts = [numbers[start : start + step] for start in range(0, len(numbers), step)]
    even = [examples[n] for part in parts for n in sorted(part, key=lambda n: len(examples[n].rows))]
    cut: list[list[Example]] = [[]]
    longest = 0
    for one in even:
        longest = max(longest, len(one.rows))
        if cut[-1] and longest * (len(cut[-1]) + 1) > room:
            cut.append([])
            longest = len(one.rows)
        cut[-1].append(one)
    for number in order.permutation(len(cut)) if order is not None else range(len(cut)):
        yield cut[number]
