"""The order of the law data, and of the answers, changes nothing of a classification."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.conventions.catalogue import SHIPPED, Catalogue
from backend.conventions.classification import Classification, classify
from tests.conventions.narratives import NARRATIVES, answers, classified

_TURNED = {"instruments", "cues"}


@pytest.fixture(scope="module")
def reversed_law(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """A copy of the data whose files were made in the opposite order and hold their rows in the opposite order.

    `facts.yaml` keeps its own: it is the order to ask. So do the elements inside an article, which is how it is read.
    """
    folder = tmp_path_factory.mktemp("law") / "data"
    for path in sorted(SHIPPED.rglob("*.yaml"), reverse=True):
        copy = folder / path.relative_to(SHIPPED)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.name in {"offences.yaml", "concepts.yaml", "classification.yaml"} or path.parent.name in _TURNED:
            content = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
            turned = yaml.dump(_turned(content), Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
            copy.write_text(turned, encoding="utf-8")
        else:
            shutil.copy(path, copy)
    for path in SHIPPED.rglob("*"):
        if path.is_file() and path.suffix != ".yaml":
            (folder / path.relative_to(SHIPPED)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / path.relative_to(SHIPPED))
    return Catalogue(Path(folder))


def _turned(content: dict[str, Any]) -> dict[str, Any]:
    """Keys in the opposite order, and the rows of the lists at the top too; what stands inside a row is left."""
    return {
        key: _keys_turned(value) if isinstance(value, dict) else value[::-1] if isinstance(value, list) else value
        for key, value in reversed(content.items())
    }


def _keys_turned(rows: dict[str, Any]) -> dict[str, Any]:
    return {key: _keys_turned(row) if isinstance(row, dict) else row for key, row in reversed(rows.items())}


@pytest.mark.long
@pytest.mark.parametrize("narrative", NARRATIVES)
def test_the_order_of_the_data_changes_nothing(reversed_law: Catalogue, narrative: str) -> None:
    whole, turned = classified(narrative), classify(narrative, catalogue=reversed_law)
    assert whole.offences
    assert _by_code(whole) == _by_code(turned)
    assert set(whole.languages) == set(turned.languages)
    assert whole.next_question == turned.next_question or _question_of(whole) == _question_of(turned)


def _by_code(answer: Classification) -> dict[str, tuple[object, ...]]:
    return {
        offence.code: (
            offence.score,
            sorted((article.instrument, article.ref) for article in offence.articles),
            sorted((row.id, row.standing, tuple(sorted(row.spans)), row.denied_spans) for row in offence.elements),
            offence.next_question.fact if offence.next_question else None,
        )
        for offence in answer.offences
    }


def _question_of(answer: Classification) -> str | None:
    return answer.next_question.fact if answer.next_question else None


@settings(max_examples=40)
@given(st.sampled_from(NARRATIVES), answers, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_changes_nothing(narrative: str, given_answers: dict[str, str], random: Any) -> None:
    names = list(given_answers)
    random.shuffle(names)
    one = classify(narrative, facts=given_answers)
    two = classify(narrative, facts={name: given_answers[name] for name in names})
    assert (one.codes, one.warnings, one.next_question) == (two.codes, two.warnings, two.next_question)
