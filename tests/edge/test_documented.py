"""docs/intake.md says what the code does."""

import re
from pathlib import Path

from backend.edge import problems
from backend.edge.requests import BYTES_PER_SECOND, MAX_HEADERS, SILENCE_SECONDS
from backend.intake import wire
from crypto import report

DOCS = Path(__file__).parents[2] / "docs"
TEXT, BY_HAND = (DOCS / "intake.md").read_text(), (DOCS / "by-hand.md").read_text()


def test_every_problem_is_documented_with_its_status() -> None:
    written = {(name, int(status)) for name, status in re.findall(r"^\| `([a-z0-9-]+)` \| (\d{3}) \|", TEXT, re.M)}
    known = [value for value in vars(problems).values() if isinstance(value, problems.Problem)]
    assert written == {(kind.name, kind.status) for kind in (*known, *problems.OF.values())}


def test_every_kind_is_documented_with_its_address_type_and_limit() -> None:
    limits = {"report": "1 MiB", "evidence": "11 GB", "packet": "11 GB"}
    assert {kind: wire.LIMITS[kind] for kind in limits} == {
        "report": 2**20,
        "evidence": 11 * 10**9,
        "packet": 11 * 10**9,
    }
    for kind, path in wire.PATHS.items():
        (row,) = [line for line in TEXT.splitlines() if line.startswith(f"| `POST {path}`")]
        assert f"`{wire.MEDIA_TYPES[kind]}`" in row
        assert f"at most {limits[kind]}" in row


def test_the_covered_parts_and_bounds_are_documented() -> None:
    parts = re.findall(r'"([@a-z-]+)"', re.search(r"COVERED='\((.*)\)'", BY_HAND)[1])  # type: ignore[index]
    assert tuple(parts) == wire.SENT
    assert "`@method` `@authority` `@path` `@query`" in TEXT
    assert wire.ASKED == ("@method", "@authority", "@path", "@query")
    assert (SILENCE_SECONDS, BYTES_PER_SECOND, MAX_HEADERS) == (30, 8 * 1024, 16 * 1024)


def test_the_sizes_by_hand_are_those_of_the_clients() -> None:
    (sizes,) = re.findall(r"for FIXED in ([0-9 ]+);", BY_HAND)
    assert tuple(map(int, sizes.split())) == report.SIZES
