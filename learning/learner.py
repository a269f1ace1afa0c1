"""The whole of learning: rows, weights, the rule that decides, and how good it is on reports left out."""

from pathlib import Path

import numpy

from backend.conventions.classification.wording import FAINT, QUIETER
from backend.conventions.tokens import tokenise
from learning import deciding, keeping
from learning.fitting import Floats, fitted, folds
from learning.material import Material, codes_of, material
from learning.reports import Report, reports, sentences
from learning.teacher import Teacher


def learn(kept: Path, wording: Path) -> tuple[list[Report], dict[str, list[str]]]:
    """Writes new weights to the folder `wording`; returns the reports and what cross-validation answers to each.

    `kept` is the file in which the teacher's vectors are kept for the next time.
    """
    told = material([*reports("working"), *reports("apart")], sentences(), Teacher(kept))
    codes = codes_of(told.reports)
    print(f"{len(told.reports)} reports, {len(told.rows)} clauses, {len(told.marks)} marks", flush=True)
    strongest, clauses = _apart(told)
    shown = keeping.shown(told.marks, told.labels[: told.starts[-1]], clauses)
    least = numpy.array([shown[mark] for mark in told.marks], numpy.float32)
    given = deciding.inputs(numpy.maximum(strongest, least - QUIETER), least - FAINT)
    rule, answers = deciding.decided(told.reports, given, codes)
    everything = told.rows_of(range(len(told.reports)), with_sentences=True)
    weights, _ = fitted(told, everything)
    keeping.keep(wording, told, weights, rule, shown)
    return told.reports, answers


def _apart(told: Material) -> tuple[Floats, Floats]:
    """The strongest clauses of each report, and all clauses, as read by weights that were not learned from it."""
    strongest = numpy.zeros((len(told.reports), 2, len(told.marks)), numpy.float32)
    clauses = numpy.full((told.starts[-1], len(told.marks)), keeping.FLOOR, numpy.float32)
    for train, test in folds(len(told.reports), 3):
        weights, _ = fitted(told, told.rows_of(train, with_sentences=True))
        wording = keeping.wording(told, weights)
        for number in test:
            reading = wording.read(tokenise(told.reports[number].text))
            strongest[number] = reading.strongest()
            clauses[told.starts[number] : told.starts[number + 1]] = reading.scores
    return strongest, clauses
