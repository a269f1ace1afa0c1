"""The close reader: made from the narratives that are here, reading all of a report, and as good as it was."""

import itertools

import numpy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.conventions.catalogue import shipped
from backend.conventions.classification import classify
from backend.conventions.classification.reader import LONGEST, PART, WINDOW, Pieces, reader, windows
from backend.conventions.classification.reading import clauses
from backend.conventions.tokens import tokenise
from learning.measuring import measure
from learning.reports import digest, reports

# Every sixth: all of them take minutes; `python -m learning measure` reads them all.
HELD_OUT = reports("held-out")[::6]
TOLD = (
    "On Friday the former bookkeeper guessed the password of the director and read his mailbox for two weeks. He "
    "forwarded the offers to a competitor. Nothing was deleted, and no money is missing. The director had not allowed "
    "anybody to read his mail."
)


def pieces_of(text: str) -> Pieces:
    tokens = tokenise(text)
    return reader(shipped()).pieces(text, tokens, clauses(tokens))


def test_it_was_made_from_the_narratives_that_are_here() -> None:
    assert reader(shipped()).decision.made_from == digest(), "run `make learn`"


def test_the_pieces_of_a_narrative_are_its_characters_in_order() -> None:
    found = pieces_of(TOLD)
    assert "".join(TOLD[first:last] for first, last in zip(found.starts, found.ends, strict=True)) == "".join(
        TOLD.split()
    )
    assert (numpy.diff(found.clause[found.clause >= 0]) >= 0).all()


@pytest.mark.long
@settings(max_examples=60)
@given(st.text(st.characters(), max_size=60))
@example("\ud800 half of a pair")
@example("▁ ▁▁▁ the model's own sign for a space")
@example("<s> </s> <unk> \x00")
@example("ℌⅷ ﬁ №5 ｆｕｌｌ ﷺ")
@example("مرحبا 你好 🌞 \u200b \u202e \u3164 \ufeff")
@example("x" * 3000)
def test_whatever_is_written_is_cut_into_pieces_inside_it(text: str) -> None:
    told = f"Somebody wrote {text} on it."
    found = pieces_of(told)
    assert len(found.rows) == len(found.starts) == len(found.ends) == len(found.clause)
    assert (found.starts[0], found.rows[-1]) == (0, reader(shipped()).numbers["."])
    reading = reader(shipped()).read(told, tokenise(told))
    assert reading is not None
    assert numpy.isfinite(reading.scores).all()


@pytest.mark.parametrize(("count", "clause"), [(10, 4), (WINDOW, 30), (WINDOW + 1, 30), (1999, 30), (1999, 700)])
def test_windows_hold_every_piece_overlap_and_end_between_clauses(count: int, clause: int) -> None:
    places = numpy.arange(count) // clause
    cut = windows(places)
    assert {number for first, last in cut for number in range(first, last)} == set(range(count))
    assert all(0 < last - first <= max(PART, count if count <= WINDOW else 0) for first, last in cut)
    assert all(second[0] <= first[1] and first[0] < second[0] for first, second in itertools.pairwise(cut))
    if clause < PART // 2:
        assert all(places[last] != places[last - 1] for _, last in cut[:-1])


def test_what_an_officer_writes_around_it_hides_no_offence() -> None:
    around = (
        "We took his statement at the station, where he came with his wife. The shop opens at nine and has three "
        "employees. It stands beside the church. A photograph of the street was added to the file."
    )
    for many in (1, 4, 12):
        more = " ".join([around] * many)
        found = classify(f"{more} {TOLD} {more}")
        assert "illegal-access" in found.codes, many
    assert "read-by-words" not in {row.code for row in found.warnings}


def test_what_is_too_long_to_be_read_closely_is_judged_by_its_words_and_says_so() -> None:
    told = f"{TOLD} " * (LONGEST // 40)
    assert reader(shipped()).read(told, tokenise(told)) is None
    found = classify(told)
    assert "illegal-access" in found.codes
    assert "read-by-words" in {row.code for row in found.warnings}


def test_a_passage_that_is_taken_away_speaks_no_longer() -> None:
    column = reader(shipped()).decision.marks.index("access")

    def most(text: str) -> float:
        reading = reader(shipped()).read(text, tokenise(text))
        assert reading is not None
        return float(reading.scores[:, column].max())

    assert most(TOLD.replace("guessed the password of the director and read his mailbox", "worked")) < most(TOLD)


def test_the_passages_shown_are_words_of_the_report() -> None:
    found = {
        TOLD[first:last]
        for offence in classify(TOLD).offences
        for element in offence.elements
        for first, last in element.spans
    }
    assert any("guessed the password" in passage for passage in found)
    assert not any("no money" in passage for passage in found)


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "least"), [("en", 0.82), ("es", 0.82), ("fr", 0.78), ("nl", 0.84)], ids=["en", "es", "fr", "nl"]
)
def test_it_is_as_good_on_the_narratives_held_out_as_it_was(language: str, least: float) -> None:
    told = [report for report in HELD_OUT if report.language == language]
    found = measure(told, {report.id: classify(report.text).codes for report in told})
    assert found.f1 >= least, str(found)
    assert found.alarms <= 0.1 * found.negatives, str(found)


@pytest.mark.long
def test_every_offence_found_shows_words_for_an_element() -> None:
    """Nothing is proposed on a mood: at least one element of each offence has its passage."""
    silent = [
        (report.id, offence.code)
        for report in HELD_OUT[::9]
        for offence in classify(report.text).offences
        if not any(element.spans for element in offence.elements)
    ]
    assert silent == []
