"""A short run of `make faults` in the suite, and what the independent reader says when something is wrong."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest

from tests.faults.arena import Arena, arena
from tests.faults.plan import Fault
from tests.faults.reader.__main__ import node_of, sentence
from tests.faults.reader.sent import Sent, read_sent
from tests.faults.reader.verdict import Verdict, judge_by
from tests.faults.run import Run, Wish

# Close together: what falls at once comes back at once.
FAULTS = (
    Fault(3, "kill", "edge"),
    Fault(3, "kill", "notary"),
    Fault(3, "kill", "worker's child"),
    Fault(10, "clock", seconds=1.0, jump=7_200),
    Fault(11, "kill", "worker"),
    Fault(18, "queue"),
    Fault(20, "kill", "postgres"),
)
pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("faults")]


@dataclass(frozen=True)
class Ran:
    """A run that is over, its node still there."""

    arena: Arena
    verdict: Verdict
    sent: list[Sent]
    said: list[str]

    def judge(self, sent: list[Sent] | None = None, *changes: str) -> Verdict:
        """What the reader says after changes to the database, which are taken back."""
        connection = self.arena.connect()
        connection.autocommit = False
        with connection as owner:
            for change in changes:
                owner.execute(change)
            verdict = judge_by(owner, node_of(self.arena.folder), self.sent if sent is None else sent)
            owner.rollback()
        return verdict


@pytest.fixture(scope="module")
def ran() -> Iterator[Ran]:
    said: list[str] = []
    wish = Wish(seed=11, count=40, each=10, senders=8, officers=2, faults=FAULTS)
    with arena(said.append, own_clock=True, own_disk=False, keep=False) as place:
        verdict = Run(wish, place, said.append).go()
        yield Ran(place, verdict, read_sent(place.folder / "sent.jsonl"), said)


def test_every_receipt_has_its_incident_or_its_quarantine_entry_exactly_once(ran: Ran) -> None:
    assert ran.verdict.holds, sentence(ran.verdict)
    assert ran.verdict.counted["receipts"] == len(ran.sent) > 40
    assert ran.verdict.counted["reports kept"] > 30
    assert ran.verdict.counted["reports quarantined"] > 0
    assert ran.verdict.counted["evidences kept"] > 0
    for fault in ("SIGKILL to edge", "SIGKILL to worker", "SIGKILL to postgres", "SIGKILL to notary", "clock jumps"):
        assert any(fault in line for line in ran.said), ran.said


TRIGGERS = [
    f"ALTER TABLE {table} DISABLE TRIGGER USER"
    for table in ("intake_submission", "incidents_incident", "audit_auditevent", "incidents_evidenceitem")
]
QUARANTINED = "(SELECT id FROM intake_submission WHERE stage = 'quarantined' LIMIT 1)"
ONE = "(SELECT min(reference) FROM incidents_incident)"
OTHER = "(SELECT max(reference) FROM incidents_incident)"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (f"UPDATE incidents_incident SET submission_id = {QUARANTINED} WHERE reference = {ONE}", "it has 0 incidents"),
        (f"UPDATE incidents_incident SET submission_id = {QUARANTINED} WHERE reference = {ONE}", "it has 1 incidents"),
        ("UPDATE intake_submission SET stage = 'received' WHERE stage = 'quarantined'", "it stands as received"),
        ("UPDATE intake_submission SET digest = sha256('other') WHERE stage = 'opened'", "another body is stored"),
        ("UPDATE intake_submission SET sealed = 'x' WHERE stage = 'quarantined'", "its sealed bytes are gone"),
        ("UPDATE intake_submission SET submission_id = gen_random_uuid()", "nobody sent it"),
        ("UPDATE intake_submission SET submission_id = gen_random_uuid()", "acknowledged, and stored 0 times"),
        (
            "UPDATE incidents_incident SET report_ct = other.report_ct FROM incidents_incident other"
            f" WHERE incidents_incident.reference = {ONE} AND other.reference = {OTHER}",
            "does not open under its data key",
        ),
        (
            "INSERT INTO audit_auditevent (event, subject_kind, subject_id, acting_role, acting_id, at) SELECT"
            " 'submission:opened', 'submission', id::text, 'system', 'worker', now() FROM intake_submission",
            "the log lacks",
        ),
        (
            "INSERT INTO audit_auditevent (event, subject_kind, subject_id, acting_role, acting_id, at) SELECT"
            " 'incident:opened', 'incident', id::text, 'system', 'worker', now() FROM incidents_incident",
            "does not tell once that it was opened",
        ),
        (
            "UPDATE audit_auditevent SET acting_id = 'x' WHERE event = 'submission:received'",
            "is not the event that is stored",
        ),
        ("UPDATE incidents_evidenceitem SET stage = 'awaited'", "its item stands as awaited"),
    ],
)  # fmt: skip
def test_the_reader_finds(ran: Ran, change: str, told: str) -> None:
    assert ran.judge().holds
    verdict = ran.judge(None, *TRIGGERS, change)
    assert not verdict.holds
    assert any(told in fault for fault in verdict.faults), verdict.faults[:5]


def swapped(sent: list[Sent]) -> list[Sent]:
    one, two = sent[:2]
    return [dataclasses.replace(one, receipt=two.receipt), dataclasses.replace(two, receipt=one.receipt), *sent[2:]]


def changed(**members: object) -> Callable[[list[Sent]], list[Sent]]:
    return lambda sent: [dataclasses.replace(sent[0], **members), *sent[1:]]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (swapped, "its receipt is for something else than was sent"),
        (changed(receipt=None), "it was never acknowledged"),
        (changed(sha256="0" * 64), "another body is stored than was acknowledged"),
        (changed(title="Another title"), "its incident is not what the device signed and sent"),
        (lambda sent: sent[1:], "nobody sent it"),
        (lambda sent: [*sent, dataclasses.replace(sent[0], submission="0" * 36)], "acknowledged, and stored 0 times"),
    ],
)
def test_the_reader_finds_what_the_senders_hold(
    ran: Ran, change: Callable[[list[Sent]], list[Sent]], told: str
) -> None:
    reports_first = sorted(ran.sent, key=lambda one: (one.kind != "report", one.ends != "kept"))
    assert ran.judge(reports_first).holds
    verdict = ran.judge(change(reports_first))
    assert any(told in fault for fault in verdict.faults), verdict.faults[:5]


def test_the_reader_finds_a_payload_that_is_not_the_file(ran: Ran) -> None:
    path = next(ran.arena.home.folder("evidence").glob("*.payload"))
    whole = path.read_bytes()
    try:
        path.write_bytes(whole[:-1] + bytes((whole[-1] ^ 1,)))
        assert any("payload does not open" in fault for fault in ran.judge().faults)
        path.rename(path.with_suffix(".away"))
        assert any("its payload is gone" in fault for fault in ran.judge().faults)
    finally:
        path.with_suffix(".away").unlink(missing_ok=True)
        path.write_bytes(whole)
    assert ran.judge().holds


def test_the_reader_changes_nothing(ran: Ran) -> None:
    from tests.faults.reader.rows import snapshot

    with (
        snapshot(node_of(ran.arena.folder).conninfo) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("DELETE FROM audit_pendingevent")
