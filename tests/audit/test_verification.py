# ruff: noqa: S608  (the statements are those below)
"""Whatever is done to the stored log by SQL, its verification says what and from which entry on."""

from datetime import timedelta

import pytest
from django.db import transaction

from backend.audit.models import Checkpoint, LogLeaf
from backend.audit.sequencer import Sequencer
from crypto import merkle, notes
from tests.audit.conftest import NOON, ORIGIN


@pytest.fixture
def log(record, integrate):
    """Twenty entries under checkpoints of 7, 14 and 20."""
    record(20)
    integrate(limit=7)


def checkpoint(size):
    row = Checkpoint.objects.get(pk=size)
    return notes.Checkpoint(origin=ORIGIN, size=size, root=bytes(row.root))


def test_an_untouched_log_verifies_and_is_counted(log, verify):
    report = verify(checkpoint(7), checkpoint(20))
    assert report.finding is None
    assert (report.entries, report.checkpoints, report.waiting, report.overdue) == (20, 3, 0, 0)
    assert report.newest is not None
    assert report.newest.size == 20


def test_an_empty_log_verifies(verify, transactional_db):
    report = verify()
    assert (report.finding, report.entries, report.newest) == (None, 0, None)


EVENT = "(SELECT event_id FROM audit_logleaf WHERE index = %d)"
TAMPERED = [
    ("changed in its detail", "auditevent", f"UPDATE audit_auditevent SET detail = '{{}}' WHERE id = {EVENT % 11}", 11),
    ("dated back by a microsecond", "auditevent",
     f"UPDATE audit_auditevent SET at = at - interval '1 microsecond' WHERE id = {EVENT % 0}", 0),
    ("given another actor", "auditevent",
     f"UPDATE audit_auditevent SET acting_id = 'somebody' WHERE id = {EVENT % 19}", 19),
    ("removed", "auditevent", f"DELETE FROM audit_auditevent WHERE id = {EVENT % 5}", 5),
    ("exchanged for another event", "auditevent",
     f"UPDATE audit_auditevent SET id = gen_random_uuid() WHERE id = {EVENT % 6}", 6),
    ("entry removed", "logleaf", "DELETE FROM audit_logleaf WHERE index = 8", 8),
    ("entry's hash changed", "logleaf", "UPDATE audit_logleaf SET leaf_hash = sha256('x') WHERE index = 9", 9),
    ("entry moved to the end", "logleaf", "UPDATE audit_logleaf SET index = 20 WHERE index = 12", 12),
    ("the last entries removed", "logleaf", "DELETE FROM audit_logleaf WHERE index >= 17", 17),
    ("all entries removed", "logleaf", "DELETE FROM audit_logleaf", 0),
    ("the newest checkpoint removed", "checkpoint", "DELETE FROM audit_checkpoint WHERE size = 20", 14),
    ("a checkpoint's root changed", "checkpoint", "UPDATE audit_checkpoint SET root = sha256('x') WHERE size = 14", 7),
    ("a checkpoint's note changed", "checkpoint",
     "UPDATE audit_checkpoint SET note = replace(note, 'gd', 'cr') WHERE size = 7", 0),
    ("a tree node changed", "lognode",
     "UPDATE audit_lognode SET hash = sha256('x') WHERE level = 2 AND index = 1", 4),
    ("a tree node removed", "lognode", "DELETE FROM audit_lognode WHERE level = 1 AND index = 8", 16),
]  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("what", "table", "statement", "index"), TAMPERED, ids=[row[0] for row in TAMPERED])
def test_tampering_is_found_with_the_first_bad_entry(log, verify, past_the_triggers, what, table, statement, index):
    with past_the_triggers(table) as owner:
        assert owner.execute(statement).rowcount > 0
    finding = verify().finding
    assert finding is not None
    assert finding.index == index
    assert str(index) in finding.sentence


SWAP = """
    UPDATE audit_logleaf l SET event_id = o.event_id, leaf_hash = o.leaf_hash FROM audit_logleaf o
     WHERE (l.index, o.index) IN ((%(a)s, %(b)s), (%(b)s, %(a)s))
"""


@pytest.mark.parametrize(("first", "second"), [(2, 9), (3, 8), (4, 5), (0, 19), (12, 18)])
def test_reordered_entries_are_found_with_the_first_of_them(log, verify, past_the_triggers, owner, first, second):
    owner.execute("ALTER TABLE audit_logleaf DROP CONSTRAINT audit_logleaf_event_id_key")
    try:
        with past_the_triggers("logleaf"):
            assert owner.execute(SWAP, {"a": first, "b": second}).rowcount == 2
        finding = verify().finding
        assert finding is not None
        assert finding.index == first
        assert "reordered" in finding.sentence
    finally:
        owner.execute("ALTER TABLE audit_logleaf ADD CONSTRAINT audit_logleaf_event_id_key UNIQUE (event_id)")


