"""What a sentence more, or a word less, does to a classification."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backend.conventions.catalogue import shipped
from backend.conventions.classification import SHORT, Classification, Standing, classify
from backend.conventions.classification.wording import wording
from backend.conventions.tokens import tokenise
from tests.conventions.narratives import IRRELEVANT, NARRATIVES, classified, found_reports

STRENGTH = {Standing.CONTRADICTED: 0, Standing.OPEN: 1, Standing.INDICATED: 2, Standing.ESTABLISHED: 3}


def standings(answer: Classification) -> dict[tuple[str, str], Standing]:
    return {(offence.code, row.id): row.standing for offence in answer.offences for row in offence.elements}


@settings(max_examples=60)
@given(
    st.deferred(lambda: st.sampled_from(found_reports())), st.lists(st.sampled_from(IRRELEVANT), min_size=1, max_size=4)
)
def test_a_further_sentence_changes_no_passage_of_the_others(narrative: str, more: list[str]) -> None:
    """Exactly: what a clause says of an element depends on its own sentence alone."""
    learned = wording(shipped())
    before = learned.read(tokenise(narrative)).scores
    after = learned.read(tokenise(" ".join([narrative, *more]))).scores
    assert (abs(before - after[: len(before)]) < 1e-3).all()


@pytest.mark.parametrize("sentence", IRRELEVANT[:2])
def test_an_irrelevant_sentence_removes_no_offence_from_a_statement(sentence: str) -> None:
    for narrative in NARRATIVES:
        told = f"{narrative} {sentence}"
        if len(tokenise(told).plain) < SHORT:
            assert set(classified(narrative).codes) <= set(classify(told).codes)


@pytest.mark.long
def test_an_irrelevant_sentence_hardly_ever_removes_an_offence_from_a_report() -> None:
    """What speaks against an offence has nearly to be shown: only a sentence that is misread can take one away."""
    told = [(narrative, f"{narrative} {sentence}") for narrative in found_reports() for sentence in IRRELEVANT]
    lost = [
        narrative for narrative, longer in told if not set(classified(narrative).codes) <= set(classify(longer).codes)
    ]
    assert len(lost) <= 0.03 * len(told), f"{len(lost)} of {len(told)}"


def test_each_irrelevant_sentence_alone_is_no_offence() -> None:
    assert {sentence: classify(sentence).codes for sentence in IRRELEVANT} == dict.fromkeys(IRRELEVANT, ())


@pytest.mark.parametrize("narrative", NARRATIVES)
def test_removing_the_words_that_establish_an_element_weakens_it(narrative: str) -> None:
    whole = classified(narrative)
    established = [
        (offence.code, element)
        for offence in whole.offences
        for element in offence.elements
        if element.standing is Standing.ESTABLISHED and element.spans
    ]
    assert established, "nothing is established: take another narrative"
    for code, element in established:
        left = standings(classify(without(narrative, element.spans))).get((code, element.id), Standing.OPEN)
        assert STRENGTH[left] < STRENGTH[Standing.ESTABLISHED], (code, element.id)


@settings(max_examples=80)
@given(st.data())
def test_removing_any_word_that_speaks_for_an_element_never_makes_it_stronger(data: st.DataObject) -> None:
    narrative = data.draw(st.sampled_from(NARRATIVES))
    whole = classified(narrative)
    rows = [(o.code, e, span) for o in whole.offences for e in o.elements for span in e.spans]
    assume(rows)
    code, element, span = data.draw(st.sampled_from(rows))
    left = standings(classify(without(narrative, (span,)))).get((code, element.id), Standing.OPEN)
    assert STRENGTH[left] <= STRENGTH[element.standing]


def without(narrative: str, spans: tuple[tuple[int, int], ...]) -> str:
    """The narrative with the words of the spans left out, and all else in its place."""
    characters = list(narrative)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)
