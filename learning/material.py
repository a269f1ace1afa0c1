"""Reports and sentences as rows, one for each clause: its features, those of its neighbours, its vectors, its marks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy
from numpy.typing import NDArray

from backend.conventions.classification.reading import Clause, clauses
from backend.conventions.classification.wording import features, word_of
from backend.conventions.tokens import Tokens, tokenise
from learning.reports import Passage, Report, Sentence
from learning.teacher import SIZE, Teacher, Vectors

# So many reports have to show a mark before it is learned.
_FEWEST = 12
# A passage belongs to a clause when at least so many of its code points, or half of it, lie inside.
_INSIDE = 8


@dataclass(slots=True)
class Row:
    """A clause: its words, its text, and the marks that it shows."""

    words: list[str]
    text: str
    marks: frozenset[str]
    before: int = -1
    after: int = -1


@dataclass
class Material:
    """All rows. `starts[i]` is the first row of report `i`; the sentences' rows come after the last report's."""

    reports: list[Report]
    rows: list[Row]
    starts: list[int]
    marks: list[str]
    teacher: Teacher

    @cached_property
    def labels(self) -> NDArray[numpy.bool_]:
        """Which row shows which mark, `[rows, marks]`."""
        return numpy.array([[mark in row.marks for mark in self.marks] for row in self.rows])

    @cached_property
    def features(self) -> list[set[str]]:
        """The features of every row."""
        return [set(features(row.words)) for row in self.rows]

    @cached_property
    def vectors(self) -> Vectors:
        """The teacher's view of every row: the clause and its neighbours in the sentence, `[rows, 3 * 384]`."""
        own = _even(self.teacher.vectors([row.text for row in self.rows]))
        empty = numpy.zeros((1, SIZE), numpy.float32)
        padded = numpy.vstack([own, empty])
        before = padded[[row.before for row in self.rows]]
        after = padded[[row.after for row in self.rows]]
        return numpy.hstack([own, 0.3 * before, 0.3 * after]).astype(numpy.float32)

    def rows_of(self, chosen: Sequence[int], *, with_sentences: bool) -> NDArray[numpy.int64]:
        """The numbers of the rows of some reports, and of the sentences."""
        parts = [numpy.arange(self.starts[number], self.starts[number + 1]) for number in chosen]
        if with_sentences:
            parts.append(numpy.arange(self.starts[-1], len(self.rows)))
        return numpy.concatenate(parts)


def _even(vectors: Vectors) -> Vectors:
    centred: Vectors = vectors - vectors.mean(axis=0)
    spread: Vectors = centred / centred.std()
    return spread


def material(reports: list[Report], sentences: list[Sentence], teacher: Teacher) -> Material:
    """The rows of reports and sentences."""
    rows: list[Row] = []
    starts = [0]
    for report in reports:
        rows += rows_of_report(report, len(rows))
        starts.append(len(rows))
    for sentence in sentences:
        words = [word_of(word) for word in tokenise(sentence.text).plain]
        rows.append(Row(words, sentence.text, frozenset(sentence.marks)))
    return Material(reports, rows, starts, marks_of(reports), teacher)


def marks_of(reports: Sequence[Report]) -> list[str]:
    """The marks that enough reports show to be learned."""
    counts = Counter(mark for report in reports for mark in {passage.mark for passage in report.passages})
    return sorted(mark for mark, count in counts.items() if count >= _FEWEST)


def codes_of(reports: Sequence[Report]) -> list[str]:
    """The offences that some report is."""
    return sorted({code for report in reports for code in report.gold})


def rows_of_report(report: Report, first: int) -> list[Row]:
    """The clauses of a report as rows, of which the first has the number `first`."""
    tokens = tokenise(report.text)
    cut = clauses(tokens)
    found = []
    for number, clause in enumerate(cut):
        words = [word_of(word) for word in tokens.plain[clause.first : clause.last]]
        start, end = _span(tokens, clause.first, clause.last)
        marks = frozenset(passage.mark for passage in report.passages if _inside(passage, start, end))
        before = first + number - 1 if number and _together(tokens, cut[number - 1], clause) else -1
        after = first + number + 1 if number + 1 < len(cut) and _together(tokens, clause, cut[number + 1]) else -1
        found.append(Row(words, report.text[start:end], marks, before, after))
    return found


def _together(tokens: Tokens, first: Clause, second: Clause) -> bool:
    return tokens.sentence[first.first] == tokens.sentence[second.first]


def _span(tokens: Tokens, first: int, last: int) -> tuple[int, int]:
    return tokens.starts[first], tokens.ends[last - 1]


def _inside(passage: Passage, start: int, end: int) -> bool:
    shared = min(end, passage.end) - max(start, passage.start)
    return shared >= min(_INSIDE, (passage.end - passage.start) // 2) and shared > 0
