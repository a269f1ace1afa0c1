"""The edge's calls to the database: the functions and views that migration 0002 makes for it, and nothing else."""

from dataclasses import dataclass
from typing import Literal, cast
from uuid import UUID

from django.db import connection

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
    """Return the sender with this fingerprint, or None: not enrolled, revoked, expired, unconfirmed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public_key, kind FROM edge_sender WHERE fingerprint = %s", [fingerprint])
        row = cursor.fetchone()
    try:
        return None if row is None else Sender(fingerprint, VerifyingKey.parse(row[0]), row[1])
    except MalformedKey:
        return None


def check_key(submission: CheckedSubmission) -> None:
    """Raise SealAgain, before the body is read, when it is sealed to no key of this node. A replay passes: its key may
    have been destroyed since."""
    kind = "exchange" if submission.kind == "packet" else "intake"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM edge_published_key WHERE key_id = %s AND kind = %s)"
            " OR receipt(%s, %s, %s) IS NOT NULL",
            [submission.key_id, kind, submission.sender, submission.submission, submission.digest],
        )
        (known,) = cursor.fetchone()
    if not known:
        raise SealAgain


def accept(submission: CheckedSubmission, kept: Kept) -> Outcome:
    """Record a kept body with its event, once per sender and id; "same" when it was recorded before.

    Raises UnknownSender (revoked meanwhile), DifferentContent, SealAgain or NotAccepted; the kept file is removed in
    each case where the database has said that no row names it. An error of the database itself says nothing: then the
    file stays for the sweep.
    """
    outcome = _call(submission, kept)
    if outcome == "retry":
        outcome = _call(submission, kept)
    if outcome != "stored":
        kept.remove()
    if outcome in ("stored", "same"):
        return cast(Outcome, outcome)
    refusals = {"refused": UnknownSender, "different": DifferentContent, "seal-again": SealAgain}
    raise refusals.get(outcome, NotAccepted)


def _call(submission: CheckedSubmission, kept: Kept) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome FROM accept(%s::text[], %s::uuid[], %s::text[], %s::text[], %s::bytea[], %s::bigint[],"
            " %s::bytea[], %s::text[])",
            [
                [submission.sender],
                [submission.submission],
                [submission.kind],
                [submission.key_id],
                [submission.digest],
                [submission.size],
                [kept.sealed],
                [kept.stored_as],
            ],
        )
        return str(cursor.fetchone()[0])


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
