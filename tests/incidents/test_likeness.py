"""When two incidents may be reports of one thing: the rule as a table, a sentence a row."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from backend.incidents.likeness import LONGEST, Sign, Traits, signs, suggests, traits_of, words_of

TOLD = (
    "On 23 November somebody took over the mailbox of our bookkeeper and sent a forged invoice from it, "
    "and the bank paid the sum to an account abroad before anybody called."
)
RETOLD = (
    "Somebody took over the mailbox of our bookkeeper and sent a forged invoice from it. We only heard of it when the "
    "supplier asked for the money a week later."
)
OTHER = "A caller pretended to be from the tax office and asked the victim to buy gift cards and to read the codes out."
DAY = date(2026, 11, 23)


def traits(narrative: str = TOLD, **changes: Any) -> Traits:
    """A report with a loss, a day, a victim and three indicators."""
    told: dict[str, Any] = {
        "losses": [("184000.00", "USD")],
        "day": DAY,
        "victims": ["Harbour Lantern Supplies Ltd"],
        "indicators": 3,
    } | changes
    return traits_of(
        narrative,
        [SimpleNamespace(amount=amount, currency=currency) for amount, currency in told["losses"]],
        told["day"],
        [SimpleNamespace(name=name) for name in told["victims"]],
        indicators=told["indicators"],
    )


NOTHING: dict[str, Any] = {"losses": [], "day": None, "victims": []}
ROWS: dict[str, tuple[Traits, int, set[Sign], bool]] = {
    "the same report again": (
        traits(), 3, {Sign.SAME_NARRATIVE, Sign.SAME_INDICATORS, Sign.SAME_LOSS, Sign.SAME_DAY}, True
    ),
    "the same words in capitals, without accents or points, and nothing else": (
        traits(TOLD.upper().replace(",", "\n\n"), **NOTHING, indicators=0), 0, {Sign.SAME_NARRATIVE}, True
    ),
    "the same told in other words, with the same accounts": (
        traits(RETOLD, day=None, losses=[]), 3, {Sign.LIKE_NARRATIVE, Sign.SAME_INDICATORS}, True
    ),
    "the same told in other words, and nothing else in common": (
        traits(RETOLD, **NOTHING), 0, {Sign.LIKE_NARRATIVE}, False
    ),
    "something else with the same accounts": (traits(OTHER, **NOTHING), 3, {Sign.SAME_INDICATORS}, False),
    "something else with the same accounts on the same day": (
        traits(OTHER, losses=[]), 2, {Sign.SAME_INDICATORS, Sign.SAME_DAY}, True
    ),
    "something else with one of three accounts on the same day": (
        traits(OTHER, losses=[]), 1, {Sign.SAME_DAY}, False
    ),
    "something else with the only account that it names, on the same day": (
        traits(OTHER, losses=[], indicators=1), 1, {Sign.SAME_DAY}, False
    ),
    "the same told in other words on the same day, with the only account that it names": (
        traits(RETOLD, losses=[], indicators=1), 1, {Sign.LIKE_NARRATIVE, Sign.SAME_DAY}, True
    ),
    "the same sum on the same day": (traits(OTHER), 1, {Sign.SAME_LOSS, Sign.SAME_DAY}, False),
    "the same sum written otherwise": (
        traits(OTHER, losses=[("184000", "USD")], day=None), 0, {Sign.SAME_LOSS}, False
    ),
    "the same sum in another currency": (traits(OTHER, losses=[("184000.00", "XCD")], day=None), 0, set(), False),
    "the same letter sent to somebody else": (
        traits(victims=["Testperson Exampleton"]), 3,
        {Sign.SAME_NARRATIVE, Sign.SAME_INDICATORS, Sign.SAME_LOSS, Sign.SAME_DAY}, False,
    ),
    "the same victim with a title and initials": (
        traits(victims=["HARBOUR-LANTERN Supplies"]), 3,
        {Sign.SAME_NARRATIVE, Sign.SAME_INDICATORS, Sign.SAME_LOSS, Sign.SAME_DAY}, True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", list(ROWS))
def test_a_report_is_likened_to_another(row: str) -> None:
    other, shared, expected, asks = ROWS[row]
    for one, two in ((traits(), other), (other, traits())):
        found = signs(one, two, shared=shared)
        assert set(found) == expected
        assert suggests(found, one, two) is asks


def test_few_words_say_nothing() -> None:
    short = traits("See the attached complaint.", **NOTHING)
    assert signs(short, short, shared=0) == ()


def test_a_long_narrative_is_compared_by_its_beginning() -> None:
    assert words_of("word " * LONGEST) == words_of("word " * (LONGEST + 1000))
