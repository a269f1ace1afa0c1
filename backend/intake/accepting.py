"""The edge's calls to the database: the functions and views that migration 0002 makes for it, and nothing else."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, cast
from uuid import UUID

import psycopg
from django.db import DataError, connection

from backend.intake.checking import CheckedQuestion, CheckedSubmission, Sender
from backend.intake.refusals import DifferentContent, SealAgain, UnknownSender, WaitingListFull
from backend.intake.storing import Kept
from crypto.errors import MalformedKey
from crypto.keys import VerifyingKey

Outcome = Literal["stored", "same"]


class NotAccepted(Exception):
    """The database could not say within two tries: another request is storing the same submission; ask again."""


@dataclass(frozen=True)
class Enrolment:
    """A device that asks to be enrolled."""

    invitation: UUID
    public_key: str
    mac: bytes
    label: str


def find_sender(fingerprint: str) -> Sender | None:
    """Return the sender with this fingerprint, or None: not enrolled, expired, unconfirmed, a revoked peer.

    A revoked device is found: it may bring what it sealed before, which accept() marks.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT public_key, kind FROM edge_sender WHERE fingerprint = %s", [fingerprint])
        row = cursor.fetchone()
    try:
        return None if row is None else Sender(fingerprint, VerifyingKey.parse(row[0]), row[1])
    except MalformedKey:
        return None


def check_key(submission: CheckedSubmission) -> bool:
    """Whether the key to which it is sealed is published; raises SealAgain, before the body is read, for another.

    A replay passes all the same, also one that waits for its receipt: its key may have been destroyed since.
    """
    kind = "exchange" if submission.kind == "packet" else "intake"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM edge_published_key WHERE key_id = %s AND kind = %s), recorded(%s, %s, %s)",
            [submission.key_id, kind, submission.sender, submission.submission, submission.digest],
        )
        published, recorded = cursor.fetchone()
    if not published and not recorded:
        raise SealAgain
    return bool(published)


def accept(items: Sequence[tuple[CheckedSubmission, Kept]]) -> list[Outcome | Exception]:
    """Record kept bodies with their events in one transaction, each once per sender and id: its outcome, in order.

    "same" when it was recorded before; else UnknownSender (not known, or revoked and beyond its bounds),
    DifferentContent, SealAgain or NotAccepted. The kept file is removed in each case where the database has said that
    no row names it. An error of the database itself says nothing: then the file stays for the sweep. No two items have
    the same sender and id.
    """
    try:
        outcomes = _call(items)
    except DataError:
        # One of them the database could not take: alone, each gets what it deserves.
        outcomes = [_alone(item) for item in items] if len(items) > 1 else ["refused"]
    again = [place for place, outcome in enumerate(outcomes) if outcome == "retry"]
    if again:
        for place, outcome in zip(again, _call([items[place] for place in again]), strict=True):
            outcomes[place] = outcome
    return [_settled(kept, outcome) for (_, kept), outcome in zip(items, outcomes, strict=True)]


@contextmanager
def _cursor() -> Iterator["psycopg.Cursor[tuple[Any, ...]]"]:
    """A cursor that sends bodies as they are: Django's writes them into the statement, twice as long and to be parsed.

    Errors are Django's, as from its own.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor


def _alone(item: tuple[CheckedSubmission, Kept]) -> str:
    try:
        return _call([item])[0]
    except DataError:
        return "refused"


def _settled(kept: Kept, outcome: str) -> Outcome | Exception:
    if outcome != "stored":
        kept.remove()
    if outcome in ("stored", "same"):
        return cast(Outcome, outcome)
    refusals = {"refused": UnknownSender, "different": DifferentContent, "seal-again": SealAgain}
    return refusals.get(outcome, NotAccepted)()


def _call(items: Sequence[tuple[CheckedSubmission, Kept]]) -> list[str]:
    told = [submission for submission, _ in items]
    with _cursor() as cursor:
        cursor.execute(
            "SELECT outcome FROM accept(%s::text[], %s::uuid[], %s::text[], %s::text[], %b::bytea[], %s::bigint[],"
            " %b::bytea[], %s::text[]) ORDER BY item",
            [
                [one.sender for one in told],
                [one.submission for one in told],
                [one.kind for one in told],
                [one.key_id for one in told],
                [one.digest for one in told],
                [one.size for one in told],
                [kept.sealed for _, kept in items],
                [kept.stored_as for _, kept in items],
            ],
        )
        return [str(outcome) for (outcome,) in cursor.fetchall()]


def receipts(submissions: Sequence[CheckedSubmission]) -> list[bytes | None]:
    """The receipts of many submissions, each None while there is none."""
    found: list[bytes | None] = [None] * len(submissions)
    with _cursor() as cursor:
        cursor.execute(
            "SELECT item, proof FROM receipts(%s::text[], %s::uuid[], %b::bytea[])",
            [
                [one.sender for one in submissions],
                [one.submission for one in submissions],
                [one.digest for one in submissions],
            ],
        )
        for item, proof in cursor.fetchall():
            found[item - 1] = proof.encode()
    return found


def receipt(question: CheckedSubmission | CheckedQuestion) -> bytes | None:
    """Return the receipt of what this sender sent under this id and digest; None when there is none, or none yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT receipt(%s, %s, %s)", [question.sender, question.submission, question.digest])
        (proof,) = cursor.fetchone()
    return None if proof is None else proof.encode()


def enrol(enrolment: Enrolment) -> None:
    """Record a device's request for the node to check; raises WaitingListFull."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT enrol(%s, %s, %s, %s)",
            [enrolment.invitation, enrolment.public_key, enrolment.mac, enrolment.label],
        )
        (recorded,) = cursor.fetchone()
    if not recorded:
        raise WaitingListFull


def own_card() -> bytes | None:
    """Return this node's key card, as its identity key signed it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT card FROM edge_card")
        row = cursor.fetchone()
    return None if row is None else bytes(row[0])


def intake_statements() -> list[bytes]:
    """Return the signed statements of the intake keys to which one may seal now, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement FROM edge_published_key WHERE kind = 'intake' AND seal_from <= now()"
            " AND seal_until > now() ORDER BY seal_from DESC, key_id"
        )
        return [bytes(statement) for (statement,) in cursor.fetchall()]
