"""The learned wording: adding up as it says, and as good as it was."""

import pytest

from backend.conventions.catalogue import shipped
from backend.conventions.classification.lists import offence_lists
from backend.conventions.classification.reading import clauses
from backend.conventions.classification.wording import features, wording
from backend.conventions.tokens import tokenise
from learning.reports import reports, sentences, unmarked

HELD_OUT = reports("held-out")


def test_every_mark_leads_to_elements_of_the_law_or_to_a_general_matter() -> None:
    law = shipped()
    known = {code: {e.id for row in lists.lists for e in row.elements} for code, lists in offence_lists(law).items()}
    for key, mark in law.marks.items():
        assert bool(mark.shows) != mark.general, key
        for offence, element in (name.split("/") for name in mark.shows):
            assert element in known[offence], f"{key}: {offence} has no element {element}"


@pytest.mark.long
def test_narratives_use_known_marks_and_codes_and_hold_their_indicators() -> None:
    law = shipped()
    for report in (*reports("working"), *reports("apart"), *HELD_OUT):
        assert report.gold | report.also | report.traps <= {*law.offences, "none"}, report.id
        assert not report.gold & report.also, report.id
        assert {passage.mark.removeprefix("-") for passage in report.passages} <= set(law.marks), report.id
    assert {mark.removeprefix("-") for sentence in sentences() for mark in sentence.marks} <= set(law.marks)


def test_marks_are_taken_out_and_their_places_kept() -> None:
    text, passages = unmarked("He {access+obtain|read the mails}. {-loss|No money went}.")
    assert text == "He read the mails. No money went."
    assert [(row.mark, text[row.start : row.end]) for row in passages] == [
        ("access", "read the mails"),
        ("obtain", "read the mails"),
        ("-loss", "No money went"),
    ]


def test_a_clause_takes_its_short_neighbour_in_the_sentence_and_no_other() -> None:
    tokens = tokenise("He came in, sat, and opened the drawer of the desk. She left.")
    cut = [[tokens.words[place].plain for place in range(row.first, row.last)] for row in clauses(tokens)]
    assert cut == [
        ["he", "came", "in", "sat"],
        ["and", "opened", "the", "drawer", "of", "the", "desk"],
        ["she", "left"],
    ]


def test_features_are_words_stems_and_pairs() -> None:
    assert list(features(["opened", "mail"])) == ["opened", "opene*", "mail", "opene mail"]


def test_what_is_read_is_what_was_learned_from() -> None:
    """The rows that the engine adds up for a clause are those of the features by which it was learned."""
    learned = wording(shipped())
    tokens = tokenise("somebody guessed the password")
    rows, _, _ = learned._rows(tokens, clauses(tokens))
    known = {learned.rows[feature] for feature in features(tokens.plain) if feature in learned.rows}
    assert set(rows) == {0} | known
    assert len(known) > len(tokens.plain)


def test_a_passage_that_is_taken_away_speaks_no_longer() -> None:
    """The score of a clause is the sum over its words: without the words that speak for a mark it is lower."""
    learned = wording(shipped())
    column = learned.decision.marks.index("access")
    told = "Somebody guessed the password and opened the mailbox of the director, it was a rainy Monday in the town."
    full = learned.read(tokenise(told)).scores[:, column].max()
    cut = learned.read(tokenise(told.replace("guessed the password and opened the mailbox of the director, ", "")))
    assert cut.scores[:, column].max() < full
