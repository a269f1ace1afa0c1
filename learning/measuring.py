"""How good answers are: micro-averages of offence codes, where a code that one may add is neither right nor wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from learning.reports import NONE, Report


@dataclass(frozen=True, slots=True)
class Measure:
    """Precision, recall and their harmonic mean; `alarms` of `negatives` were offences found where there is none."""

    reports: int
    precision: float
    recall: float
    alarms: int
    negatives: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        whole = self.precision + self.recall
        return 2 * self.precision * self.recall / whole if whole else 0.0

    def __str__(self) -> str:
        return (
            f"{self.reports:5} reports  P {self.precision:.3f}  R {self.recall:.3f}  F1 {self.f1:.3f}  "
            f"false alarms {self.alarms}/{self.negatives}"
        )


def measure(reports: Sequence[Report], answers: Mapping[str, Iterable[str]]) -> Measure:
    """The measure of `answers`, codes by the id of the report. "No offence" counts as a code of its own."""
    right = wrong = missed = alarms = negatives = 0
    for report in reports:
        answered = set(answers[report.id])
        gold = set(report.gold) or {NONE}
        told = (answered - report.also) or ({NONE} if not answered or gold == {NONE} else set())
        right += len(told & gold)
        wrong += len(told - gold)
        missed += len(gold - told)
        negatives += gold == {NONE}
        alarms += gold == {NONE} and bool(told - {NONE})
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / (right + missed) if right + missed else 0.0
    return Measure(len(reports), precision, recall, alarms, negatives)


def by_language(reports: Sequence[Report], answers: Mapping[str, Iterable[str]]) -> dict[str, Measure]:
    """The measure of all reports, and of those of each language."""
    found = {"all": measure(reports, answers)}
    for language in sorted({report.language for report in reports}):
        found[language] = measure([report for report in reports if report.language == language], answers)
    return found


def by_code(reports: Sequence[Report], answers: Mapping[str, Iterable[str]]) -> dict[str, tuple[int, int, int]]:
    """For every code how often it was right, wrong and missed; neutral answers are left out."""
    found: dict[str, list[int]] = {}
    for report in reports:
        told = set(answers[report.id]) - report.also
        for code in told | report.gold:
            row = found.setdefault(code, [0, 0, 0])
            row[0 if code in told and code in report.gold else 1 if code in told else 2] += 1
    return {code: (row[0], row[1], row[2]) for code, row in sorted(found.items())}
