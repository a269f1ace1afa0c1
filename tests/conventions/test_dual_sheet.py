"""The proof sheet and its command: four languages, text, JSON, PDF, wrong usage."""

import json
import re
import typing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.cli.comparing.rendering import sheet_pdf
from backend.cli.law import command
from backend.conventions.blocks import Table
from backend.conventions.catalogue import shipped
from backend.conventions.dual_criminality import assess
from backend.conventions.dual_criminality.origin import start
from backend.conventions.dual_criminality.sheet import Sheet, sheet
from backend.conventions.errors import UnknownName
from backend.conventions.schema.instruments import DualCriminalityRule

LANGUAGES = ("en", "es", "fr", "nl")
COMPARE = ("compare", "--from", "gd", "--to", "co", "--offence", "illegal-access")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def laid_out(language: str, requested: str = "us", **more: object) -> Sheet:
    conduct, origin = start(shipped(), "illegal-access", **more)  # type: ignore[arg-type]
    return sheet(assess(conduct, "bb", requested, offence="illegal-access"), origin, language=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence_with_the_same_names(language: str) -> None:
    first, other = (shipped().comparison_words(code).sentences for code in ("en", language))
    assert other.keys() == first.keys()
    for key in first:
        assert set(re.findall(r"{(\w+)}", other[key])) == set(re.findall(r"{(\w+)}", first[key])), key
    if language != "en":
        same = {key for key in first if other[key] == first[key]}
        assert len(same) < 8, same


def test_every_rule_of_the_instruments_is_read() -> None:
    assert set(shipped().comparison_rules.asks) == set(typing.get_args(DualCriminalityRule))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_says_the_same_in_each_language(language: str) -> None:
    made, first = laid_out(language), laid_out("en")
    assert [type(block) for block in made.body] == [type(block) for block in first.body]
    assert made.verdict == shipped().comparison_words(language).sentences["verdict-unknown"]
    shapes = [[len(block.rows) for block in one.body if isinstance(block, Table)] for one in (made, first)]
    assert shapes[0] == shapes[1]


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownName, match="unknown language 'de'"):
        laid_out("de")


def test_the_command_prints_conduct_elements_references_and_that_it_is_no_advice() -> None:
    said = run(*COMPARE).output
    for words in (
        "** Met **",
        "No facts were given. The conduct is what Art. 2 (Budapest Convention) requires",
        "art. 269A: Acceso abusivo",
        "Without right or lawful",
        "verified · text seen",
        "NOT VERIFIED",
        "Maximum penalty: 48 to 96 months",
        "Palermo Convention",
        "Data as of        2026-11-24",
        "Not legal advice",
    ):
        assert words in said
    assert max(map(len, said.splitlines())) <= 100


def test_an_unknown_answer_says_what_would_settle_it() -> None:
    said = run("compare", "--from", "bb", "--to", "us", "--offence", "illegal-access").output
    assert "What would settle what is unknown" in said
    assert "Facts: Obtaining or copying data (asked by 18 U.S.C. § 1030(a)(2))." in said


def test_facts_that_are_stated_take_the_place_of_what_the_article_requires() -> None:
    said = run("compare", "--from", "gd", "--to", "cr", "--established", "demand-made").output
    assert "The conduct is as it was stated." in said
    assert "any offence" in said


def test_the_rule_of_the_basis_for_a_measure_is_heard() -> None:
    body = json.loads(run(*COMPARE, "--measure", "preservation", "--json").output)
    assert (body["rule"], body["verdict"], body["compared"]) == ("not-required", "not-required", "met")


def test_json_names_where_the_conduct_comes_from() -> None:
    body = json.loads(run(*COMPARE, "--json").output)
    assert body["origin"] == {
        "kind": "instrument",
        "offence": "illegal-access",
        "article": {"source": "budapest", "ref": "Art. 2"},
    }
    assert body["provisions"][0]["elements"][0]["outcome"] == "matched"


@pytest.mark.parametrize("language", ["es", "nl"])
def test_the_pdf_is_tagged_and_the_same_each_time(language: str, tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    done = run(*COMPARE, "--lang", language, "--pdf", str(path))
    assert done.exit_code == 0, done.output
    made = path.read_bytes()
    assert made.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made
    assert b"pdfuaid" in made
    assert run(*COMPARE, "--lang", language, "--pdf", str(path)).exit_code == 0
    assert path.read_bytes() == made


def test_words_in_the_data_are_never_read_as_markup() -> None:
    made = laid_out("en")
    hostile = Sheet("#panic() *bold* \\ $x$ {page}", "en", (("a", "#b"),), made.body, ("c",), made.page)
    assert sheet_pdf(hostile, at=datetime(2026, 11, 24, tzinfo=UTC)).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--to", "gd"), "both 'gd'"),
        (("--to", "xx"), "unknown State 'xx'"),
        (("--offence", "hacking"), "unknown offence 'hacking'"),
        (("--established", "hacking"), "unknown concept 'hacking'"),
        (("--established", "intent", "--absent", "intent"), "'intent' as established and as absent"),
        (("--lang", "de"), "unknown language 'de'"),
        (("--measure", "hacking"), "unknown measure 'hacking'"),
        (("--offence", "any"), "name --offence"),
        (("--pdf", "no/such/folder/sheet.pdf"), "cannot write"),
    ],
)
def test_wrong_usage_is_exit_2_and_one_sentence(arguments: tuple[str, ...], words: str) -> None:
    assert run(*COMPARE).exit_code == 0
    done = run(*COMPARE, *arguments)
    assert done.exit_code == 2
    assert words in done.output
    assert "Traceback" not in done.output
