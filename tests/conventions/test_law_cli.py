"""The commands `classify`, `basis` and `law check` as they are typed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.cli import basis, classify, law

_ISOLATES = ("\u2068", "\u2069")


def classified(*lines: object, arguments: tuple[str, ...] = ()) -> Result:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    return CliRunner().invoke(classify.command, arguments, input=text.encode())


def test_classify_answers_line_by_line_in_order() -> None:
    result = classified(
        {"id": "b", "narrative": "The mailbox was hacked from 203.0.113.9."}, {"id": "a", "narrative": ""}
    )
    first, second = map(json.loads, result.output.splitlines())
    assert result.exit_code == 0
    assert (first["id"], first["codes"]) == ("b", ["illegal-access"])
    (address,) = first["indicators"]
    assert (address["type"], address["value"], address["span"]) == ("ipv4", "203.0.113.9", [28, 39])
    assert {"code", "score", "articles", "elements", "crosswalk", "next_question"} <= set(first["offences"][0])
    assert first["offences"][0]["crosswalk"]["csirt_americas"][0] == "csirt-americas:compromise"
    assert first["next_question"]["text"]["en"].endswith("?")
    assert (second["id"], second["codes"]) == ("a", [])


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("no json", "not JSON"),
        ("[1]", "JSON list"),
        ({"id": 1}, "'narrative' is missing"),
        ({"id": 1, "narrative": 7}, "'narrative' is int"),
        ({"id": 1, "narrative": "x", "states": "gd"}, "'states' is str"),
        ({"id": 1, "narrative": "x", "states": [1]}, "no text"),
        ({"id": 1, "narrative": "x", "facts": {"property-lost": True}}, "answered by a bool"),
        ({"id": 1, "narrative": "x", "lang": "xx"}, "unknown language"),
        ({"id": 1, "narrative": "x", "states": ["zz"]}, "unknown State"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_line_gives_its_number_and_the_next_is_still_read(line: object, says: str) -> None:
    result = classified({"id": 0, "narrative": "x"}, line, {"id": 2, "narrative": "hacked mailbox"})
    first, bad, last = map(json.loads, result.output.splitlines())
    assert result.exit_code == 1
    assert (first["id"], last["codes"]) == (0, ["illegal-access"])
    assert bad["line"] == 2
    assert says in bad["error"]


def test_a_line_that_is_not_utf_8_is_an_error_of_that_line() -> None:
    result = CliRunner().invoke(classify.command, input=b'{"id": 1, "narrative": "\xff"}\n')
    assert result.exit_code == 1
    assert "not UTF-8" in json.loads(result.output)["error"]


def test_no_line_is_no_answer() -> None:
    result = classified()
    assert (result.exit_code, result.output) == (0, "")


def explained(narrative: str, *arguments: str, **more: object) -> list[str]:
    result = classified({"id": 1, "narrative": narrative, **more}, arguments=("--explain", *arguments))
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def test_explain_prints_the_elements_with_their_words() -> None:
    text = "\n".join(explained("Someone hacked my mailbox."))
    assert "established  access-to-system: hacked" in text
    assert "budapest Art. 2" in text


def test_explain_prints_questions_classes_sections_and_warnings() -> None:
    text = "\n".join(
        explained("A man asked a girl of 13 on Instagram for nude photos and proposed to meet.", states=["tt"])
    )
    assert "Ask next: " in text
    assert "would settle" in text
    assert "classes: rsit:" in text
    assert "tt Sexual grooming of a child" in text
    assert "s. 24" not in text, "a doubtful number is printed"
    assert "! Budapest Convention has no offence of its own" in text


def test_explain_colours_only_where_it_is_told_to_or_the_output_is_a_terminal() -> None:
    assert not any("\x1b" in line for line in explained("Someone hacked my mailbox."))
    assert any("«" in line for line in explained("Someone hacked my mailbox.", "--colour", "never"))
    coloured = explained("Someone hacked my mailbox.", "--colour", "always")
    assert any("\x1b[36m" in line for line in coloured)
    assert not any("«" in line for line in coloured)


def test_explain_asks_in_the_language_of_the_narrative() -> None:
    assert any("¿" in line for line in explained("Cifraron los archivos del servidor y exigen un rescate en bitcoin."))


@pytest.mark.parametrize(
    ("what", "hostile"),
    [
        ("clears the screen", "\x1b[2J"),
        ("sets the title of the window", "\x1b]0;owned\x07"),
        ("a one-byte introducer", "\x9b31m"),
        ("goes back and overwrites", "\r\b\b\b"),
        ("turns the direction", "\u202e"),
        ("hides itself", "\u200b\U000e0041"),
        ("half a character", "\ud800"),
        ("nul", "\x00"),
        ("separates lines", "\u2028"),
    ],
)
@pytest.mark.parametrize("colour", ["always", "never"])
def test_nothing_of_the_narrative_steers_the_terminal(what: str, hostile: str, colour: str) -> None:
    narrative = f"Someone {hostile} hacked my{hostile}mailbox{hostile} and paid $300 to a fake {hostile} shop."
    result = classified({"id": hostile, "narrative": narrative}, arguments=("--explain", "--colour", colour))
    ours = re.compile("\x1b\\[[0-9;]+m" if colour == "always" else "(?!)")
    left = set(ours.sub("", result.output)) - {"\n", *_ISOLATES}
    assert [character for character in left if not character.isprintable()] == [], what
    assert f"\\u{{{ord(hostile[0]):x}}}" in result.output


def test_explain_names_a_bad_line_by_its_number_and_goes_on() -> None:
    result = classified("{", {"id": 2, "narrative": "hacked mailbox"}, arguments=("--explain",))
    assert result.exit_code == 1
    assert "line 1: the line is not JSON" in result.stderr
    assert "2: illegal-access" in result.stdout


def test_a_line_longer_than_the_bound_is_one_bad_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classify, "LONGEST_LINE", 100)
    longest = {"id": 0, "narrative": "x" * (100 - len('{"id": 0, "narrative": ""}'))}
    result = classified(longest, {"id": 1, "narrative": "x" * 5_000_000}, {"id": 2, "narrative": "hacked mailbox"})
    first, bad, last = map(json.loads, result.output.splitlines())
    assert result.exit_code == 1
    assert (first["id"], first["codes"], last["codes"]) == (0, [], ["illegal-access"])
    assert (bad["line"], "longer than 100 bytes" in bad["error"]) == (2, True)


def test_a_last_line_that_is_too_long_and_never_ends_is_one_bad_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classify, "LONGEST_LINE", 100)
    result = CliRunner().invoke(classify.command, input=b"x" * 3_000_000)
    (bad,) = map(json.loads, result.output.splitlines())
    assert (result.exit_code, bad["line"]) == (1, 1)


def test_what_is_no_json_number_does_not_come_back() -> None:
    result = classified('{"id": NaN, "narrative": "x"}')
    assert result.exit_code == 1
    assert "not JSON" in json.loads(result.output)["error"]


def test_classify_helps() -> None:
    # However narrow the terminal is: a line may end between any two words.
    text = " ".join(CliRunner().invoke(classify.command, ["--help"]).output.split())
    assert all(word in text for word in ("narrative", "facts", "states", "lang", "exit code", "--explain", "Examples"))


def test_basis_prints_json_with_the_keys_that_were_promised() -> None:
    arguments = ["--from", "gd", "--to", "cr", "--measure", "preservation", "--on", "2026-11-24", "--json"]
    result = CliRunner().invoke(basis.command, arguments)
    answer = json.loads(result.output)
    assert result.exit_code == 0
    best = answer["bases"][0]
    assert (best["instrument"], best["standing"]) == ("budapest", "applicable")
    assert all(reason["text"] and reason["refs"] for reason in best["reasons"])
    assert any(ref["ref"] == "Art. 29" and ref["verified"] for ref in best["refs"])
    assert {"measure_from", "contents_from", "channel", "gates", "powers", "unknowns"} <= set(answer["composition"])


def test_basis_in_words_names_the_article_and_what_is_not_known() -> None:
    arguments = ["--from", "gd", "--to", "cr", "--measure", "stored-data", "--offence", "computer-fraud"]
    result = CliRunner().invoke(basis.command, arguments)
    assert result.exit_code == 0
    assert "Budapest Convention, Art. 31: applicable." in result.output
    assert "Not known" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--from", "gd", "--to", "zz", "--measure", "preservation"], "unknown State 'zz'"),
        (["--from", "gd", "--to", "gd", "--measure", "preservation"], "two different States"),
        (["--from", "gd", "--to", "cr", "--measure", "preservation", "--on", "2026-02-30"], "does not match"),
        (["--from", "gd"], "Missing option"),
    ],
)
def test_wrong_usage_of_basis_exits_2(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(basis.command, arguments)
    assert result.exit_code == 2
    assert says in result.output


def test_law_check_passes_on_the_shipped_data() -> None:
    result = CliRunner().invoke(law.command, ["check", "--summary", "--on", "2026-11-24"])
    assert result.exit_code == 0
    assert "nothing is wrong" in result.output


def test_law_check_exits_1_and_prints_json_where_something_is_wrong(data: Path) -> None:
    (data / "offences.yaml").write_text("version: 1\n", encoding="utf-8")
    result = CliRunner().invoke(law.command, ["check", "--json", "--data", str(data)])
    report = json.loads(result.output)
    assert result.exit_code == 1
    assert report["passed"] is False
    assert report["faults"][0]["file"] == "data/offences.yaml"


def test_the_law_part_needs_no_django_and_reads_nothing_when_it_is_imported() -> None:
    program = (
        "import sys\n"
        "from backend.cli import basis, classify, law\n"
        "from backend.conventions.catalogue import shipped\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'django', 'phonenumbers', 'schwifty', 'tldextract'}, loaded\n"
        "assert shipped.cache_info().currsize == 0\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=300)


def test_classify_reads_no_state_unless_one_is_asked_for() -> None:
    program = (
        "from backend.conventions.catalogue import shipped\n"
        "from backend.conventions.classification import classify\n"
        "assert classify('The mailbox was hacked.').codes\n"
        "read = set(shipped()._read)\n"
        "assert not [name for name in read if name.startswith('states/')], read\n"
        "classify('The mailbox was hacked.', states=['gd'])\n"
        "read = set(shipped()._read)\n"
        "assert [name for name in read if name.startswith('states/')] == ['states/gd.yaml'], read\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=300)
