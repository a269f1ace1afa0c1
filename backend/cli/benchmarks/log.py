"""The audit log: events into it, its receipts, the whole of it recomputed."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.audit.log import origin_of
from backend.audit.receipts import verify_receipt
from backend.audit.storage import Connection
from backend.audit.trust import TrustedLog
from backend.cli.benchmarks.measuring import BenchmarkFailed, Result, rates
from backend.cli.benchmarks.node import TemporaryNode
from backend.cli.benchmarks.registry import Place
from backend.cli.node.home import Home
from backend.vault.notary import log_signer, log_verifying_key

BATCH = 1000
_PLAIN = "CREATE TABLE bench_event (id uuid PRIMARY KEY, event text, subject text, at timestamptz, detail jsonb)"
_ROWS = (
    "INSERT INTO bench_event SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::jsonb[])"
)


@dataclass(frozen=True)
class _KeyFolders:
    home: Home

    def key_folder(self, group: str) -> Path:
        return self.home.keys(group)


def append(place: Place, size: int, rounds: int) -> Result:
    """Events integrated in a second with checkpoints and receipts, against the bare INSERT of as many rows."""
    node = place.node
    with node.connect("comity_notary") as notary, node.connect("comity_owner") as owner:
        log = _Log(node, notary)
        log.take_in()
        for _ in range(rounds):
            _record(size)
        owner.execute("DROP TABLE IF EXISTS bench_event")
        owner.execute(_PLAIN)
        return rates("events/s", size, lambda: log.take_in(size), lambda: _insert(owner, size), rounds=rounds)


def proof(place: Place, size: int, rounds: int) -> Result:
    """Receipts verified in a second by whoever holds the node's card, against the bare check of one signature each."""
    node = place.node
    with node.connect("comity_notary") as notary:
        _fill(node, notary, 3 * size)
        rows = notary.execute("SELECT proof FROM audit_receipt ORDER BY event_id LIMIT %s", (size,)).fetchall()
    trusted, receipts = _trusted(node), [text.encode() for (text,) in rows]
    key = Ed25519PrivateKey.generate()
    public, signed = key.public_key(), [(key.sign(receipt), receipt) for receipt in receipts]
    return rates(
        "proofs/s",
        len(receipts),
        lambda: [verify_receipt(receipt, trusted=trusted) for receipt in receipts],
        lambda: [public.verify(signature, receipt) for signature, receipt in signed],
        rounds=rounds,
    )


def verify(place: Place, size: int, rounds: int) -> Result:
    """Entries verified in a second, against reading the same events and hashing each."""
    from backend.audit.verification import verify_log

    node = place.node
    with node.connect("comity_notary") as notary:
        entries = _fill(node, notary, size)

    def work() -> None:
        with node.connect("comity_desk") as desk:
            report = verify_log(desk, trusted=_trusted(node), exported=[], at=datetime.now(UTC))
        if report.finding is not None or report.entries != entries:
            raise BenchmarkFailed(f"the log of {entries} entries did not verify; run it again and report this.")

    return rates("entries/s", entries, work, lambda: _read(node), rounds=rounds)


class _Log:
    """The notary's side, in this process."""

    def __init__(self, node: TemporaryNode, connection: Connection) -> None:
        from backend.audit.sequencer import Sequencer

        self._sequencer = Sequencer(origin=origin_of(node.name), signer=log_signer(_KeyFolders(node.home)))
        self._connection = connection

    def take_in(self, most: int | None = None) -> int:
        """Integrates `most` waiting events, or all, in the notary's batches; the log's size."""
        left = most
        while True:
            batch = self._sequencer.integrate(
                self._connection, at=datetime.now(UTC), limit=BATCH if left is None else min(BATCH, left)
            )
            left = None if left is None else left - batch.events
            if not batch.events or left == 0:
                return batch.size


def _fill(node: TemporaryNode, notary: Connection, entries: int) -> int:
    """Makes the log have at least so many entries; how many it has."""
    log = _Log(node, notary)
    missing = entries - log.take_in()
    if missing > 0:
        _record(missing)
    return log.take_in() if missing > 0 else entries - missing


def _record(count: int) -> None:
    """Writes events as their transactions leave them: one in three is a submission received, which gets a receipt."""
    from backend.audit.events import Event
    from backend.audit.models import AuditEvent

    at = datetime.now(UTC)
    AuditEvent.objects.bulk_create(
        (
            AuditEvent(
                event=Event.SUBMISSION_OPENED if number % 3 else Event.SUBMISSION_RECEIVED,
                subject_kind="submission",
                subject_id=str(uuid4()),
                acting_role="system",
                acting_id="worker",
                at=at,
                detail=_detail(number),
            )
            for number in range(count)
        ),
        batch_size=BATCH,
    )


def _detail(number: int) -> dict[str, str | int]:
    digest = hashlib.sha256(number.to_bytes(8, "big")).hexdigest()
    return {"sender": digest, "submission": str(uuid4()), "kind": "report", "sha256": digest, "size": number}


def _insert(owner: Connection, count: int) -> None:
    at = datetime.now(UTC)
    for start in range(0, count, BATCH):
        share = min(BATCH, count - start)
        detail = ['{"kind": "report", "size": 4096, "sha256": "' + "0" * 64 + '"}'] * share
        rows = ([uuid4() for _ in range(share)], ["submission:received"] * share, ["subject"] * share, [at] * share)
        owner.execute(_ROWS, (*rows, detail))


def _read(node: TemporaryNode) -> None:
    with node.connect("comity_desk") as desk:
        for row in _events(desk):
            hashlib.sha256(repr(row).encode())


def _events(desk: Connection) -> Iterator[tuple[object, ...]]:
    with desk.transaction(), desk.cursor("events") as cursor:
        cursor.itersize = 2000
        cursor.execute(
            "SELECT id, event, subject_kind, subject_id, acting_role, acting_id, at, detail FROM audit_auditevent"
        )
        yield from cursor


def _trusted(node: TemporaryNode) -> TrustedLog:
    return TrustedLog(origin_of(node.name), log_verifying_key(node.home.keys("notary")))
