"""What a narrative says of each element, by the wording of many marked reports: a weight for every word and element.

A clause speaks for an element as much as its words and pairs of words weigh for it, and a little as those of its
neighbours in the sentence do. Sums only: whatever is found can be led back to its words. It reads what is too long for
the model (`reader.py`). How it was learned: docs/classification.md.
"""

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification.reading import Clause, Span, clauses
from backend.conventions.loading import read_json
from backend.conventions.schema.engine import Decision
from backend.conventions.tokens import Tokens

_STEM = 5
# So far below the score that counts, a clause says nothing of a mark.
QUIETER = 4.0
# What speaks against an offence counts from so far below the score that counts: an echo does not take one away.
FAINT = 1.5
# A narrative has some dozens of clauses; the rest of something endless adds nothing to its strongest ones.
MAX_CLAUSES = 20_000
_MANY_ROWS = 10_000
# Room for the words of any language that is spoken here; what is no language fills it and is forgotten.
_MOST_MET = 50_000


def _joined(tokens: Tokens, first: Clause, second: Clause) -> bool:
    return tokens.sentence[first.first] == tokens.sentence[second.first]


def word_of(plain: str) -> str:
    """The word as it is weighed: all numbers are one."""
    return "0" if plain[0].isdigit() else plain


def stem_of(word: str) -> str:
    """The beginning of a word, that stands for its inflections."""
    return word[:_STEM] + "*"


def pair_of(first: str, second: str) -> str:
    """Two words that follow each other, by their beginnings."""
    return f"{first[:_STEM]} {second[:_STEM]}"


def features(words: Sequence[str]) -> Iterator[str]:
    """The features of a clause of words: the words, the stems of the longer ones, the pairs. Some come twice."""
    for place, word in enumerate(words):
        yield word
        if len(word) > _STEM:
            yield stem_of(word)
        if place:
            yield pair_of(words[place - 1], word)


def _sums(weights: Any, rows: list[int], starts: list[int]) -> Any:
    """The sums of the weights of each clause: whole numbers, so that no order of adding makes a difference."""
    import numpy

    taken = weights.take(rows, axis=0)
    # To widen all at once is quicker, and what is very long would take much memory.
    if len(rows) < _MANY_ROWS:
        taken = taken.astype(numpy.float32)
    return numpy.add.reduceat(taken, starts, axis=0, dtype=numpy.float32)


@dataclass(slots=True)
class Wording:
    """The weights: `own[row, mark]` of a feature in the clause, `near[row, mark]` of one in a clause beside it."""

    decision: Decision
    rows: dict[str, int]
    own: Any
    near: Any
    scale: Any
    bias: Any
    deciding: tuple[Any, Any]
    quiet: Any
    # Words met before with their rows: most of a narrative are the same few hundred.
    met: dict[str, tuple[int, int, str]] = field(default_factory=dict)

    def read(self, tokens: Tokens) -> "Reading":
        """How strongly each clause speaks for each mark."""
        import numpy  # imported late: it takes a tenth of a second, and not every process classifies

        every = clauses(tokens)
        cut = every[:MAX_CLAUSES]
        if not cut:
            return Reading(self, tokens, [], numpy.zeros((0, len(self.decision.marks)), numpy.float32), True)
        rows, starts, words = self._rows(tokens, cut)
        scores = _sums(self.own, rows, starts) * self.scale[0] + self.bias
        beside = _sums(self.near, rows, starts) * self.scale[1]
        # Only inside a sentence: what is said elsewhere, and what somebody adds, moves nothing here.
        joined = numpy.array([_joined(tokens, *pair) for pair in itertools.pairwise(cut)], numpy.float32)[:, None]
        scores[1:] += beside[:-1] * joined
        scores[:-1] += beside[1:] * joined
        return Reading(self, tokens, cut, scores, len(cut) == len(every), numpy.array(words))

    def _rows(self, tokens: Tokens, cut: list[Clause]) -> tuple[list[int], list[int], tuple[list[int], list[int]]]:
        """The rows of the features of all clauses, where each clause begins, and those of each word and its stem.

        Row 0 weighs nothing.
        """
        rows: list[int] = []
        starts: list[int] = []
        known = self.rows
        looked_up = [self._looked_up(word) for word in tokens.plain[: cut[-1].last]]
        own, stems, heads = (list(column) for column in zip(*looked_up, strict=True))
        pairs = [0, *(known.get(f"{first} {second}", 0) for first, second in itertools.pairwise(heads))]
        for clause in cut:
            first, last = clause.first, clause.last
            starts.append(len(rows))
            rows.append(0)
            rows += {*own[first:last], *stems[first:last], *pairs[first + 1 : last]}
        return rows, starts, (own, stems)

    def _looked_up(self, plain: str) -> tuple[int, int, str]:
        """The row of a word, that of its stem, and the beginning by which it makes pairs."""
        if (row := self.met.get(plain)) is not None:
            return row
        known, word = self.rows, word_of(plain)
        head = word[:_STEM]
        # An unknown word, or beginning, weighs as the known ones that begin like it do in the mean.
        own = known.get(word) or known.get(head + "?", 0)
        stem = known.get(head + "*") or known.get(head + "?", 0) if len(word) > _STEM else 0
        if len(self.met) >= _MOST_MET:
            self.met.clear()
        return self.met.setdefault(plain, (own, stem, head))


