"""Bad input is refused; whatever is written, the check answers, and less never makes a letter better."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.conventions.errors import BadQuestion, UnknownName
from backend.conventions.refusal_risks import check
from tests.conventions.refusal_drafts import BLOCK, GOOD, MET, TEXTS, ask, charge, en, put


def test_an_answer_about_another_measure_is_refused() -> None:
    with pytest.raises(BadQuestion, match="the answer is about 'preservation'"):
        check(GOOD, ask(measure="preservation"))


def test_a_letter_field_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownName, match="letter field 'weather'"):
        check(put(GOOD, weather="fine"), ask())


def test_an_offence_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownName, match="offence 'rudeness'"):
        check(charge(GOOD, code="rudeness"), ask())


@pytest.mark.parametrize(
    "changes", [{"languages": ()}, {"measures": ()}, {"texts": {"facts-summary": ({"en": "x" * 1_048_577},)}}]
)
def test_what_no_letter_is_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadQuestion):
        replace(GOOD, **changes)


@settings(max_examples=40)
@given(st.text(max_size=400), st.sampled_from(sorted(TEXTS)))
def test_whatever_is_written_the_check_answers_and_its_places_hold(text: str, field: str) -> None:
    draft = replace(GOOD, texts=dict(TEXTS) | {field: en(text)})
    for finding in check(draft, ask(), assessments=MET):
        assert finding.text or finding.to_look
        for one in finding.found:
            told = {place: words for place, _, words in draft.words(one.field)}
            assert told[one.place][one.start : one.end] == one.words


@settings(max_examples=40)
@given(st.sets(st.sampled_from(sorted(TEXTS))), st.sets(st.sampled_from(sorted(TEXTS)), min_size=1))
@example(set(), {"purpose"})
@example({"link-to-offence", "necessity"}, {"purpose"})
def test_an_emptied_field_never_makes_the_letter_better(emptied: set[str], more: set[str]) -> None:
    def blocks(gone: set[str]) -> set[str]:
        bare = replace(GOOD, texts={name: text for name, text in TEXTS.items() if name not in gone})
        return {one.rule for one in check(bare, ask(), assessments=MET) if one.severity is BLOCK}

    before = blocks(emptied)
    # The good letter has no block of its own: what is to stay must be there.
    assert before or not emptied & {"link-to-offence", "necessity"}
    assert before <= blocks(emptied | more)
