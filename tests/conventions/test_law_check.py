"""The check of the law data: the shipped data pass, and each kind of fault is found."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from backend.conventions.catalogue import SHIPPED
from backend.conventions.checking import check

ON = date(2026, 11, 24)
Change = Callable[[str, str, str], Path]


def test_the_shipped_data_have_no_fault() -> None:
    assert [str(problem) for problem in check(SHIPPED, on=ON).faults] == []


def test_unverified_rows_are_listed_by_state_and_by_instrument() -> None:
    owners = {row.owner for row in check(SHIPPED, on=ON).open_rows}
    assert {"gd", "cr", "oas-mla", "budapest-p2"} <= owners


def test_data_older_than_a_year_are_listed() -> None:
    late = [row for row in check(SHIPPED, on=date(2027, 12, 1)).open_rows if row.why == "older than a year"]
    assert {row.owner for row in late} >= {"gd", "cr", "measures"}
    assert not [row for row in check(SHIPPED, on=ON).open_rows if row.why == "older than a year"]


def test_a_protocol_that_names_no_convention_is_to_be_looked_at() -> None:
    assert any(problem.file == "instruments/oas-mla-p1.yaml" for problem in check(SHIPPED, on=ON).doubts)


@pytest.mark.parametrize(
    ("fault", "file", "old", "new", "found"),
    [
        ("a treaty row without an instrument", "states/gd.yaml", "instrument: untoc", "instrument: untok", "untok"),
        ("a treaty row that stands twice", "states/gd.yaml", "instrument: untoc", "instrument: budapest", "twice"),
        ("a measure that is not in the tree", "instruments/untoc.yaml", "measure: records", "measure: paper", "paper"),
        ("an offence that is not in the list", "states/gd.yaml", "offence: spam", "offence: junk", "junk"),
        ("a gate for a State that is none", "states/tt.yaml", "    - ca\n", "    - zz\n", "zz"),
        ("a bilateral row without its mirror", "states/gd.yaml", "- with: us", "- with: fr", "mirrors"),
        ("an element that no list has", "facts.yaml", "element: ict-system", "element: toaster", "toaster"),
        ("a concept that is none", "concepts.yaml", "broader: [act-on-data]", "broader: [act-on-date]", "act-on-date"),
        ("an element without a concept", "concepts.yaml", "element: rx-material, c", "element: rx, c", "rx-material"),
        ("a cue for an element that is none", "engine/cues/es.yaml", "    interception:", "    hearing:", "hearing"),
        ("a parent that is no measure", "measures.yaml", "parent: stored-data", "parent: data-stored", "data-stored"),
        ("in force before it was signed", "states/gd.yaml", "'2002-02-15'", "'1992-02-15'", "before"),
        (
            "a mandatory content that no field covers",
            "letter-fields.yaml",
            "- necessity\n      - j",
            "- j",
            "necessity",
        ),
        ("a file that does not fit its schema", "states/gd.yaml", "status: party", "status: member", "Invalid enum"),
        ("a key that stands twice", "states/gd.yaml", "tier: 2", "tier: 2\ntier: 2", "stands twice"),
        ("an impossible date", "states/gd.yaml", "'2024-08-01'", "'2024-08-32'", "Invalid"),
    ],
)
def test_a_fault_is_found(change: Change, fault: str, file: str, old: str, new: str, found: str) -> None:
    report = check(change(file, old, new), on=ON)
    assert not report.passed, fault
    assert any(found in str(problem) for problem in report.faults), [str(problem) for problem in report.faults]
