"""From the strongest clauses of a report to offences: one logistic regression a code, and from which chance on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.optimize import minimize

from learning.fitting import Floats, folds
from learning.measuring import Measure, measure
from learning.reports import NONE, Report

_STRENGTH = 0.02
# So often a false alarm may be raised where there is no offence; more of them costs as much as it gains.
_ALARMS = 0.10
# So much less is nearly as good.
_NEARLY = 0.003


@dataclass
class Rule:
    """Weights `[codes, inputs]`, biases and thresholds `[codes]`; the last code is "none"."""

    codes: list[str]
    weights: NDArray[numpy.float64]
    biases: NDArray[numpy.float64]
    thresholds: dict[str, float]

    def chances(self, inputs: Floats) -> NDArray[numpy.float64]:
        """The chance of every code, `[reports, codes]`."""
        found: NDArray[numpy.float64] = 1 / (1 + numpy.exp(-(inputs @ self.weights.T + self.biases)))
        return found


def inputs(strongest: Floats, least: Floats) -> Floats:
    """What decides, `[reports, 5 * marks]`, from the two strongest clauses of every mark, `[reports, 2, marks]`.

    The first three of five tell how strong they are; the last two how far they are above `least`, where an echo ends.
    """
    first, second = strongest[:, 0], strongest[:, 1]
    above = [numpy.maximum(strongest[:, number] - least, 0) for number in (0, 1)]
    found: Floats = numpy.hstack([first, second, 1 / (1 + numpy.exp(-first)), *above]).astype(numpy.float32)
    return found


def decided(reports: Sequence[Report], given: Floats, codes: list[str]) -> tuple[Rule, dict[str, list[str]]]:
    """The rule, and what it says of each report when it was not learned from that report."""
    every = [*codes, NONE]
    apart = numpy.zeros((len(reports), len(every)))
    for train, test in folds(len(reports), 5, seed=2):
        weights, biases = _fit(reports, given, every, train)
        apart[test] = 1 / (1 + numpy.exp(-(given[test] @ weights.T + biases)))
    thresholds = _thresholds(reports, apart, every)
    weights, biases = _fit(reports, given, every, range(len(reports)))
    return Rule(every, weights, biases, thresholds), answers(reports, apart, every, thresholds)


def answers(
    reports: Sequence[Report], chances: NDArray[numpy.float64], codes: list[str], thresholds: dict[str, float]
) -> dict[str, list[str]]:
    """The codes of each report, by its id."""
    least = numpy.array([thresholds[code] for code in codes[:-1]])
    found = {}
    for report, row in zip(reports, chances, strict=True):
        if row[-1] >= thresholds[NONE]:
            found[report.id] = []
        else:
            found[report.id] = [codes[number] for number in numpy.flatnonzero(row[:-1] >= least)]
    return found


def _labels(reports: Sequence[Report], code: str) -> tuple[NDArray[numpy.bool_], NDArray[numpy.bool_]]:
    """Which reports have the code, and of which it can be said."""
    if code == NONE:
        return numpy.array([not report.gold for report in reports]), numpy.ones(len(reports), bool)
    has = numpy.array([code in report.gold for report in reports])
    return has, numpy.array([code not in report.also for report in reports])


def _fit(
    reports: Sequence[Report], given: Floats, codes: list[str], train: Sequence[int]
) -> tuple[NDArray[numpy.float64], NDArray[numpy.float64]]:
    chosen = numpy.array(train)
    mean, spread = given[chosen].mean(axis=0), given[chosen].std(axis=0) + 1e-6
    even = (given[chosen] - mean) / spread

    def one(code: str) -> tuple[NDArray[numpy.float64], float]:
        has, said = _labels(reports, code)
        weighed, bias = _line(even[said[chosen]], has[chosen][said[chosen]], code)
        weights = weighed / spread
        return weights, float(bias - weights @ mean)

    rows = Parallel(2)(delayed(one)(code) for code in codes)
    return numpy.array([row[0] for row in rows]), numpy.array([row[1] for row in rows])


def _line(given: Floats, has: NDArray[numpy.bool_], code: str) -> tuple[NDArray[numpy.float64], float]:
    """Weights and bias of a logistic regression whose weights for mere strength have one sign.

    A clause that shows nothing can then only speak for an offence, and against "none": whatever is added to a report
    without showing anything takes no offence away. What speaks against an offence has nearly to be shown.
    """
    count = given.shape[1]
    strength = count * 3 // 5
    side = (None, 0.0) if code == NONE else (0.0, None)
    bounds = [side] * strength + [(None, None)] * (count - strength + 1)
    weight = numpy.where(has, 1.0 if code == NONE else 2.0, 1.0)
    sign = numpy.where(has, 1.0, -1.0)

    def loss(point: NDArray[numpy.float64]) -> tuple[float, NDArray[numpy.float64]]:
        margin = sign * (given @ point[:-1] + point[-1])
        cost = (weight * numpy.logaddexp(0.0, -margin)).sum() + (point[:-1] @ point[:-1]) / (2 * _STRENGTH)
        slope = -weight * sign / (1 + numpy.exp(numpy.minimum(margin, 500)))
        return cost, numpy.append(given.T @ slope + point[:-1] / _STRENGTH, slope.sum())

    found = minimize(loss, numpy.zeros(count + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    return found.x[:-1], float(found.x[-1])


def worth(found: Measure) -> float:
    """What a choice of thresholds is worth: F1, less what false alarms beyond one in ten cost."""
    return found.f1 - 0.5 * max(0.0, found.alarms / max(1, found.negatives) - _ALARMS)


def even_thresholds(reports: Sequence[Report], chances: NDArray[numpy.float64], codes: list[str]) -> dict[str, float]:
    """One chance for all codes, and one for none, where the measure is best; of those nearly as good the highest.

    An offence that is wrongly added weighs more than one that is missed, which a person still may add; and "none" takes
    all of them away, so that it should be sure.
    """
    tried = [
        {**dict.fromkeys(codes, round(code, 2)), NONE: round(none, 2)}
        for code in numpy.arange(0.3, 0.7, 0.05).tolist()
        for none in numpy.arange(0.3, 0.9, 0.05).tolist()
    ]
    worths = [worth(measure(reports, answers(reports, chances, codes, thresholds))) for thresholds in tried]
    near = [one for one, found in zip(tried, worths, strict=True) if found >= max(worths) - _NEARLY]
    return max(near, key=lambda thresholds: (thresholds[codes[0]], thresholds[NONE]))


def _thresholds(reports: Sequence[Report], chances: NDArray[numpy.float64], codes: list[str]) -> dict[str, float]:
    """The even ones; then each code a little up or down."""
    best = even_thresholds(reports, chances, codes)
    for code in codes[:-1]:
        around = [{**best, code: round(best[code] + step, 2)} for step in (0.0, -0.05, 0.05, -0.1, 0.1)]
        best = max(around, key=lambda thresholds: worth(measure(reports, answers(reports, chances, codes, thresholds))))
    return best
