"""What docs/law.md says can be typed, can be typed."""

import re
from pathlib import Path

from backend.conventions.classification.phrases import parse

PAGE = (Path(__file__).parents[2] / "docs" / "law.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_for_programmers_gives_what_its_remarks_say() -> None:
    (example,) = blocks("python")
    names: dict[str, object] = {}
    exec(example, names)  # noqa: S102  our own page
    found, answer = names["found"], names["answer"]
    assert found.codes == ("illegal-access",)  # type: ignore[attr-defined]
    assert answer.best.measure_ref.ref == "Art. 29"  # type: ignore[attr-defined]


def test_the_cues_of_the_example_can_be_read() -> None:
    (example,) = blocks("yaml")
    phrases = re.findall(r'cue: "([^"]+)"', example)
    assert len(phrases) == 2
    assert all(parse(phrase) for phrase in phrases)


def test_every_file_that_the_page_names_is_there() -> None:
    data = Path(__file__).parents[2] / "backend" / "conventions" / "data"
    for name in set(re.findall(r"`((?:engine/|instruments/|data/)?[a-z/-]+\.(?:yaml|md))`", PAGE)):
        assert (data / name.removeprefix("data/")).exists(), name
