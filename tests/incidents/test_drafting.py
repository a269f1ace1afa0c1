"""A report is begun as a draft and finished when it fits; `comity report` does both without a node."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.cli.report import command
from backend.incidents.report import parse_report

ID = "8ad3bb2c-2a3e-4b2a-8f3b-0123456789ab"


def run(*arguments: object, stdin: str = "") -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], input=stdin)


def filled(path: Path, **says: object) -> Path:
    path.write_text(json.dumps(json.loads(path.read_text()) | says))
    return path


def test_a_draft_becomes_a_report_when_it_says_what_it_must(tmp_path: Path) -> None:
    draft, out = tmp_path / "draft.json", tmp_path / "report.json"
    assert run("new", draft).exit_code == 0
    assert draft.stat().st_mode & 0o777 == 0o600
    unfit = run("finish", draft, "--out", out)
    assert (unfit.exit_code, out.exists()) == (1, False)
    assert "`title` is missing" in unfit.stderr
    filled(draft, title="Payment diverted", narrative="Somebody got in.", officer={"name": "Testperson", "contact": ""})
    done = run("finish", draft, "--out", out)
    assert (done.exit_code, done.stderr) == (0, "")
    report = parse_report(out.read_bytes())
    assert (report.title, report.officer and report.officer.contact, report.victims) == ("Payment diverted", None, [])
    assert out.stat().st_mode & 0o777 == 0o600
    checked = run("check", out)
    assert "not said: occurred_at" in checked.stderr
    assert "fits the schema" in checked.stdout


def test_a_draft_is_no_report_and_nothing_is_written_over(tmp_path: Path) -> None:
    draft = tmp_path / "draft.json"
    run("new", draft)
    filled(draft, title="x", narrative="x")
    with pytest.raises(Exception, match="does not fit the schema"):
        parse_report(draft.read_bytes())
    assert run("new", draft).exit_code == 2
    assert run("finish", draft, "--out", draft).exit_code == 2
    assert json.loads(draft.read_text())["title"] == "x"


def test_a_refusal_names_the_place_and_not_what_stands_there(tmp_path: Path) -> None:
    draft = tmp_path / "draft.json"
    run("new", draft)
    filled(draft, title="x", narrative="x", facts={"Leonie Secretname": "yes"})
    refused = run("check", draft)
    assert refused.exit_code == 1
    assert "$.facts[...]" in refused.stderr
    assert "Secretname" not in refused.output
    draft.write_bytes(b"[" * 100_000)
    assert "not JSON" in run("check", draft).stderr


def test_a_supplement_and_a_retraction_name_the_report(tmp_path: Path) -> None:
    draft, out, back = tmp_path / "draft.json", tmp_path / "more.json", tmp_path / "back.json"
    assert run("new", draft, "--adds-to", ID).exit_code == 0
    assert "adds nothing" in run("finish", draft, "--out", out).stderr
    filled(draft, narrative="The log came in.")
    assert run("finish", draft, "--out", out).exit_code == 0
    more = parse_report(out.read_bytes())
    assert (more.kind, str(more.of)) == ("supplement", ID)
    assert run("retract", ID, "--out", back, stdin="\n").exit_code == 2
    assert run("retract", ID, "--out", back, stdin="Sent by mistake.\n").exit_code == 0
    taken = parse_report(back.read_bytes())
    assert (taken.kind, str(taken.of), taken.reason) == ("retraction", ID, "Sent by mistake.")


def test_the_terms_of_the_data_are_listed_in_a_language() -> None:
    assert "sign-in\tInicio de sesión" in run("terms", "events", "--language", "es").stdout
    assert "computer-used\t" in run("terms", "facts").stdout
    assert {"XCG", "USDT"} <= set(run("terms", "currencies").stdout.split())
    assert json.loads(run("schema").stdout)["$id"] == "urn:comity:report:v1"
