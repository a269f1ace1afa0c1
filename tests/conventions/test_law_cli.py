"""The commands `classify`, `basis` and `law check` as they are typed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.cli import basis, classify, law


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
    assert first["indicators"] == [{"type": "ipv4", "value": "203.0.113.9", "raw": "203.0.113.9", "span": [28, 39]}]
    assert {"code", "score", "articles", "elements"} <= set(first["offences"][0])
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


def test_explain_prints_the_elements_with_their_words() -> None:
    result = classified({"id": 1, "narrative": "Someone hacked my mailbox."}, arguments=("--explain",))
    assert "established  access-to-system: hacked" in result.output
    assert "budapest Art. 2" in result.output


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
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_classify_reads_no_state_unless_one_is_asked_for() -> None:
    program = (
        "from backend.conventions.catalogue import shipped\n"
        "from backend.conventions.classification import classify\n"
        "assert classify('The mailbox was hacked.').codes\n"
        "read = {path.parent.name + '/' + path.name for path in shipped()._read}\n"
        "assert not [name for name in read if name.startswith('states/')], read\n"
        "classify('The mailbox was hacked.', states=['gd'])\n"
        "read = {path.parent.name + '/' + path.name for path in shipped()._read}\n"
        "assert [name for name in read if name.startswith('states/')] == ['states/gd.yaml'], read\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
