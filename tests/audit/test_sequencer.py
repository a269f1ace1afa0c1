"""Committed events enter the log once, in the order of integration, and are signed for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.audit.errors import LogDamaged
from backend.audit.events import PROVED
from backend.audit.leaves import PREFIX
from backend.audit.models import AuditEvent, Checkpoint, LogLeaf, PendingEvent, Receipt
from backend.audit.sequencer import LOCK, Sequencer, frontier
from crypto import merkle, notes
from crypto.errors import CryptoError
from tests.audit.conftest import NOON, ORIGIN
from tests.audit.test_recording import INSERT


def test_two_transactions_that_commit_in_reverse_order_are_both_integrated(as_role, integrate, verify):
    early, late = as_role("worker"), as_role("worker")
    early.autocommit = late.autocommit = False
    early.execute(INSERT, ("submission:opened", NOON, '{"who": "early"}'))
    late.execute(INSERT, ("submission:opened", NOON, '{"who": "late"}'))
    late.commit()
    assert integrate() == 1
    early.commit()
    assert integrate() == 1
    in_order = [AuditEvent.objects.get(pk=leaf.event_id).detail["who"] for leaf in LogLeaf.objects.order_by("index")]
    assert in_order == ["late", "early"]
    assert not PendingEvent.objects.exists()
    assert verify().finding is None


def test_a_batch_is_bounded_and_has_one_checkpoint(record, integrate):
    record(10)
    assert integrate(limit=4) == 10
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [4, 8, 10]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7, 17])
def test_however_the_batches_fall_the_root_is_that_of_all_leaves(record, integrate, limit):
    record(17)
    integrate(limit=limit)
    hashes = [bytes(value) for value in LogLeaf.objects.order_by("index").values_list("leaf_hash", flat=True)]
    assert len(hashes) == 17
    for checkpoint in Checkpoint.objects.all():
        assert bytes(checkpoint.root) == merkle.root(hashes[: checkpoint.size])


@given(st.integers(min_value=0, max_value=2**40))
def test_the_frontier_covers_the_leaves_without_gap_or_overlap(size):
    position = 0
    for level, index in frontier(size):
        assert index << level == position
        position = (index + 1) << level
    assert position == size


def test_every_received_submission_gets_a_receipt_that_verifies_without_the_database(record, integrate, trusted):
    record(9)
    integrate(limit=4)
    received = set(AuditEvent.objects.filter(event="submission:received").values_list("id", flat=True))
    receipts = dict(Receipt.objects.values_list("event_id", "proof"))
    assert receipts.keys() == received
    assert len(received) == 3
    for event_id, proof in receipts.items():
        verified = notes.verify_proof(proof.encode(), origin=ORIGIN, key=trusted.key)
        leaf = json.loads(verified.extra[len(PREFIX) :])
        assert verified.extra.startswith(PREFIX)
        assert (leaf["id"], leaf["event"], leaf["at"]) == (
            str(event_id),
            "submission:received",
            "2026-05-03T12:00:00.250000Z",
        )
        assert LogLeaf.objects.get(event_id=event_id).index == verified.index


@pytest.mark.parametrize("event", sorted(PROVED))
def test_only_events_that_somebody_outside_relies_on_are_proved(as_role, integrate, event):
    worker = as_role("worker")
    for name in (event, "incident:opened", event):
        worker.execute(INSERT, (name, NOON, "{}"))
    integrate()
    proved = set(AuditEvent.objects.filter(event=event).values_list("id", flat=True))
    assert len(proved) == 2
    assert set(Receipt.objects.values_list("event_id", flat=True)) == proved


def test_a_receipt_with_any_byte_changed_is_refused(record, integrate, trusted):
    record(2)
    integrate()
    proof = Receipt.objects.get().proof.encode()
    notes.verify_proof(proof, origin=ORIGIN, key=trusted.key)
    for position in range(len(proof)):
        changed = bytearray(proof)
        changed[position] ^= 1
        with pytest.raises(CryptoError):
            notes.verify_proof(bytes(changed), origin=ORIGIN, key=trusted.key)


def test_only_one_notary_at_a_time(as_role, sequencer):
    first, second = as_role("notary"), as_role("notary")
    # The server ends a session a moment after its client; blocking for the lock waits for that, here for a notary of an
    # earlier test.
    second.execute("SET lock_timeout = '60s'")
    second.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
    second.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
    assert sequencer.take_lock(first)
    assert not sequencer.take_lock(second)
    first.close()
    second.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
    assert sequencer.take_lock(second)


def test_nothing_is_signed_on_top_of_another_key_s_checkpoint(record, integrate, as_role, log_key):
    record(3)
    integrate()
    record(1)
    stranger = Sequencer(origin=ORIGIN, signer=type(log_key).generate("ed25519"))
    with pytest.raises(LogDamaged, match="audit verify"):
        stranger.integrate(as_role("notary"), at=NOON)
    assert PendingEvent.objects.count() == 1
    assert integrate() == 1


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("checkpoint", "UPDATE audit_checkpoint SET root = sha256('other') WHERE size = 6"),
        ("checkpoint", "UPDATE audit_checkpoint SET size = 5 WHERE size = 6"),
        ("checkpoint", "DELETE FROM audit_checkpoint WHERE size = 6"),
        ("lognode", "UPDATE audit_lognode SET hash = sha256('other') WHERE level = 2 AND index = 0"),
        ("lognode", "DELETE FROM audit_lognode WHERE level = 1 AND index = 2"),
    ],
)
def test_nothing_is_signed_on_top_of_a_changed_tree(record, integrate, past_the_triggers, table, statement):
    record(3)
    integrate()
    record(3)
    integrate()
    record(1)
    with past_the_triggers(table) as owner:
        owner.execute(statement)
    with pytest.raises(LogDamaged, match="audit verify"):
        integrate()
    assert PendingEvent.objects.count() == 1


def test_a_log_set_back_under_a_running_notary_is_not_continued(record, integrate, past_the_triggers):
    record(2)
    integrate()
    record(2)
    integrate()
    with past_the_triggers("checkpoint", "logleaf", "lognode") as owner:
        owner.execute("DELETE FROM audit_checkpoint WHERE size = 4")
        owner.execute("DELETE FROM audit_logleaf WHERE index >= 2")
        owner.execute("DELETE FROM audit_lognode WHERE (index + 1) << level > 2")
    record(1)
    with pytest.raises(LogDamaged, match="4 were signed"):
        integrate()
