"""How a phrase of the cue files is read, and where it is found."""

import pytest

from backend.conventions.classification.phrases import Index, parse
from backend.conventions.errors import LawDataError
from backend.conventions.tokens import tokenise


def stands_in(phrase: str, text: str) -> bool:
    return bool(list(Index.of([phrase]).find(tokenise(text))))


@pytest.mark.parametrize(
    ("sentence", "phrase", "text", "found"),
    [
        ("a word is that word", "ransom", "He wanted a ransom.", True),
        ("and not the beginning of another", "ransom", "It was ransomware.", False),
        ("a star is any ending", "ransom*", "It was ransomware.", True),
        ("capitals and accents do not matter", "contrasena", "su CONTRASEÑA", True),
        ("a slash is one or the other", "stole/took money", "They took money.", True),
        ("words stand in their order", "took money", "Money he took.", False),
        ("two points are a gap of up to five words", "took .. money", "He took all of her hard earned money.", True),
        ("and not more", "took .. money", "He took all of the very hard earned and saved money.", False),
        (
            "three points are a longer one",
            "took ... money",
            "He took all of the very hard earned and saved money.",
            True,
        ),
        ("a gap may be empty", "took .. money", "He took money.", True),
        ("a gap ends with the sentence", "took .. money", "He took it. The money was gone.", False),
        ("what stands in brackets may be missing", "without [any] right", "It was done without right.", True),
        ("and may be there", "without [any] right", "It was done without any right.", True),
        ("a number is digits", "<number> files", "There were 1,200 files.", True),
        ("money is a sign or a name", "paid <money>", "She paid $300.", True),
        ("a comma ends no sentence", "took .. money", "He took, as we know, money.", True),
    ],
)
def test_a_phrase(sentence: str, phrase: str, text: str, found: bool) -> None:
    assert stands_in(phrase, text) is found, sentence


@pytest.mark.parametrize("phrase", ["", "..", "took ..", ".. money", "[any] right", "wi[th right"])
def test_a_phrase_that_is_not_well_written_is_refused(phrase: str) -> None:
    assert parse("took .. money")
    with pytest.raises(LawDataError):
        parse(phrase)


def test_places_are_code_points() -> None:
    text = "💥💥 ¡Señor! robó"
    words = tokenise(text).words
    assert [text[word.start : word.end] for word in words] == ["Señor", "robó"]
    assert [word.plain for word in words] == ["senor", "robo"]
