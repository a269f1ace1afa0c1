"""Narratives of about 200 words, put together from fictional sentences; the same ones in every run."""

import json
import random
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "narratives.json"
_WORDS = 200


def narratives(count: int) -> list[str]:
    """That many narratives, English and Spanish in turn; each has indicators of its own."""
    languages = sorted(_sentences())
    return [_narrative(_sentences()[languages[n % len(languages)]], n) for n in range(count)]


def _narrative(sentences: list[str], number: int) -> str:
    order = random.Random(number).sample(sentences, len(sentences))  # noqa: S311  (no secret: the same in every run)
    told: list[str] = []
    while sum(len(sentence.split()) for sentence in told) < _WORDS and order:
        told.append(order.pop().replace("{a}", str(number // 250 % 250)).replace("{b}", str(number % 250 + 1)))
    return " ".join(told)


@cache
def _sentences() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(_DATA.read_text())
    return found
