"""The loader: what it refuses, and that its errors lead to the place."""

from pathlib import Path

import pytest

from backend.conventions.errors import LawDataError
from backend.conventions.loading import read
from backend.conventions.schema.engine import LetterTemplates

GOOD = "version: 1\nas_of: '2026-11-24'\nby_measure:\n  preservation: tcy-29\n"


def load(tmp_path: Path, text: str) -> LetterTemplates:
    path = tmp_path / "templates.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path, LetterTemplates)


def test_a_good_file_becomes_a_frozen_struct(tmp_path: Path) -> None:
    content = load(tmp_path, GOOD)
    assert content.by_measure == {"preservation": "tcy-29"}
    with pytest.raises(AttributeError):
        content.version = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("fault", "old", "new", "path", "problem"),
    [
        ("a key that stands twice", "version: 1", "version: 1\nversion: 2", "line 2", "stands twice"),
        ("a key that nobody declared", "version: 1", "version: 1\nverison: 1", "", "unknown field `verison`"),
        ("a key that is missing", "version: 1\n", "", "", "missing required field `version`"),
        ("a value of another kind", "version: 1", "version: one", "version", "Expected `int`"),
        ("a day that no calendar has", "2026-11-24", "2026-02-30", "as_of", "Invalid RFC3339"),
        ("a day without quotation marks", "'2026-11-24'", "2026-11-24", "", ""),
        ("an id with a capital", "tcy-29", "TCY-29", "by_measure[...]", "matching regex"),
        ("text that is no YAML", "by_measure:", "by_measure: [", "line", "not readable as YAML"),
    ],
)
def test_a_fault_is_refused_with_its_place(
    tmp_path: Path, fault: str, old: str, new: str, path: str, problem: str
) -> None:
    assert load(tmp_path, GOOD)
    if not problem:
        # Quoted or not, a day is a day.
        assert load(tmp_path, GOOD.replace(old, new)) == load(tmp_path, GOOD)
        return
    with pytest.raises(LawDataError) as refused:
        load(tmp_path, GOOD.replace(old, new))
    assert refused.value.file == f"{tmp_path.name}/templates.yaml", fault
    assert path in refused.value.path
    assert problem in refused.value.problem


def test_a_file_that_is_not_there_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(LawDataError, match="cannot be opened"):
        read(tmp_path / "gone.yaml", LetterTemplates)
