"""From rows to weights: a teacher judges clauses by their vectors, and the weights of words learn to agree."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from backend.conventions.classification.wording import stem_of
from learning.material import Material
from learning.teacher import Vectors

Floats = NDArray[numpy.float32]
Numbers = NDArray[numpy.int64]
# Found by cross-validation over the working narratives.
_RIDGE, _STEPS = 4.0, 25
_VECTORS = 0.08
_STEM, _PAIR, _NEAR = 0.7, 0.7, 0.4
_RAREST_WORD, _RAREST_PAIR, _RAREST_VECTOR = 2, 6, 2
_MARKED = 15.0
_SEEN = 40_000
_LOWEST, _HIGHEST = -6.0, 4.0


@dataclass
class Weights:
    """Weights of features in a clause and beside it, `[features, marks]`, and what is added to each mark."""

    features: list[str]
    own: Floats
    near: Floats
    bias: Floats


def judged(material: Material, train: Numbers) -> Floats:
    """What the teacher, having seen the marks of some rows of `train`, says of all of these, `[train, marks]`."""
    vectors, labels = material.vectors[train], material.labels[train]
    # What it learns from more rows than these is little, and takes as long again.
    some = numpy.random.default_rng(3).permutation(len(train))[:_SEEN]
    seen, marked = vectors[some], labels[some]
    learned = Parallel(2)(delayed(_line)(seen, marked[:, column]) for column in range(labels.shape[1]))
    weights = numpy.array([row[0] for row in learned], numpy.float32)
    biases = numpy.array([row[1] for row in learned], numpy.float32)
    return numpy.clip(vectors @ weights.T + biases, _LOWEST, _HIGHEST)


def _line(seen: Vectors, marked: NDArray[numpy.bool_]) -> tuple[Floats, float]:
    """Weights and bias by which the vectors tell one mark; the lowest score of all where too few rows show it."""
    if marked.sum() < 4:
        return numpy.zeros(seen.shape[1], numpy.float32), _LOWEST
    model = LogisticRegression(C=0.003, class_weight={0: 1, 1: 5}, max_iter=150)
    model.fit(seen, marked)
    return model.coef_[0].astype(numpy.float32), float(model.intercept_[0])


class Space:
    """The features of some rows, and the vectors of words, as one sparse matrix."""

    def __init__(self, material: Material, train: Numbers) -> None:
        self.material = material
        counts = Counter(feature for row in train for feature in material.features[row])
        self.kept = sorted(
            feature
            for feature, count in counts.items()
            if count >= (_RAREST_PAIR if " " in feature else _RAREST_WORD) and count < 0.2 * len(train)
        )
        self.number = {feature: place for place, feature in enumerate(self.kept)}
        used = Counter(word for row in material.rows for word in row.words)
        # Half of all words come once: names, slips of the keys. A word like them is read by its beginning.
        self.words = sorted(word for word, count in used.items() if count >= _RAREST_VECTOR)
        vectors = material.teacher.vectors(self.words)
        vectors = vectors - vectors.mean(axis=0)
        total = len(train)
        rare = [min(7.5, math.log((total + 1) / (counts.get(word, 0) + 0.5))) / 6 for word in self.words]
        self.vectors: Vectors = (vectors / vectors.std() * numpy.array(rare)[:, None] * _VECTORS).astype(numpy.float32)
        self.place = {word: number for number, word in enumerate(self.words)}

    def matrix(self, rows: Numbers) -> "Rows":
        """Rows as `[rows, own features + near features + own vector + near vector]`."""
        own, near = self._counted(rows)
        empty = numpy.zeros((1, self.vectors.shape[1]), numpy.float32)
        meant = numpy.vstack([self._meant(), empty])
        every = self.material.rows
        beside = meant[[every[row].before for row in rows]] + meant[[every[row].after for row in rows]]
        dense = numpy.hstack([meant[rows], _NEAR * beside]).astype(numpy.float32)
        return Rows(sparse.hstack([own, near]).tocsr(), dense)

    def _meant(self) -> Vectors:
        return numpy.array(
            [
                self.vectors[[self.place[word] for word in sorted(set(row.words)) if word in self.place]].sum(axis=0)
                for row in self.material.rows
            ],
            numpy.float32,
        )

    def _counted(self, rows: Numbers) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
        shape = (len(self.material.rows), len(self.kept))
        places: list[int] = []
        columns: list[int] = []
        for number, found in enumerate(self.material.features):
            here = [self.number[feature] for feature in found if feature in self.number]
            columns += here
            places += [number] * len(here)
        worth = numpy.array([_worth(feature) for feature in self.kept], numpy.float32)
        every = sparse.csr_matrix((worth[columns], (places, columns)), shape)
        single = every @ sparse.diags(numpy.array([" " not in f for f in self.kept], numpy.float32))
        padded = sparse.vstack([single, sparse.csr_matrix((1, shape[1]), dtype=numpy.float32)]).tocsr()
        known = self.material.rows
        beside = padded[[known[row].before for row in rows]] + padded[[known[row].after for row in rows]]
        return every[rows], (_NEAR * beside).tocsr()


@dataclass
class Rows:
    """Rows whose first columns are mostly empty and whose last are full: each kind is multiplied in its own way."""

    few: sparse.csr_matrix
    full: Floats

    def __post_init__(self) -> None:
        self._across = self.few.T.tocsr()

    def times(self, weights: Floats) -> Floats:
        """`[rows, marks]` from weights `[columns, marks]`."""
        count = self.few.shape[1]
        found: Floats = self.few @ weights[:count] + self.full @ weights[count:]
        return found

    def across(self, values: Floats) -> Floats:
        """`[columns, marks]` from values `[rows, marks]`."""
        return numpy.vstack([self._across @ values, self.full.T @ values])


def _worth(feature: str) -> float:
    return _PAIR if " " in feature else _STEM if feature.endswith("*") else 1.0


def fitted(material: Material, train: Numbers) -> tuple[Weights, Space]:
    """The weights that agree best with the teacher and the marks on the rows `train`."""
    space = Space(material, train)
    wanted = judged(material, train) + _MARKED * material.labels[train]
    solved, bias = _ridge(space.matrix(train), wanted.astype(numpy.float32))
    return _weights(space, solved, bias), space


def _ridge(rows: Rows, wanted: Floats) -> tuple[Floats, Floats]:
    """Least squares with a penalty on large weights, all marks at once, by conjugate gradients."""
    mean: Floats = wanted.mean(axis=0)
    rest = rows.across(wanted - mean)
    solved = numpy.zeros_like(rest)
    way = rest.copy()
    size = (rest * rest).sum(axis=0)
    for _ in range(_STEPS):
        image = rows.across(rows.times(way)) + _RIDGE * way
        step = size / ((way * image).sum(axis=0) + 1e-12)
        solved += step * way
        rest -= step * image
        smaller = (rest * rest).sum(axis=0)
        way = rest + smaller / (size + 1e-12) * way
        size = smaller
    return solved, mean


def _weights(space: Space, solved: Floats, bias: Floats) -> Weights:
    """Vectors folded into the words: in the end every feature has one weight for each mark."""
    count, size = len(space.kept), space.vectors.shape[1]
    worth = numpy.array([_worth(feature) for feature in space.kept], numpy.float32)[:, None]
    own = dict(zip(space.kept, solved[:count] * worth, strict=True))
    near = dict(zip(space.kept, solved[count : 2 * count] * worth * _NEAR, strict=True))
    meant = space.vectors @ solved[2 * count : 2 * count + size]
    beside = space.vectors @ solved[2 * count + size :] * _NEAR
    for number, word in enumerate(space.words):
        own[word] = own.get(word, 0) + meant[number]
        near[word] = near.get(word, 0) + beside[number]
    _unknown(space, own, near, meant, beside)
    names = sorted(own)
    return Weights(
        names,
        numpy.array([own[name] for name in names], numpy.float32),
        numpy.array([near[name] for name in names], numpy.float32),
        bias,
    )


def _unknown(space: Space, own: dict[str, Floats], near: dict[str, Floats], meant: Floats, beside: Floats) -> None:
    """For a word that nobody used: the mean of those that begin as it does, without what only they have shown."""
    alike: dict[str, list[int]] = {}
    for number, word in enumerate(space.words):
        if len(word) >= len(stem_of(word)) - 1:
            alike.setdefault(stem_of(word)[:-1] + "?", []).append(number)
    for name, numbers in alike.items():
        own[name] = meant[numbers].mean(axis=0)
        near[name] = beside[numbers].mean(axis=0)


def folds(count: int, parts: int, seed: int = 1) -> list[tuple[Sequence[int], Sequence[int]]]:
    """Reports `(to learn from, to test on)`, in `parts` ways that together test on each report once."""
    order = numpy.random.default_rng(seed).permutation(count)
    pieces = [sorted(order[part::parts].tolist()) for part in range(parts)]
    return [(sorted(number for other in pieces if other is not piece for number in other), piece) for piece in pieces]