def test_an_event_removed_and_the_rest_moved_up_is_found(log, verify, past_the_triggers):
    with past_the_triggers("auditevent", "logleaf", "receipt") as owner:
        owner.execute(f"DELETE FROM audit_auditevent WHERE id = {EVENT % 10}")
        owner.execute("DELETE FROM audit_logleaf WHERE index = 10")
        for index in range(11, 20):
            owner.execute("UPDATE audit_logleaf SET index = index - 1 WHERE index = %s", (index,))
    finding = verify().finding
    assert finding is not None
    assert finding.index == 10


def rewrite_tree(owner):
    """Builds the stored tree anew over whatever the entries now say, as a thief would who hides a change."""
    hashes = [bytes(v) for v in LogLeaf.objects.order_by("index").values_list("leaf_hash", flat=True)]
    owner.execute("DELETE FROM audit_lognode")
    for level, index, value in merkle.complete_nodes(0, hashes, lambda level, index: b""):
        if level:
            owner.execute("INSERT INTO audit_lognode VALUES (%s, %s, %s)", (level, index, value))


def test_entries_changed_together_with_the_tree_are_found_by_the_signed_roots(log, verify, past_the_triggers, owner):
    with transaction.atomic(), past_the_triggers("logleaf", "auditevent", "lognode"):
        owner.execute(f"DELETE FROM audit_auditevent WHERE id = {EVENT % 19}")
        owner.execute("DELETE FROM audit_logleaf WHERE index = 19")
    with past_the_triggers("lognode"):
        rewrite_tree(owner)
    finding = verify().finding
    assert finding is not None
    assert finding.index == 19


def test_a_log_cut_off_with_its_checkpoints_is_found_only_by_an_exported_one(log, verify, past_the_triggers):
    kept = checkpoint(20)
    with past_the_triggers("auditevent", "logleaf", "lognode", "checkpoint", "receipt") as owner:
        owner.execute("DELETE FROM audit_auditevent WHERE id IN (SELECT event_id FROM audit_logleaf WHERE index >= 14)")
        owner.execute(
            "DELETE FROM audit_receipt WHERE event_id IN (SELECT event_id FROM audit_logleaf WHERE index >= 14)"
        )
        owner.execute("DELETE FROM audit_logleaf WHERE index >= 14")
        owner.execute("DELETE FROM audit_lognode WHERE (index + 1) << level > 14")
        owner.execute("DELETE FROM audit_checkpoint WHERE size > 14")
    assert verify().finding is None
    finding = verify(kept).finding
    assert finding is not None
    assert finding.index == 14


def test_a_log_rebuilt_with_the_stolen_key_is_found_by_an_exported_checkpoint(
    log, verify, past_the_triggers, record, as_role, log_key
):
    kept = checkpoint(14)
    with past_the_triggers("auditevent", "logleaf", "lognode", "checkpoint", "receipt") as owner:
        for table in ("auditevent", "logleaf", "lognode", "checkpoint", "receipt"):
            owner.execute(f"DELETE FROM audit_{table}")
    record(20)
    # A notary remembers what it signed; one that starts anew does not.
    Sequencer(origin=ORIGIN, signer=log_key).integrate(as_role("notary"), at=NOON)
    assert verify().finding is None
    finding = verify(kept).finding
    assert finding is not None
    assert finding.index == 0
    assert "rebuilt" in finding.sentence


def test_an_event_slipped_in_past_the_trigger_is_found(log, verify, past_the_triggers):
    with past_the_triggers("auditevent") as owner:
        owner.execute(
            "INSERT INTO audit_auditevent (event, subject_kind, subject_id, acting_role, acting_id, at) "
            "VALUES ('letter:approved', 'letter', '1', 'approver', 'p', %s)",
            (NOON,),
        )
    finding = verify().finding
    assert finding is not None
    assert "past the trigger" in finding.sentence


def test_an_event_removed_while_it_waited_is_found(log, record, verify, past_the_triggers):
    record(1)
    with past_the_triggers("auditevent") as owner:
        owner.execute("DELETE FROM audit_auditevent WHERE id IN (SELECT event_id FROM audit_pendingevent)")
    finding = verify().finding
    assert finding is not None
    assert "while they waited" in finding.sentence


def test_a_removed_receipt_is_found(log, verify, past_the_triggers):
    with past_the_triggers("receipt") as owner:
        owner.execute(f"DELETE FROM audit_receipt WHERE event_id = {EVENT % 3}")
    finding = verify().finding
    assert finding is not None
    assert "receipt" in finding.sentence


def test_events_that_wait_are_counted_and_overdue_after_a_minute(log, record, verify, owner):
    record(2)
    report = verify(at=NOON)
    assert (report.finding, report.waiting, report.overdue) == (None, 2, 0)
    owner.execute("UPDATE audit_pendingevent SET since = %s", (NOON,))
    assert verify(at=NOON + timedelta(seconds=59)).overdue == 0
    assert verify(at=NOON + timedelta(seconds=61)).overdue == 2
