"""Precision and recall on sentences of our own, in four languages, half of them traps (indicator_sentences.yaml)."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.conventions.indicators import extract

SENTENCES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("indicator_sentences.yaml").read_text(encoding="utf-8")
)
LEAST = 0.97


def found_in(sentence: dict[str, Any]) -> set[str]:
    text = sentence.get("text") or sentence["trap"]
    return {f"{found.type} {found.value}" for found in extract(text, region=sentence.get("region"))}


def measured(sentences: list[dict[str, Any]]) -> Counter[str]:
    count: Counter[str] = Counter()
    for sentence in sentences:
        gold, found = set(sentence.get("found", [])), found_in(sentence)
        right = gold & found
        count.update(right=len(right), wrong=len(found - gold - set(sentence.get("may", []))), missed=len(gold - right))
    return count


@pytest.mark.parametrize("lang", ["en", "es", "fr", "nl"])
def test_a_language_reaches_the_goal(lang: str) -> None:
    count = measured(SENTENCES[lang])
    assert count["right"] / (count["right"] + count["wrong"]) >= LEAST, count
    assert count["right"] / (count["right"] + count["missed"]) >= LEAST, count


def test_the_set_is_wide_and_half_of_it_traps() -> None:
    rows = [sentence for sentences in SENTENCES.values() for sentence in sentences]
    assert len(rows) >= 150
    assert sum("trap" in row for row in rows) * 2 >= len(rows) - 4
    kinds = {value.partition(" ")[0] for row in rows for value in row.get("found", [])}
    assert len(kinds) == 16, kinds
