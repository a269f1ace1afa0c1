"""The check of the law data: the shipped data pass, and each kind of fault is found."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from backend.conventions.catalogue import SHIPPED
from backend.conventions.checking import Report, check

ON = date(2026, 11, 24)

# One fault of each kind: what it is, in which file, the text that is replaced, by what, and the words of the finding.
FAULTS = [
    ("a treaty row without an instrument", "states/gd.yaml", "instrument: untoc", "instrument: untok", "'untok'"),
    ("a treaty row that stands twice", "states/cr.yaml", "instrument: untoc", "instrument: budapest", "stands twice"),
    ("a measure that is not in the tree", "instruments/untoc.yaml", "measure: records", "measure: paper", "'paper'"),
    ("an offence that is not in the list", "states/gd.yaml", "offence: spam", "offence: junk", "'junk'"),
    ("a gate for a State that is none", "states/tt.yaml", "    - ca\n", "    - zz\n", "'zz'"),
    ("a bilateral row without its mirror", "states/gd.yaml", "- with: us", "- with: fr", "no row that mirrors it"),
    ("an element that no list has", "facts.yaml", "element: ict-system", "element: toaster", "'toaster'"),
    ("a concept that is none", "concepts.yaml", "broader: [act-on-data]", "broader: [act-on-date]", "'act-on-date'"),
    ("an element without a concept", "concepts.yaml", "element: rx-material, c", "element: rx, c", "'rx-material'"),
    ("a cue for an element that is none", "engine/cues/es.yaml", "    interception:", "    hearing:", "'hearing'"),
    ("a cue that is badly written", "engine/cues/fr.yaml", '"intercept*"', '".. intercept*"', "begins and ends"),
    ("a parent that is no measure", "measures.yaml", "parent: stored-data", "parent: data-stored", "'data-stored'"),
    ("a template that is none", "engine/letter-templates.yaml", "tcy-31", "tcy-32", "'tcy-32'"),
    ("in force before it was signed", "states/gd.yaml", "'2002-02-15'", "'1992-02-15'", "is before"),
    ("a mandatory content that no field covers", "letter-fields.yaml", "- necessity\n      - j", "- j", "'necessity'"),
]


@pytest.fixture(scope="module")
def shipped_report() -> Report:
    return check(SHIPPED, on=ON)


@pytest.fixture(scope="module")
def broken_report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The check of a copy that has every fault of the list at once."""
    folder = Path(shutil.copytree(SHIPPED, tmp_path_factory.mktemp("law") / "data"))
    for _, file, old, new, _ in FAULTS:
        replace(folder / file, old, new)
    return check(folder, on=ON)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} no longer holds {old!r}: mend the test"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


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


@pytest.mark.parametrize(("fault", "file", "found"), [(row[0], row[1], row[4]) for row in FAULTS])
def test_a_fault_is_found(broken_report: Report, fault: str, file: str, found: str) -> None:
    assert not broken_report.passed
    told = [str(problem) for problem in broken_report.faults if found in problem.text]
    assert told, (fault, file, [str(problem) for problem in broken_report.faults])


def test_files_that_do_not_fit_their_schema_are_named_all_at_once(data: Path) -> None:
    replace(data / "states/gd.yaml", "status: party", "status: member")
    replace(data / "states/cr.yaml", "tier: 1", "tier: 1\ntier: 1")
    replace(data / "states/jm.yaml", "as_of: '2026-11-24'", "as_of: '2026-11-31'")
    report = check(data, on=ON)
    assert {problem.file for problem in report.faults} == {"states/gd.yaml", "states/cr.yaml", "states/jm.yaml"}
    assert not report.passed
