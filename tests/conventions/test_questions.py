"""The next question: the one that tells most, never one that is answered, and contradictions shown as warnings."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from backend.conventions.catalogue import shipped
from backend.conventions.checking import check
from backend.conventions.classification import Classification, classify
from backend.conventions.classification.answer import NextQuestion, Notice
from backend.conventions.classification.bearings import table

HACKED = "The mailbox was hacked."
GROOMED = "A man asked a girl of 13 on Instagram for nude photos and proposed to meet."
TRICKED = "She was deceived by a fake shop page online and paid $300 by card."
SHARED = "Her former partner posted her nude photos on a website without her consent."


def asked(narrative: str, **answers: str) -> NextQuestion | None:
    return classify(narrative, facts=named(answers)).next_question


def named(answers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): answer for name, answer in answers.items()}


def about(answer: Classification, code: str) -> NextQuestion | None:
    return next(row.next_question for row in answer.offences if row.code == code)


def warned(narrative: str, code: str, **answers: str) -> list[Notice]:
    return [row for row in classify(narrative, facts=named(answers)).warnings if row.code == code]


def interview(narrative: str, yes: set[str]) -> list[str]:
    """The questions asked when those in `yes` are answered so and all others no."""
    facts: dict[str, str] = {}
    while (question := classify(narrative, facts=facts).next_question) is not None:
        assert question.fact not in facts, "asked twice"
        facts[question.fact] = "yes" if question.fact in yes else "no"
    return list(facts)


def test_permission_is_asked_first_where_nothing_is_said_of_it() -> None:
    question = asked(HACKED)
    assert question is not None
    assert question.fact == "authorised-or-accident"
    assert [(row.offence, row.elements) for row in question.settles] == [
        ("illegal-access", ("without-right", "intent"))
    ]


def test_a_question_comes_in_the_languages_that_the_data_have() -> None:
    question = asked(HACKED)
    assert question is not None
    row = shipped().facts[question.fact]
    for language in ("en", "es", "fr", "nl"):
        assert question.text.in_language(language) == row.question.in_language(language)
        assert question.help.in_language(language) == row.help[language]


def test_each_offence_found_has_a_question_of_its_own() -> None:
    answer = classify(TRICKED)
    question = about(answer, "computer-fraud")
    assert question is not None
    assert {row.offence for row in question.settles} == {"computer-fraud"}


def test_what_is_answered_is_not_asked_again_and_unknown_is_an_answer() -> None:
    first = asked(HACKED)
    assert first is not None
    for answer in ("yes", "no", "unknown"):
        again = classify(HACKED, facts={first.fact: answer})
        asked_then = [again.next_question, *(row.next_question for row in again.offences)]
        assert first.fact not in {question.fact for question in asked_then if question}


@pytest.mark.parametrize(
    ("sentence", "narrative", "left_out"),
    [
        ("that a computer was used", HACKED, "computer-used"),
        ("that somebody got in", HACKED, "entered-without-right"),
        (
            "that there was a demand",
            "A note demands 2 bitcoin or the data will be published. The files were encrypted.",
            "demand-made",
        ),
    ],
)
def test_what_the_narrative_plainly_says_is_not_asked(sentence: str, narrative: str, left_out: str) -> None:
    assert classify(narrative).codes
    assert left_out not in interview(narrative, set()), sentence


def test_no_money_lost_is_not_asked_again() -> None:
    assert "property-lost" in interview(HACKED, set())
    assert "property-lost" not in interview(HACKED + " She never paid the $300 that they asked for.", set())


def test_an_interview_without_a_narrative_begins_with_the_gates() -> None:
    assert interview("", set()) == ["computer-used"]
    with_computer = interview("", {"computer-used"})
    assert with_computer[0] == "computer-used"
    assert {"authorised-or-accident", "property-lost", "demand-made"} <= set(with_computer)
    assert len(with_computer) <= 12


def test_an_interview_ends_where_no_answer_would_change_anything() -> None:
    assert len(interview(GROOMED, {"person-under-18", "sexual-contact-with-child"})) <= 12
    assert len(interview(HACKED, {"entered-without-right"})) <= 12


def test_a_question_leads_to_an_offence_of_which_the_narrative_says_nothing() -> None:
    assert "data-espionage" not in classify(HACKED).codes
    assert "data-copied" in interview(HACKED, {"entered-without-right"})


def test_the_conditions_of_a_question_are_kept() -> None:
    """A child cannot agree, so nobody asks whether it did; and what was permitted is not asked through to the end."""
    assert "shown-person-agreed" not in interview(SHARED, {"person-under-18", "sexual-image"})
    unless = {
        fact.id
        for fact in shipped().facts.values()
        if any((row.fact, row.answer) == ("authorised-or-accident", "yes") for row in fact.ask_when.unless)
    }
    after = interview(HACKED, {"authorised-or-accident"})
    assert not unless & set(after[after.index("authorised-or-accident") + 1 :])


def test_consent_silences_no_question_about_a_child() -> None:
    question = asked("A sexual video of a child was found on a phone.", authorised_or_accident="yes")
    assert question is not None
    assert "csam" in {row.offence for row in question.settles}


def test_every_question_can_be_asked_of_something() -> None:
    """No question of the data is dead: some offence has an element on which it bears."""
    known = table(shipped())
    assert all(any(True for _ in known.offences_of(name)) for name in shipped().facts)
    assert known.gate == "computer-used"


# ── contradictions


def test_two_answers_that_cannot_both_hold_are_shown() -> None:
    assert warned("", "answers-contradict", property_lost="yes", loss_by_manipulation="yes") == []
    (found,) = warned("", "answers-contradict", property_lost="no", loss_by_manipulation="yes")
    assert found.facts == ("property-lost", "loss-by-manipulation")
    assert "a loss has a cause only where there is a loss" in found.text


def test_answers_that_establish_and_contradict_the_same_element_are_shown() -> None:
    (found,) = warned("", "answers-contradict", computer_used="no", entered_without_right="yes")
    assert found.facts == ("computer-used", "entered-without-right")


def test_an_answer_against_the_narrative_is_shown_with_the_words() -> None:
    assert warned(HACKED, "answer-against-narrative", entered_without_right="yes") == []
    (found,) = warned(HACKED, "answer-against-narrative", entered_without_right="no")
    assert found.facts == ("entered-without-right",)
    assert any("hacked" in HACKED[start:end] for start, end in found.spans)
    assert "hacked" not in found.text


def test_no_permission_against_words_of_permission_is_shown() -> None:
    narrative = "The firm got into the server with the owner's consent."
    (found,) = warned(narrative, "answer-against-narrative", authorised_or_accident="no")
    assert any("consent" in narrative[start:end] for start, end in found.spans)
    assert warned(narrative, "answer-against-narrative", authorised_or_accident="yes") == []


def test_that_a_person_is_a_child_does_not_contradict_an_intimate_image() -> None:
    assert warned(SHARED, "answer-against-narrative", person_under_18="yes") == []


def test_consent_that_the_narrative_denies_is_shown() -> None:
    (found,) = warned(SHARED, "answer-against-narrative", shown_person_agreed="yes")
    assert any("without her consent" in SHARED[start:end] for start, end in found.spans)


def test_unknown_contradicts_nothing() -> None:
    facts = dict.fromkeys(shipped().facts, "unknown")
    codes = {row.code for row in classify(HACKED, facts=facts).warnings}
    assert not codes & {"answers-contradict", "answer-against-narrative"}


def test_every_answer_at_once_gives_an_answer() -> None:
    """Contradictions between thirty answers are many warnings and no error."""
    for answer in ("yes", "no"):
        classify(HACKED, facts=dict.fromkeys(shipped().facts, answer))


@pytest.mark.long
def test_a_question_that_is_none_among_answers_that_clash_fails_the_check(
    change: Callable[[str, str, str], Path],
) -> None:
    folder = change("facts.yaml", "answer: {fact: property-lost, is", "answer: {fact: property-found, is")
    (fault,) = check(folder, on=date(2026, 11, 24)).faults
    assert (fault.file, fault.path, fault.text) == ("facts.yaml", "cannot_both", "no fact 'property-found'")
