"""How a classification is printed for people: the marks in the narrative, and nothing in it that could imitate one."""

import click
import pytest

from backend.cli.explaining import Marks, explain, visible
from backend.conventions.classification import Classification, ElementStanding, OffenceFound, Standing

NARRATIVE = "Someone hacked my mailbox on Monday."
HACKED, MAILBOX = (8, 14), (18, 25)


def found(*spans: tuple[int, int], denied: tuple[tuple[int, int], ...] = ()) -> Classification:
    """A classification of one offence, with an element for each span and one for those denied."""
    elements = [element(f"element-{number}", Standing.ESTABLISHED, (span,)) for number, span in enumerate(spans, 1)]
    if denied:
        elements.append(element("denied", Standing.CONTRADICTED, (), denied))
    offence = OffenceFound("illegal-access", "Illegal access", 0.5, (), (), tuple(elements))
    return Classification(("en",), (offence.code,), (), (offence,), ())


def element(
    name: str, standing: Standing, spans: tuple[tuple[int, int], ...], denied: tuple[tuple[int, int], ...] = ()
) -> ElementStanding:
    return ElementStanding(name, "", "conduct", True, None, standing, spans, (), denied)


def printed(narrative: str, answer: Classification, *, colour: bool = False) -> list[str]:
    return list(explain("1", narrative, answer, colour=colour))


def test_each_place_is_marked_and_numbered_and_each_element_names_its_number() -> None:
    lines = printed(NARRATIVE, found(HACKED, MAILBOX))
    assert lines[1] == "  | Someone «hacked»[1] my «mailbox»[2] on Monday."
    assert "    established  element-1: hacked [1]" in lines
    assert "    established  element-2: mailbox [2]" in lines


def test_colours_take_the_place_of_the_marks() -> None:
    line = printed(NARRATIVE, found(HACKED), colour=True)[1]
    assert line == "  | Someone \x1b[36m\x1b[4mhacked\x1b[0m\x1b[2m[1]\x1b[0m my mailbox on Monday."
    assert click.unstyle(line) == "  | Someone hacked[1] my mailbox on Monday."


def test_places_that_overlap_are_one_mark_and_each_element_keeps_its_own_words() -> None:
    lines = printed(NARRATIVE, found((8, 25), HACKED, (15, 25)))
    assert lines[1] == "  | Someone «hacked my mailbox»[1] on Monday."
    assert "    established  element-2: hacked [1]" in lines
    assert "    established  element-3: my mailbox [1]" in lines


def test_words_that_speak_against_an_element_are_marked_too() -> None:
    lines = printed(NARRATIVE, found(HACKED, denied=(MAILBOX,)))
    assert "    contradicted denied: mailbox [2]" in lines


def test_lines_of_the_narrative_stay_lines() -> None:
    lines = printed("Someone hacked\r\nmy mailbox.", found((8, 18)))
    assert lines[1:3] == ["  | Someone «hacked", "  | my»[1] mailbox."]
    coloured = printed("Someone hacked\nmy mailbox.", found((8, 17)), colour=True)
    assert all(line.count("\x1b[36m") <= line.count("\x1b[0m") for line in coloured), "a colour runs into the next line"


def test_a_narrative_cannot_imitate_a_mark() -> None:
    lines = printed("«x»[2] Someone hacked.»[9]", found((15, 21)))
    assert lines[1] == "  | «x» [2] Someone «hacked»[1].» [9]"


def test_right_to_left_words_are_set_apart_from_the_marks() -> None:
    first, second = "\u05ea\u05d9\u05d1\u05d4 ", " \u05e0\u05e4\u05e8\u05e6\u05d4"
    line = printed(f"{first}hacked{second}", found((5, 11)))[1]
    assert line == f"  | \u2068{first}\u2069«hacked»[1]\u2068{second}\u2069"


def test_wide_characters_and_emoji_are_left_as_they_are() -> None:
    narrative = "\U0001f600 日本語 hacked 👩\u200d💻."
    start = narrative.index("hacked")
    assert printed(narrative, found((start, start + 6)))[1] == "  | \U0001f600 日本語 «hacked»[1] 👩\u200d💻."


def test_of_a_long_narrative_what_is_next_to_the_marks_is_shown() -> None:
    narrative = "rain " * 10_000 + "hacked" + " sun" * 10_000
    line = printed(narrative, found((50_000, 50_006)))[1]
    assert line.startswith("  | [… 49,800 characters …]rain")
    assert line.endswith("sun[… 39,800 characters …]")
    assert "rain «hacked»[1] sun" in line


def test_thousands_of_marks_are_not_all_printed() -> None:
    narrative = "hacked " * 50_000
    lines = printed(narrative, found(*((place * 7, place * 7 + 6) for place in range(300))))
    assert "[… 100 more marks are not shown …]" in "\n".join(lines)
    assert max(map(len, lines)) < 10_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ñ, 日本, 😀", "plain, ñ, 日本, 😀"),
        ("a\tb\nc\r\nd", "a b\nc\nd"),
        ("\x1b[31m", "\\u{1b}[31m"),
        ("\r", "\\u{d}"),
        ("\u202egpj.exe", "\\u{202e}gpj.exe"),
        ("\ud800", "\\u{d800}"),
        ("\U000e0041", "\\u{e0041}"),
    ],
)
def test_what_steers_a_terminal_or_hides_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_marks_are_found_by_the_place_in_which_a_span_begins() -> None:
    marks = Marks(((0, 4), (10, 20)))
    assert marks.numbers([(12, 15)]) == [2]
    assert marks.numbers([(0, 4), (10, 20)]) == [1, 2]
    assert marks.numbers([(5, 6)]) == []
