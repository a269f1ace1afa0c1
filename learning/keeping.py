"""The weights as the engine reads them: whole numbers of one byte, with a scale; and back, to test what was learned."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy
from numpy.typing import NDArray

from backend.conventions.classification.wording import Wording
from backend.conventions.schema.engine import Decision, ReaderSheet
from learning.deciding import Rule
from learning.fitting import Floats, Weights
from learning.material import Material
from learning.reports import digest

FLOOR = -8.0
_PLACES = 5


def wording(told: Material, weights: Weights) -> Wording:
    """The weights ready to read with, without a rule that decides."""
    decision = _decision(told, weights, None, {})
    own, near = _small(weights.own, decision.own_scale), _small(weights.near, decision.near_scale)
    rows = {feature: number for number, feature in enumerate(weights.features, 1)}
    scale = numpy.array([decision.own_scale, decision.near_scale], numpy.float32)
    quiet = numpy.full(len(told.marks), FLOOR, numpy.float32)
    bias = numpy.array(decision.bias, numpy.float32)
    return Wording(decision, rows, own, near, scale, bias, decision.arrays(), quiet)


def keep(folder: Path, told: Material, weights: Weights, rule: Rule, shown: dict[str, float]) -> None:
    """Writes `decision.json`, `features.txt` and `weights.npz`."""
    decision = _decision(told, weights, rule, shown)
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "decision.json", decision)
    (folder / "features.txt").write_text("\n".join(weights.features) + "\n", encoding="utf-8")
    own, near = _small(weights.own, decision.own_scale), _small(weights.near, decision.near_scale)
    numpy.savez_compressed(folder / "weights.npz", own=own, near=near)


def write(path: Path, sheet: Decision | ReaderSheet) -> None:
    """Writes what was learned about answers, so that a change of it can be read."""
    content = {field: getattr(sheet, field) for field in sheet.__struct_fields__}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def shown(marks: Sequence[str], labels: NDArray[numpy.bool_], scores: Floats) -> dict[str, float]:
    """For every mark the score from which a clause shows it: where precision and recall over the clauses are best.

    `labels` and `scores` are `[clauses, marks]`.
    """
    found = {}
    for number, mark in enumerate(marks):
        has, said = labels[:, number], scores[:, number]
        order = numpy.argsort(-said)
        right = numpy.cumsum(has[order])
        f1 = 2 * right / (numpy.arange(1, len(order) + 1) + has.sum())
        found[mark] = round(float(said[order[int(f1.argmax())]]), 3)
    return found


def _decision(told: Material, weights: Weights, rule: Rule | None, shown: dict[str, float]) -> Decision:
    codes = rule.codes if rule else []
    return Decision(
        made_from=digest(),
        marks=tuple(told.marks),
        codes=tuple(codes),
        floor=FLOOR,
        own_scale=_scale(weights.own),
        near_scale=_scale(weights.near),
        bias=_rounded(weights.bias),
        weights={code: _rounded(rule.weights[number]) for number, code in enumerate(codes)} if rule else {},
        biases={code: round(float(rule.biases[number]), _PLACES) for number, code in enumerate(codes)} if rule else {},
        thresholds=rule.thresholds if rule else {},
        shown=shown,
    )


def _rounded(numbers: Floats) -> tuple[float, ...]:
    return tuple(round(float(number), _PLACES) for number in numbers)


def _scale(weights: Floats) -> tuple[float, ...]:
    """One step of each mark: the few largest weights are cut off, that the many small ones keep their differences."""
    largest = numpy.quantile(numpy.abs(weights), 0.9995, axis=0)
    return tuple(round(float(number) / 127, 7) or 1e-7 for number in largest)


def _small(weights: Floats, scale: tuple[float, ...]) -> numpy.ndarray:
    steps = numpy.clip(numpy.round(weights / numpy.array(scale, numpy.float32)), -127, 127).astype(numpy.int8)
    return numpy.vstack([numpy.zeros((1, steps.shape[1]), numpy.int8), steps])
