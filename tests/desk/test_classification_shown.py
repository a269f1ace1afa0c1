"""What the incident's page shows of a classification, and of one in a form that is not known."""

import json

import pytest
from django.utils import translation

from backend.conventions.classification import classify
from backend.desk.pages import classification, stored
from backend.desk.templatetags.desk import notice, offence_name
from backend.incidents.models import ClassificationDecision
from tests.desk.test_deciding import page, post, proposed_since
from tests.desk.test_pages import words
from tests.desk.world import World

RESULT = {
    "offences": [
        {
            "code": "illegal-access",
            "label": "Illegal access",
            "score": 0.75,
            "articles": [{"instrument": "budapest", "ref": "Art. 2", "title": "Illegal access", "verified": True}],
            "sections": [{"state": "gd", "ref": "s. 5", "title": "Access", "verified": False, "doubtful": True}],
            "elements": [
                {
                    "id": "access",
                    "text": "Access",
                    "standing": "established",
                    "required": True,
                    "spans": [[0, 8]],
                    "denied_spans": [[9, 12]],
                    "facts": ["somebody-got-in"],
                    "of a later engine": 1,
                }
            ],
            "next_question": {"text": {"en": "Who got in?", "es": "¿Quién entró?"}, "reason": "x"},
            "crosswalk": {"rsit": ["intrusions"], "iccs": [{"code": "0903", "title": "Acts against systems"}]},
        }
    ],
    "warnings": [
        {"code": "a", "text": "A warning on the offence.", "offence": "illegal-access"},
        {"code": "b", "text": "A general warning."},
    ],
    "next_question": {"text": {"en": "What was taken?", "es": None}, "help": {"en": "Ask the owner."}},
}


def test_everything_that_the_engine_says_is_on_the_page(world: World) -> None:
    proposed_since(world, ["illegal-access"], RESULT)
    raw = page(world)
    read = words(raw)
    assert "<mark>Somebody</mark>" in raw
    assert '<mark class="against">got</mark>' in raw
    for said in (
        "Illegal access 75 of 100 shown",
        "A warning on the offence.",
        "A general warning.",
        "Ask next What was taken? Ask the owner.",
        "Ask next: Who got in?",
        "Against: “got”",
        "1 answer of the officer",
        "Budapest Convention, Art. 2: Illegal access verified",
        "Grenada, s. 5: Access not verified number doubtful",
        "RSIT intrusions ICCS 0903 Acts against systems",
    ):
        assert said in read
    assert read.count("A warning on the offence.") == 1


def test_a_question_comes_in_the_language_of_the_page_or_in_english() -> None:
    result = stored.read(RESULT)
    assert result is not None
    with translation.override("es"):
        (offence,) = classification.offences(result, "Somebody got in.")
        assert (offence.question, classification.question(result.next_question)) == (
            classification.ShownQuestion("¿Quién entró?", ""),
            classification.ShownQuestion("What was taken?", "Ask the owner."),
        )


def test_nothing_found_is_said_without_claiming_that_there_is_nothing(world: World) -> None:
    proposed_since(world, [])
    assert "That is not to say that there is none" in words(page(world))
    assert post(world, offences=[]).status_code == 302
    assert ClassificationDecision.objects.get().outcome == "confirmed"


def test_findings_in_a_form_that_is_not_known_show_the_offences_all_the_same(world: World) -> None:
    proposed_since(world, ["illegal-access"], {"offences": "of another shape"})
    read = words(page(world))
    assert "An earlier engine kept its findings in a form that is not shown here any more" in read
    assert "Illegal access" in read


def test_what_an_engine_stored_is_never_markup(world: World) -> None:
    hostile = json.loads(json.dumps(RESULT).replace("Who got in?", "<script>alert(1)</script>"))
    proposed_since(world, ["illegal-access"], hostile)
    assert "<script>" not in page(world)


@pytest.mark.parametrize(
    ("speaks_for", "against", "marked"),
    [
        ([], [], [("abcdef", "")]),
        ([(1, 3)], [], [("a", ""), ("bc", "for"), ("def", "")]),
        ([(1, 3), (2, 4)], [], [("a", ""), ("bcd", "for"), ("ef", "")]),
        ([(1, 3)], [(2, 5)], [("a", ""), ("bc", "for"), ("de", "against"), ("f", "")]),
        ([], [(0, 6)], [("abcdef", "against")]),
        ([(4, 99)], [], [("abcd", ""), ("ef", "for")]),
    ],
)
def test_words_are_marked_for_and_against(
    speaks_for: list[tuple[int, int]], against: list[tuple[int, int]], marked: list[tuple[str, str]]
) -> None:
    element = stored.Element("text", spans=tuple(speaks_for), denied_spans=tuple(against))
    found = stored.Stored((stored.Offence("x", elements=(element,)),))
    cut = classification.pieces(found, "abcdef")
    assert [(piece.text, piece.bearing) for piece in cut] == marked


@pytest.mark.parametrize("language", ["es", "fr", "nl"])
def test_every_notice_of_the_engine_is_said_in_the_language_of_the_page(language: str) -> None:
    told_us = "Somebody hacked into our server. He demands 2 bitcoin or he will publish our files."
    told = [
        *classify(told_us, lang="en", states=["gd", "cr"]).warnings,
        *classify(told_us, lang="en", facts={"entered-without-right": "no"}).warnings,
    ]
    assert {"instrument-lacks-offence", "unverified-reference", "answer-against-narrative"} <= {
        row.code for row in told
    }
    with translation.override(language):
        for row in told:
            shown = notice(stored.Notice(row.text, row.offence))
            assert shown != row.text
            if row.offence and row.code == "instrument-lacks-offence":
                assert offence_name(row.offence) in shown


def test_a_notice_of_a_later_engine_is_shown_as_it_is() -> None:
    with translation.override("es"):
        assert (
            notice(stored.Notice("A later engine's notice, 100%.", "illegal-access"))
            == "A later engine's notice, 100%."
        )


def test_an_element_is_named_in_the_language_of_the_page_beside_the_words_of_the_data() -> None:
    told = stored.Element("Access to the whole or any part of a system", "access-to-system")
    unknown = stored.Element("An element of a later engine", "no-such-element")
    found = stored.Stored((stored.Offence("illegal-access", elements=(told, unknown)),))

    def names(language: str) -> list[str | None]:
        with translation.override(language):
            (offence,) = classification.offences(found, "")
            return [one.name for one in offence.elements]

    assert names("en") == [None, None]
    assert names("es") == ["Acceso logrado a un sistema o a lo que contiene", None]
    assert names("fr") == ["Accès obtenu à un système ou à son contenu", None]
    assert names("nl") == ["Toegang verkregen tot een systeem of de inhoud ervan", None]


@pytest.mark.parametrize("language", ["es", "fr", "nl"])
def test_nearly_every_element_that_the_engine_shows_has_a_name(language: str) -> None:
    answer = classify("Somebody hacked into our server. He demands 2 bitcoin or he will publish our files.", lang="en")
    result = stored.read(answer.to_json())
    assert result is not None
    with translation.override(language):
        shown = [one for offence in classification.offences(result, "x" * 200) for one in offence.elements]
    assert shown
    assert sum(one.name is not None for one in shown) / len(shown) > 0.9
