"""accept() and destroy_key() at the same moment: a submission keeps the key, or finds it gone, never neither."""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from backend.cli.node import roles
from backend.directory.models import PublishedKey
from backend.intake.models import Submission
from tests import cluster
from tests.founding import enrol_device, found_node

NOW = datetime.now(UTC)
ACCEPT = (
    "SELECT outcome FROM accept(%s::text[], %s::uuid[], %s::text[], %s::text[], %s::bytea[], %s::bigint[], %s::bytea[],"
    " %s::text[])"
)
DESTROY = "SELECT destroy_key(%s, now(), 'system', 'worker')"


@pytest.fixture
def edge(as_role: Callable[[str], psycopg.Connection]) -> psycopg.Connection:
    return begun(as_role("edge"))


@pytest.fixture
def worker(as_role: Callable[[str], psycopg.Connection]) -> psycopg.Connection:
    connection = as_role("worker")
    connection.autocommit = False
    return connection


@pytest.fixture
def key_id(home: Path, edge: psycopg.Connection) -> str:
    """A key that ends just after the edge's transaction has begun, and before anything else happens."""
    found_node(at=NOW)
    began = edge.execute("SELECT now()").fetchone()[0]
    row = PublishedKey.objects.filter(kind="intake").order_by("seal_from")[0]
    until = began + timedelta(microseconds=1) - timedelta(days=30)
    PublishedKey.objects.filter(pk=row.pk).update(seal_until=until, seal_from=until - timedelta(days=14))
    return row.key_id


@pytest.fixture
def sender(key_id: str) -> str:
    return enrol_device(at=NOW).fingerprint


def begun(connection: psycopg.Connection) -> psycopg.Connection:
    connection.autocommit = False
    connection.execute("SELECT now()")
    return connection


def accept(edge: psycopg.Connection, sender: str, key_id: str) -> str:
    arguments = [[sender], [uuid.uuid4()], ["report"], [key_id], [bytes(32)], [3], [b"abc"], [None]]
    return edge.execute(ACCEPT, arguments).fetchone()[0]


def destroy(worker: psycopg.Connection, key_id: str) -> bool:
    return worker.execute(DESTROY, [key_id]).fetchone()[0]


def held_up(waiting: psycopg.Connection, work: Callable[[], object], others_end: Callable[[], None]) -> object:
    """What `work` says, which waits for a lock of `waiting`'s until `others_end` was called."""
    said: list[object] = []
    thread = threading.Thread(target=lambda: said.append(work()), daemon=True)
    thread.start()
    with psycopg.connect(cluster.database_url(roles.OWNER), autocommit=True) as looking:
        until = time.monotonic() + 60
        while looking.execute("SELECT pg_blocking_pids(%s)", [waiting.info.backend_pid]).fetchone() == ([],):
            assert thread.is_alive(), f"it did not wait: {said}"
            assert time.monotonic() < until
            time.sleep(0.01)
    others_end()
    thread.join(60)
    return said[0]


def test_what_was_being_accepted_keeps_the_key(
    edge: psycopg.Connection, worker: psycopg.Connection, sender: str, key_id: str
) -> None:
    assert accept(edge, sender, key_id) == "stored"
    assert held_up(worker, lambda: destroy(worker, key_id), edge.commit) is False
    worker.commit()
    assert PublishedKey.objects.get(key_id=key_id).destroyed_at is None
    assert Submission.objects.count() == 1


def test_what_was_not_accepted_in_the_end_does_not(
    edge: psycopg.Connection, worker: psycopg.Connection, sender: str, key_id: str
) -> None:
    assert accept(edge, sender, key_id) == "stored"
    assert held_up(worker, lambda: destroy(worker, key_id), edge.rollback) is True


def test_while_a_key_is_being_destroyed_nothing_is_accepted_for_it(
    edge: psycopg.Connection, worker: psycopg.Connection, sender: str, key_id: str
) -> None:
    assert destroy(worker, key_id) is True
    assert held_up(edge, lambda: accept(edge, sender, key_id), worker.commit) == "seal-again"
    edge.commit()
    assert not Submission.objects.exists()


def test_when_it_is_not_destroyed_in_the_end_it_is(
    edge: psycopg.Connection, worker: psycopg.Connection, sender: str, key_id: str
) -> None:
    assert destroy(worker, key_id) is True
    assert held_up(edge, lambda: accept(edge, sender, key_id), worker.rollback) == "stored"


def test_a_clock_that_goes_back_brings_no_key_back(
    edge: psycopg.Connection, worker: psycopg.Connection, sender: str, key_id: str
) -> None:
    assert destroy(worker, key_id) is True
    worker.commit()
    # This transaction began before the key's end, as after a clock that was set back.
    assert accept(edge, sender, key_id) == "seal-again"


def test_a_transaction_that_would_not_see_what_others_accepted_destroys_nothing(
    worker: psycopg.Connection, key_id: str
) -> None:
    worker.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with pytest.raises(psycopg.errors.CheckViolation, match="read committed"):
        destroy(worker, key_id)


def test_the_worker_marks_no_key_by_itself(worker: psycopg.Connection, key_id: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        worker.execute("UPDATE directory_publishedkey SET destroyed_at = now()")
