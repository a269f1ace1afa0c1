"""`python -m learning learn [words|reading]`: learns anew from the working narratives; `… measure [PART]`: how well."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from backend.conventions.catalogue import SHIPPED
from backend.conventions.classification import classify
from backend.conventions.classification.wording import load
from learning.measuring import by_code, by_language
from learning.reports import Report, reports

_KEPT = Path(__file__).parent.parent / "var" / "learning" / "vectors.npz"
_WORDING = SHIPPED / "engine" / "wording"


def learn_words() -> None:
    """Learns the weights of words, prints what cross-validation says, and writes them."""
    from learning import learner  # needs the packages of requirements/learn.in, which measuring does not

    told, answers = learner.learn(_KEPT, _WORDING)
    _print(told, answers)


def learn_reading() -> None:
    """Teaches the close reader, prints how good it is on the reports kept apart, and writes it."""
    from learning import close  # likewise

    made = _KEPT.parent / "reader"
    told, answers = close.learn(made)
    _print(told, answers)
    # Whole or not at all: a reader of whom half is new would cut words into pieces that its layers do not know.
    shutil.copytree(made, SHIPPED / "engine" / "reader", dirs_exist_ok=True)


def measured(part: str) -> None:
    """Prints how good `classify` is on the narratives of a part."""
    told = reports(part)
    found = {report.id: classify(report.text, lang=report.language).codes for report in told}
    _print(told, found)


def print_words(mark: str, most: int = 60) -> None:
    """Prints the features that weigh most for a mark."""
    known = load(_WORDING)
    column = known.decision.marks.index(mark)
    names = list(known.rows)
    weights = known.own[1:, column].astype(float) * known.decision.own_scale[column]
    for number in (-weights).argsort()[:most]:
        print(f"{weights[number]:6.2f}  {names[number]}")


def _print(told: Sequence[Report], answers: dict[str, Sequence[str]] | dict[str, list[str]]) -> None:
    for name, row in by_language(told, answers).items():
        print(f"{name:4} {row}")
    for code, (right, wrong, missed) in by_code(told, answers).items():
        print(f"  {code:28} right {right:4}  wrong {wrong:4}  missed {missed:4}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["learn"]:
            learn_words()
            learn_reading()
        case ["learn", "words"]:
            learn_words()
        case ["learn", "reading"]:
            learn_reading()
        case ["measure", *part]:
            measured(part[0] if part else "held-out")
        case ["words", mark]:
            print_words(mark)
        case _:
            sys.exit("usage: python -m learning learn [words|reading] | measure [working|held-out] | words MARK")
