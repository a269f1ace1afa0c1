"""`comity law check` as it is typed: groups, filters, and the code that it exits with."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.cli import law

DAY = ("--on", "2026-11-24")


def checked(*arguments: str) -> Result:
    return CliRunner().invoke(law.command, ["check", *DAY, *arguments])


def test_open_rows_are_grouped_by_state_and_instrument_with_their_numbers() -> None:
    lines = checked("--summary").output.splitlines()
    states, instruments = (next(i for i, line in enumerate(lines) if line.startswith(name)) for name in ("Sta", "Ins"))
    assert states < next(i for i, line in enumerate(lines) if line.startswith("  tt: ")) < instruments
    assert any(line.startswith("  un-cybercrime: ") and "unverified" in line for line in lines[instruments:])
    assert "files read: nothing is wrong" in lines[-1]


def test_one_state_lists_its_own_rows_only() -> None:
    output = checked("--state", "gd").output
    assert "  gd: " in output
    assert "authorities[0]: " in output
    assert "  tt: " not in output
    assert "Instruments" not in output


def test_a_state_and_an_instrument_may_be_asked_for_together() -> None:
    report = json.loads(checked("--state", "gd", "--instrument", "oas-mla", "--json").output)
    assert {row["owner"] for row in report["open_rows"]} == {"gd", "oas-mla"}
    assert report["counts"]["state"]["gd"]["unverified"] > 0


@pytest.mark.parametrize(
    ("option", "name", "says"),
    [
        ("--state", "zz", "no file states/zz.yaml; use one of ag,"),
        ("--instrument", "gd", "no file instruments/gd.yaml"),
    ],
)
def test_a_name_without_a_file_is_wrong_usage(option: str, name: str, says: str) -> None:
    result = checked(option, name)
    assert result.exit_code == 2
    assert says in result.output


def test_a_fault_is_told_with_its_file_its_place_and_what_to_do(change: Callable[[str, str, str], Path]) -> None:
    folder = str(change("states/gd.yaml", "instrument: untoc", "instrument: untok"))
    whole, own, other = (
        checked("--data", folder, "--summary"),
        checked("--data", folder, "--state", "gd"),
        checked("--data", folder, "--state", "tt"),
    )
    assert (whole.exit_code, own.exit_code, other.exit_code) == (1, 1, 0)
    told = "  states/gd.yaml\n    treaties[2].instrument: no instrument 'untok'\n      what to do: correct the name"
    assert told in whole.output
    assert told in own.output
    assert "nothing is wrong" in other.output


def test_a_file_that_cannot_be_read_is_told_whatever_is_asked_for(change: Callable[[str, str, str], Path]) -> None:
    folder = str(change("states/gd.yaml", "status: party", "status: member"))
    result = checked("--data", folder, "--state", "tt")
    assert result.exit_code == 1
    assert "states/gd.yaml" in result.output
    assert "treaties[...].status" in result.output or "treaties" in result.output
    assert "what to do: write it as data/README.md says" in result.output
