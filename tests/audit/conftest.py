"""A log on the real database: events as the worker records them, batches as the notary's role integrates them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import transaction

from backend.audit import recording
from backend.audit.connecting import open_connection
from backend.audit.events import Event
from backend.audit.sequencer import Sequencer
from backend.audit.subjects import Reference, System
from backend.audit.trust import TrustedLog
from backend.audit.verification import LogReport, verify_log
from crypto.keyholder.signing import SigningKey

NOON = datetime(2026, 5, 3, 12, 0, 0, 250_000, tzinfo=UTC)
ORIGIN = "comity/gd/log"


@pytest.fixture(scope="session")
def log_key() -> SigningKey:
    return SigningKey.generate("ed25519")


@pytest.fixture
def trusted(log_key: SigningKey) -> TrustedLog:
    return TrustedLog(ORIGIN, log_key.verifying_key)


@pytest.fixture
def record(transactional_db: None) -> Callable[[int], None]:
    """Records that many events, each in a transaction of its own; every third is a received submission."""

    def record_events(count: int) -> None:
        for number in range(count):
            event = Event.SUBMISSION_OPENED if number % 3 else Event.SUBMISSION_RECEIVED
            with transaction.atomic():
                recording.record(
                    event,
                    Reference("submission", f"s-{number}"),
                    acting=System("worker"),
                    at=NOON,
                    detail={"kind": "report", "size": number, "note": None},
                )

    return record_events


@pytest.fixture
def owner(transactional_db: None) -> Iterator[psycopg.Connection]:
    """The database's owner, who alone could get past triggers and grants."""
    with open_connection() as connection:
        yield connection


@pytest.fixture
def sequencer(log_key: SigningKey) -> Sequencer:
    return Sequencer(origin=ORIGIN, signer=log_key)


@pytest.fixture
def integrate(as_role, sequencer: Sequencer) -> Callable[..., int]:
    """Integrates everything that waits, as the notary's role, in batches of at most ``limit``; how many events."""
    connection = as_role("notary")

    def integrate_all(limit: int = 1000) -> int:
        done = 0
        while batch := sequencer.integrate(connection, at=NOON, limit=limit).events:
            done += batch
        return done

    return integrate_all


@pytest.fixture
def verify(as_role, trusted: TrustedLog) -> Callable[..., LogReport]:
    """Verifies the log as the desk's role does for an auditor."""

    def verify_now(*exported, at: datetime = NOON) -> LogReport:
        return verify_log(as_role("desk"), trusted=trusted, exported=exported, at=at)

    return verify_now


@pytest.fixture
def past_the_triggers(owner) -> Callable:
    """Runs SQL as the owner with the append-only triggers of a table off: what a thief of the owner's role could do."""

    @contextmanager
    def off(*tables: str) -> Iterator[psycopg.Connection]:
        with owner.transaction():
            for table in tables:
                owner.execute(f"ALTER TABLE audit_{table} DISABLE TRIGGER USER")
            yield owner
            for table in tables:
                owner.execute(f"ALTER TABLE audit_{table} ENABLE TRIGGER USER")

    return off
