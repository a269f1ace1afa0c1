"""Mutated reports inside a good seal: each becomes an incident, or a quarantine entry with its reason."""

import copy
from typing import Any

import pytest
from hypothesis import strategies as st

from backend.incidents import opening
from backend.intake.models import Submission
from tests.founding import FRAUD_REPORT, NOW, SealedReport, TestDevice, enrol_device, found_node
from tests.fuzz.running import fuzz

pytestmark = pytest.mark.long

FULL: dict[str, Any] = {
    **FRAUD_REPORT,
    "kind": "report",
    "occurred_at": "2026-11-23T10:00:00-04:00",
    "victims": [{"name": "Testperson", "contact": "+1 473 555 0101", "known_as": ["somebody"], "under_18": "no"}],
    "suspects": [{"kind": "unknown", "state": "cr"}],
    "connections": [{"ip": "198.51.100.23", "at": "2026-11-23T10:00:00Z", "event": "sign-in", "port": 443}],
    "indicators": [{"type": "domain", "value": "bad.example", "at": "2026-11-23T10:00:00Z"}],
    "offences": ["computer-fraud"],
    "facts": {"entered-without-right": "yes"},
}
NASTY = ["\x00", "\ud800", "x" * 400, "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "supplement", "retraction"]
WORDS = st.text(max_size=30) | st.sampled_from(NASTY)
SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | WORDS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6
)
PLACES = st.lists(st.floats(0, 0.999), max_size=3)
# Where in the report (a path of fractions), what stands there instead, and whether it is put in or taken out.
EDITS = st.lists(st.tuples(PLACES, VALUES, st.sampled_from(["set", "add", "drop"])), max_size=4)
BYTES = st.one_of(st.none(), st.none(), st.tuples(st.floats(0, 0.999), st.binary(max_size=8)))
MEMBERS = ["addressee", "at", "device", "intake_key", "report_sha256", "submission", "evidence", "more"]
LIES = st.none() | st.integers(-9, 9) | st.text(st.characters(max_codepoint=126), max_size=40)
STATEMENT = st.dictionaries(st.sampled_from(MEMBERS), LIES | st.lists(st.just({}), max_size=2), max_size=1)
EXAMPLES = st.lists(st.tuples(EDITS, BYTES, STATEMENT | st.just({})), min_size=1, max_size=12)


def edited(report: dict[str, Any], edits: list[Any]) -> dict[str, Any]:
    """The report with something put elsewhere, added or taken out."""
    found = copy.deepcopy(report)
    for path, value, what in edits:
        node: Any = found
        for step in path:
            members = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
            if not members:
                break
            inner = node[members[int(step * len(members))]]
            if not isinstance(inner, dict | list):
                if what == "drop":
                    del node[members[int(step * len(members))]]
                else:
                    node[members[int(step * len(members))]] = value
                break
            node = inner
        else:
            if isinstance(node, list):
                node.append(value)
            elif isinstance(value, str):
                node[value] = value
    return found


class Mutated(SealedReport):
    """A report of which some bytes are replaced behind the device's signature."""

    flipped: tuple[float, bytes] | None = None

    def changed(self, plaintext: bytes) -> bytes:
        """The plaintext with `flipped` at its place."""
        if not self.flipped:
            return plaintext
        cut = int(self.flipped[0] * len(plaintext))
        return plaintext[:cut] + self.flipped[1] + plaintext[cut + len(self.flipped[1]) :]


@pytest.fixture
def sender(db: None) -> TestDevice:
    found_node()
    return enrol_device()


def test_whatever_is_inside_the_seal_is_opened_or_set_aside(sender: TestDevice, shard: int) -> None:
    outcomes: dict[str, int] = {}

    def arrivals(example: list[tuple[list[Any], Any, dict[str, Any]]]) -> None:
        rows = []
        for edits, flipped, statement in example:
            report = Mutated(sender, edited(FULL, edits), statement=statement)
            report.flipped = flipped
            rows.append(report.send())
        for _ in range(len(rows) + 1):
            opening.open_waiting(at=NOW)
        for row in rows:
            row.refresh_from_db()
            assert row.stage in (Submission.Stage.OPENED, Submission.Stage.QUARANTINED), (row.stage, row.attempts)
            # A refusal is a reason, not a failure that was tried again and again.
            assert row.attempts <= 1
            assert row.stage != Submission.Stage.QUARANTINED or row.quarantine_reason
            outcomes[row.stage] = outcomes.get(row.stage, 0) + 1

    ran = fuzz(arrivals, EXAMPLES, slice=25, share=0.02, shard=shard)
    print(f"{ran} batches: {outcomes}")
    assert len(outcomes) == 2 or ran < 10
