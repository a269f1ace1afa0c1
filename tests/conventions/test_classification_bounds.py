"""Long and hostile narratives: in time that grows with their length, and said where something is left out."""

import time
from collections.abc import Callable

import pytest

from backend.conventions.classification import MAX_INDICATORS, classify
from backend.conventions.classification.evidence import MAX_PASSAGES

SIZE = 20_000
FLOODS = {
    "words that speak for an offence": "hacked the account and took the money, ",
    "denials": "nobody hacked anything without permission ",
    "one word": "took ",
    "new words": "",
    "addresses": "name1@example.org http://a.example/b 198.51.100.7 ",
    "dates": "12:30 2026-01-02 198.51.100.7 ",
    "names": "x_1 @ab_c u/abc ",
    "disguises": "[.] a dot com hxxp ",
    "marks": "a: .\n",
    "accents": "àéî ’ ",
    "turned writing": "\u202eمرحبا ",
    "nothing to see": "\u200b",
    "one letter": "é",
}


def text_of(name: str, size: int) -> str:
    if name == "new words":
        return " ".join(f"q{number:x}w" for number in range(size // 7))
    return (FLOODS[name] * (size // len(FLOODS[name]) + 1))[:size]


def seconds(work: Callable[[], object]) -> float:
    """Of the processor."""
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.long
@pytest.mark.parametrize("name", FLOODS)
def test_the_time_grows_with_the_length_and_not_its_square(name: str) -> None:
    short, long = text_of(name, SIZE), text_of(name, 4 * SIZE)
    classify(short)
    once = fourfold = float("inf")
    # The least of three, and of more where others slow the machine: the least is what the work itself takes.
    for rounds in range(15):
        once, fourfold = min(once, seconds(lambda: classify(short))), min(fourfold, seconds(lambda: classify(long)))
        # Four times as long may take eight times as long, where the square would be sixteen; a hundredth is no time.
        bound = 8 * once + 0.02
        if rounds >= 2 and fourfold < bound:
            break
    assert fourfold < bound


def test_passages_left_out_are_told() -> None:
    once = "Somebody hacked the account without permission. "
    assert "passages-left-out" not in {row.code for row in classify(once).warnings}
    answer = classify(once * (MAX_PASSAGES + 1))
    assert "passages-left-out" in {row.code for row in answer.warnings}
    assert all(len(element.spans) <= 5 * MAX_PASSAGES for row in answer.offences for element in row.elements)


def test_indicators_left_out_are_told() -> None:
    assert "indicators-left-out" not in {row.code for row in classify("It came from 198.51.100.7.").warnings}
    answer = classify("@ab_c " * (MAX_INDICATORS + 1))
    assert len(answer.indicators) == MAX_INDICATORS
    assert "indicators-left-out" in {row.code for row in answer.warnings}


def test_that_no_computer_was_used_shows_no_offence_that_needs_one() -> None:
    demanded = {"demand-made": "yes"}
    assert "cyber-extortion" in classify("He came by.", facts=demanded).codes
    assert "cyber-extortion" not in classify("He came by.", facts=demanded | {"computer-used": "no"}).codes
