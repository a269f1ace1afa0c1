"""Time taken by the work and by its baseline, in turn, so that a busy machine slows both alike; the median counts."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

Work = Callable[[], object]


class BenchmarkFailed(Exception):
    """What was measured did not do what it should; the sentence says what."""


@dataclass(frozen=True)
class Result:
    """Medians of the work and of its baseline, both in `unit`."""

    value: float
    unit: str
    baseline: float

    @property
    def ratio(self) -> float:
        """The value by the baseline: of a rate ("…/s") more is better, of a time ("ms") less."""
        return self.value / self.baseline

    def to_json(self) -> Mapping[str, float | str]:
        """The result as `comity bench --json` gives it, to four significant digits."""
        numbers = {"value": self.value, "baseline": self.baseline, "ratio": self.ratio}
        return {"unit": self.unit} | {name: float(f"{number:.4g}") for name, number in numbers.items()}


def rates(unit: str, amount: float, work: Work, baseline: Work, *, rounds: int) -> Result:
    """How much of `amount` each does in a second."""
    taken, plainly = _in_turn(work, baseline, rounds)
    return Result(amount / taken, unit, amount / plainly)


def milliseconds(times: int, work: Work, baseline: Work, *, rounds: int) -> Result:
    """How long each takes once, where it does the same `times` times."""
    taken, plainly = _in_turn(work, baseline, rounds)
    return Result(1000 * taken / times, "ms", 1000 * plainly / times)


def repeated(times: int, work: Work) -> Work:
    """The work, `times` times."""

    def run() -> None:
        for _ in range(times):
            work()

    return run


def _in_turn(work: Work, baseline: Work, rounds: int) -> tuple[float, float]:
    taken, plainly = [], []
    for _ in range(rounds):
        taken.append(_seconds(work))
        plainly.append(_seconds(baseline))
    return median(taken), median(plainly)


def _seconds(work: Work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
