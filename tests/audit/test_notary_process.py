"""The notary as a process: woken by commits, stopped by SIGTERM, back when the database is, never two at once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from backend.audit.sequencer import LOCK
from crypto import notes
from crypto.keyholder.keyring import FileKeyring
from crypto.keyholder.signing import SigningKey
from tests import cluster
from tests.audit.conftest import ORIGIN

pytestmark = pytest.mark.long

PATIENCE = 60  # seconds, on a busy machine


@pytest.fixture
def keys(tmp_path, log_key):
    folder = tmp_path / "keys" / "notary"
    FileKeyring(folder).write("log.pem", log_key.to_pem())
    return folder


@pytest.fixture
def start(transactional_db, keys, tmp_path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts a notary with no more than a notary gets; what still runs at the end is ended."""
    started: list[subprocess.Popen[str]] = []

    def start_one() -> subprocess.Popen[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "backend.settings.notary",
            "COMITY_PROCESS": "notary",
            "COMITY_NODE": "gd",
            "COMITY_KEYS": str(keys),
            "DATABASE_URL": cluster.database_url("comity_notary"),
        }
        log = tmp_path / f"notary-{len(started)}.log"
        with log.open("w") as out:
            process = subprocess.Popen([sys.executable, "-m", "backend.notary"], env=environment, stderr=out, text=True)
        process.log = log  # type: ignore[attr-defined]
        started.append(process)
        return process

    yield start_one
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.fixture
def seen(as_role) -> psycopg.Connection:
    """A connection to look with, as the notary's own role, which may also end its sessions."""
    return as_role("notary")


def until(question: Callable[[], object]) -> object:
    """The first true answer; fails when it takes too long."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not within {PATIENCE} s")


def count(connection: psycopg.Connection, table: str) -> int:
    (found,) = connection.execute(f"SELECT count(*) FROM audit_{table}").fetchone()  # noqa: S608
    return found


def holder(connection: psycopg.Connection) -> int | None:
    """The session that holds the log's lock; other databases of the cluster have a lock of their own."""
    row = connection.execute(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND (classid::bigint << 32 | objid::bigint) = %s",
        (LOCK,),
    ).fetchone()
    return row[0] if row else None


def text_of(process) -> str:
    return process.log.read_text()


def test_it_logs_what_waited_and_what_is_committed_then_and_stops_cleanly(record, start, seen, trusted):
    record(3)
    process = start()
    until(lambda: count(seen, "logleaf") == 3)
    record(4)
    until(lambda: count(seen, "logleaf") == 7)
    proofs = [row[0] for row in seen.execute("SELECT proof FROM audit_receipt").fetchall()]
    assert len(proofs) == 3
    for proof in proofs:
        notes.verify_proof(proof.encode(), origin=ORIGIN, key=trusted.key)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert "The notary has stopped." in text_of(process)


def test_an_idle_notary_stops_at_once(start, seen):
    def seconds_to_stop() -> float:
        process = start()
        until(lambda: "The notary integrates events." in text_of(process))
        time.sleep(0.1)
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        return time.monotonic() - asked

    # A busy machine may take its time once; a notary that waited for its next sweep would take longer each time.
    assert any(seconds_to_stop() < 2 for _ in range(5))


def test_it_comes_back_after_its_session_was_ended(record, start, seen):
    process = start()
    # The lock alone may still be held by the dying session of an earlier test's notary.
    until(lambda: "The notary integrates events." in text_of(process))
    first = holder(seen)
    seen.execute("SELECT pg_terminate_backend(%s)", (first,))
    record(2)
    until(lambda: count(seen, "logleaf") == 2)
    assert holder(seen) not in (None, first)
    assert "The database is not reachable" in text_of(process)


def test_a_second_notary_waits_until_the_first_is_gone(record, start, seen):
    first = start()
    until(lambda: "The notary integrates events." in text_of(first))
    second = start()
    until(lambda: "Another notary holds the log" in text_of(second))
    first.kill()
    first.wait()
    record(2)
    until(lambda: count(seen, "logleaf") == 2)
    assert second.poll() is None


def test_it_signs_nothing_more_over_a_damaged_log_and_says_so(record, integrate, start, seen, past_the_triggers):
    record(2)
    integrate()
    with past_the_triggers("checkpoint") as owner:
        owner.execute("UPDATE audit_checkpoint SET root = sha256('x')")
    record(1)
    process = start()
    assert process.wait(PATIENCE) == 1
    assert "run `comity audit verify`" in text_of(process)
    assert "Traceback" not in text_of(process)
    assert count(seen, "logleaf") == 2


def test_a_key_that_others_may_read_is_refused(start, keys):
    (keys / "log.pem").chmod(0o644)
    process = start()
    assert process.wait(PATIENCE) == 1
    assert "open to others" in text_of(process)


def test_a_key_that_cannot_sign_notes_is_refused(start, keys):
    (keys / "log.pem").write_bytes(SigningKey.generate("ecdsa-p256").to_pem())
    process = start()
    assert process.wait(PATIENCE) == 1
    assert "not a usable key" in text_of(process)