@dataclass(slots=True)
class Reading:
    """A narrative as read: `scores[clause, mark]`, higher where a clause speaks for a mark; whether all was read.

    `words` has the row of each word and that of its stem, as `[2, words]`.
    """

    wording: Wording
    tokens: Tokens
    clauses: list[Clause]
    scores: Any
    whole: bool
    words: Any = None

    @property
    def decision(self) -> Decision:
        """By what it is decided."""
        return self.wording.decision

    def strongest(self) -> Any:
        """For every mark the strongest and the second strongest clause, as `[2, marks]`."""
        import numpy

        floor = self.wording.decision.floor
        padded = numpy.vstack([self.scores, numpy.full((2, self.scores.shape[1]), floor, numpy.float32)])
        return numpy.clip(numpy.sort(padded, axis=0)[:-3:-1], floor, -floor)

    def chances(self) -> dict[str, float]:
        """How likely each offence is, from 0 to 1, by the marks that the narrative shows."""
        import numpy

        # What does not even come near a passage that counts is silence, and silence is all alike.
        two = numpy.maximum(self.strongest(), self.wording.quiet)
        # Strength speaks only for an offence; what speaks against one has nearly to be shown (learning/deciding.py).
        above = numpy.maximum(two - (self.wording.quiet + QUIETER - FAINT), 0)
        inputs = numpy.concatenate([two[0], two[1], 1 / (1 + numpy.exp(-two[0])), above[0], above[1]])
        weights, biases = self.wording.deciding
        chances = 1 / (1 + numpy.exp(-(weights @ inputs + biases)))
        return dict(zip(self.wording.decision.codes, chances.tolist(), strict=True))

    def spans(self, passages: Sequence[tuple[int, int]]) -> list[Span]:
        """The code points of each `(mark, clause)`, without the words at its ends that do not speak for the mark."""
        import numpy

        if not passages:
            return []
        cut = [self.clauses[place] for _, place in passages]
        sizes = [clause.last - clause.first for clause in cut]
        words = self.words[:, list(itertools.chain.from_iterable(range(c.first, c.last) for c in cut))]
        # All passages at once: asked one by one, the asking takes longer than the answer.
        weighed = self.wording.own[words, numpy.repeat([mark for mark, _ in passages], sizes)]
        speak = (weighed.sum(axis=0, dtype=numpy.float32) > 0).tolist()
        found, begin = [], 0
        for clause, size in zip(cut, sizes, strict=True):
            inside = speak[begin : begin + size]
            first, last = (inside.index(True), size - inside[::-1].index(True)) if any(inside) else (0, size)
            found.append((self.tokens.starts[clause.first + first], self.tokens.ends[clause.first + last - 1]))
            begin += size
        return found


@functools.lru_cache(maxsize=4)
def wording(catalogue: Catalogue) -> Wording:
    """The weights of a catalogue, read once for a process."""
    return load(catalogue.folder / "engine" / "wording")


def load(folder: Path) -> Wording:
    """The weights kept in a folder: `decision.json`, `features.txt` (a line each), `weights.npz`."""
    import numpy

    decision = read_json(folder / "decision.json", Decision)
    lines = (folder / "features.txt").read_text(encoding="utf-8").split("\n")
    with numpy.load(folder / "weights.npz", allow_pickle=False) as kept:
        own, near = kept["own"], kept["near"]
    rows = {feature: number for number, feature in enumerate(lines, 1) if feature}
    return Wording(
        decision,
        rows,
        own,
        near,
        numpy.array([decision.own_scale, decision.near_scale], numpy.float32),
        numpy.array(decision.bias, numpy.float32),
        decision.arrays(),
        numpy.array([decision.shown[mark] - QUIETER for mark in decision.marks], numpy.float32),
    )
