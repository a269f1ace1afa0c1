"""An event is written in the transaction of the change that it tells of, and nothing takes it back."""

from datetime import datetime

import psycopg
import pytest
from django.db import transaction

from backend.audit import recording
from backend.audit.errors import NoTransaction, UnfitEvent
from backend.audit.events import Event
from backend.audit.models import AuditEvent, PendingEvent
from backend.audit.subjects import Reference, System
from tests.audit.conftest import NOON

SUBJECT = Reference("submission", "s-1")
INSERT = """
    INSERT INTO audit_auditevent (event, subject_kind, subject_id, acting_role, acting_id, at, detail)
    VALUES (%s, 'submission', 's-1', 'system', 'worker', %s, %s)
"""


def record(**changes):
    arguments = {"acting": System("worker"), "at": NOON, "detail": {"size": 7, "kind": "report", "note": None}}
    recording.record(Event.SUBMISSION_OPENED, SUBJECT, **{**arguments, **changes})


def test_an_event_is_stored_and_queued_for_the_log(transactional_db):
    with transaction.atomic():
        record()
    event = AuditEvent.objects.get()
    assert (event.event, event.subject_kind, event.subject_id) == ("submission:opened", "submission", "s-1")
    assert (event.acting_role, event.acting_id, event.at) == ("system", "worker", NOON)
    assert event.detail == {"size": 7, "kind": "report", "note": None}
    assert PendingEvent.objects.get().event_id == event.id


def test_an_event_outside_a_transaction_is_refused(transactional_db):
    with transaction.atomic():
        record()
    with pytest.raises(NoTransaction, match=r"transaction\.atomic"):
        record()
    assert AuditEvent.objects.count() == 1


def test_a_change_that_is_taken_back_takes_its_event_along(transactional_db):
    with transaction.atomic():
        record()
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()
    assert not PendingEvent.objects.exists()


@pytest.mark.parametrize("value", [1.5, True, 2**53, b"bytes", ["text"], {"a": 1}, "x" * 1025, "a\0b"])
def test_a_detail_that_the_log_cannot_carry_is_refused_without_being_quoted(transactional_db, value):
    with transaction.atomic():
        record(detail={"size": 2**53 - 1, "text": "x" * 1024})
        with pytest.raises(UnfitEvent, match="'size'") as refusal:
            record(detail={"size": value})
    assert repr(value) not in str(refusal.value)
    assert AuditEvent.objects.count() == 1


def test_a_time_without_a_zone_is_refused(transactional_db):
    with transaction.atomic():
        record()
        with pytest.raises(UnfitEvent, match="time zone"):
            record(at=datetime(2026, 5, 3))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("event", "at", "detail"),
    [
        ("opened", NOON, "{}"),
        ("Submission:Opened", NOON, "{}"),
        ("submission:opened", "infinity", "{}"),
        ("submission:opened", "0044-03-15 BC", "{}"),
        ("submission:opened", NOON, "[]"),
        ("submission:opened", NOON, '{"a": 1.5}'),
        ("submission:opened", NOON, '{"a": 1.0}'),
        ("submission:opened", NOON, '{"a": true}'),
        ("submission:opened", NOON, '{"a": 9007199254740992}'),
        ("submission:opened", NOON, '{"a": ["text"]}'),
        ("submission:opened", NOON, '{"a": {}}'),
        ("submission:opened", NOON, '{"a": "' + 9000 * "x" + '"}'),
    ],
)
def test_the_database_refuses_what_the_notary_could_not_put_into_a_leaf(as_role, event, at, detail):
    worker = as_role("worker")
    worker.execute(INSERT, ("submission:opened", NOON, '{"a": -9007199254740991, "b": "ü", "c": null}'))
    with pytest.raises(psycopg.errors.CheckViolation):
        worker.execute(INSERT, (event, at, detail))


@pytest.mark.long
def test_one_statement_notifies_once_and_only_if_it_wrote(as_role):
    listener, worker = as_role("notary"), as_role("worker")
    listener.execute("LISTEN comity_log")
    worker.execute(INSERT.replace("VALUES (", "SELECT ").replace("%s)", "%s FROM generate_series(1, 50)"), _row())
    assert len(_notified(listener, worker)) == 1
    worker.execute(INSERT.replace("VALUES (", "SELECT ").replace("%s)", "%s WHERE false"), _row())
    assert _notified(listener, worker) == []


def _notified(listener, worker):
    """What came before a mark of the same session's: notifications come in the order of their commits."""
    worker.execute("NOTIFY comity_log, 'mark'")
    found = []
    for notification in listener.notifies(timeout=60):
        if notification.payload == "mark":
            return found
        found.append(notification)
    pytest.fail("the mark did not come")


def _row():
    return ("submission:opened", NOON, "{}")
