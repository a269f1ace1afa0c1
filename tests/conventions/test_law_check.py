"""The check of the law data: the shipped data pass, and each kind of fault is found, with its place and a remedy."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.conventions.catalogue import SHIPPED
from backend.conventions.checking import Report, check
from tests.conventions.law_faults import EDITS, FAULTS
from tests.conventions.law_faults.edits import edit, replace, row_of

ON = date(2026, 11, 24)


@pytest.fixture(scope="module")
def shipped_report() -> Report:
    return check(SHIPPED, on=ON)


@pytest.fixture(scope="module")
def broken_report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The check of a copy that has every fault of the list at once."""
    folder = Path(shutil.copytree(SHIPPED, tmp_path_factory.mktemp("law") / "data"))
    for _, file, old, new, _ in FAULTS:
        replace(folder / file, old, new)
    for changed in dict.fromkeys(file for _, file, _, _ in EDITS):
        edit(folder / changed, *(change for _, file, change, _ in EDITS if file == changed))
    return check(folder, on=ON)


def test_the_shipped_data_have_no_fault(shipped_report: Report) -> None:
    assert [str(problem) for problem in shipped_report.faults] == []


def test_unverified_rows_are_listed_by_state_and_by_instrument(shipped_report: Report) -> None:
    owners = {row.owner for row in shipped_report.open_rows}
    assert {"gd", "cr", "oas-mla", "budapest-p2"} <= owners


def test_data_older_than_a_year_are_listed(shipped_report: Report) -> None:
    late = [row for row in check(SHIPPED, on=date(2027, 12, 1)).open_rows if row.why == "older than a year"]
    assert {row.owner for row in late} >= {"gd", "cr", "measures"}
    assert not [row for row in shipped_report.open_rows if row.why == "older than a year"]


def test_a_protocol_that_names_no_convention_is_to_be_looked_at(shipped_report: Report) -> None:
    assert any(problem.file == "instruments/oas-mla-p1.yaml" for problem in shipped_report.doubts)


@pytest.mark.long
@pytest.mark.parametrize(("fault", "found"), [(row[0], row[-1]) for row in (*FAULTS, *EDITS)])
def test_a_fault_is_found(broken_report: Report, fault: str, found: str) -> None:
    assert not broken_report.passed
    told = [str(problem) for problem in broken_report.faults if found in problem.text]
    assert told, (fault, [str(problem) for problem in broken_report.faults])


@pytest.mark.long
def test_every_fault_names_its_file_its_place_and_what_to_do(broken_report: Report) -> None:
    assert len(broken_report.faults) > len(FAULTS) + len(EDITS)
    assert [str(fault) for fault in broken_report.faults if not (fault.file and fault.path and fault.do)] == []


def test_what_is_wrong_inside_a_file_of_risks_is_found_too(data: Path) -> None:
    edit(data / "engine/risk-tests.yaml", lambda d: d["tests"]["nexus-missing"][0].update(says="It lacks {thing}."))
    assert ["{thing}" in fault.text for fault in check(data, on=ON).faults] == [True]


def test_rows_that_follow_each_other_are_no_fault(data: Path) -> None:
    edit(data / "states/bb.yaml", lambda d: follow(d["cybercrime_statute"]["offences"]))
    edit(data / "states/bb.yaml", lambda d: follow(d["gates"]))
    edit(data / "instruments/untoc.yaml", lambda d: follow(d["cooperation"]))
    assert [str(fault) for fault in check(data, on=ON).faults] == []


def follow(rows: list[dict[str, Any]]) -> None:
    """The first row ends on the day on which a copy of it begins."""
    rows.append(rows[0] | {"valid_from": "2026-01-01"})
    rows[0]["valid_until"] = "2026-01-01"


def test_what_is_announced_is_to_be_looked_at_and_no_fault(data: Path) -> None:
    edit(data / "states/jm.yaml", lambda d: row_of(d, "untoc").update(denounced="2027-03-01"))
    report = check(data, on=ON)
    assert report.passed
    assert any("2027-03-01" in doubt.text for doubt in report.doubts)


def test_what_was_seen_over_a_year_ago_is_old_though_the_file_was_written_since(data: Path) -> None:
    edit(data / "states/jm.yaml", lambda d: row_of(d, "untoc").update(status_as_of="2024-03-01"))
    edit(data / "states/jm.yaml", lambda d: d["sources"][0].update(seen="2024-03-02"))
    found = {(row.owner, row.path) for row in check(data, on=ON).open_rows if row.kind == "old"}
    assert found == {("jm", "treaties[2].status_as_of"), ("jm", "sources[0].seen")}


def test_counts_are_by_state_and_by_instrument(shipped_report: Report) -> None:
    counts = shipped_report.counts()
    assert set(counts["state"]) <= {path.stem for path in (SHIPPED / "states").glob("*.yaml")}
    assert set(counts["instrument"]) <= {path.stem for path in (SHIPPED / "instruments").glob("*.yaml")}
    assert counts["state"]["gd"]["unverified"] == len([row for row in shipped_report.open_rows if row.owner == "gd"])
    assert counts["state"]["tt"]["doubtful"] == 1
    assert counts["state"]["mx"]["expired"] == 1


@pytest.mark.long
def test_a_report_on_one_state_has_what_concerns_it_and_nothing_else(broken_report: Report) -> None:
    only = broken_report.only(["ag"])
    assert {row.owner for row in only.open_rows} == {"ag"}
    # Two of its rows stand in the list of national elements.
    assert {fault.file for fault in only.faults} == {"state-elements.yaml"}
    assert broken_report.only(["co"]).passed


def test_files_that_do_not_fit_their_schema_are_named_all_at_once(data: Path) -> None:
    replace(data / "states/gd.yaml", "status: party", "status: member")
    replace(data / "states/cr.yaml", "tier: 1", "tier: 1\ntier: 1")
    replace(data / "states/jm.yaml", "as_of: '2026-11-24'", "as_of: '2026-11-31'")
    report = check(data, on=ON)
    assert {problem.file for problem in report.faults} == {"states/gd.yaml", "states/cr.yaml", "states/jm.yaml"}
    assert not report.passed
