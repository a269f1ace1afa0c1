"""What the views share between requests: senders and keys found a moment ago, one committer, one asker for receipts.

Nothing here decides: whoever is remembered is looked up again by accept() in the transaction that stores. All of it
belongs to the server's one loop.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from django.db import InterfaceError, OperationalError

from backend.edge import limits
from backend.edge.threads import in_thread
from backend.intake import accepting, checking, wire
from backend.intake.accepting import NotAccepted, Outcome
from backend.intake.batching import Batcher, TooMany
from backend.intake.checking import CheckedSubmission, Sender
from backend.intake.signatures import Message
from backend.intake.storing import Kept

# How long a sender, or a key, that was found is not looked up again before the body is read.
REMEMBERED_SECONDS = 10.0
MOST_REMEMBERED = 10_000
MOST_IN_BATCH = 256
BYTES_IN_BATCH = 4 * 1024 * 1024
# As many bodies of 64 KiB as a small node has memory for.
MOST_WAITING = 1_000
# How long a sender is kept waiting for the notary before it is told where to ask; how often the notary is asked.
RECEIPT_SECONDS = 2.0
RECEIPT_PAUSE = 0.010

K = TypeVar("K")
V = TypeVar("V")
Item = tuple[CheckedSubmission, Kept]


class Remembered(Generic[K, V]):
    """What was found a moment ago, at most so much of it; what was not found is not remembered."""

    def __init__(self) -> None:
        self._found: dict[K, tuple[float, V]] = {}

    def get(self, key: K) -> V | None:
        """What was found under `key`, unless it is too long ago."""
        found = self._found.get(key)
        return found[1] if found and time.monotonic() < found[0] else None

    def put(self, key: K, value: V) -> None:
        """Remember `value` for a while."""
        if len(self._found) >= MOST_REMEMBERED:
            self._found.clear()
        self._found[key] = (time.monotonic() + REMEMBERED_SECONDS, value)


class _LookUp(Exception):
    """The sender with this fingerprint has to be looked up first."""

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint


_senders: Remembered[str, Sender] = Remembered()
_keys: Remembered[tuple[str, str], bool] = Remembered()


async def check(message: Message, kind: wire.Kind) -> CheckedSubmission:
    """The submission, checked before its body is read, down to the key to which it is sealed; raises a Refused."""

    def check_with(sender: Sender | None, *, known: bool) -> CheckedSubmission:
        def find(fingerprint: str) -> Sender | None:
            if not known and (found := _senders.get(fingerprint)) is None:
                raise _LookUp(fingerprint)
            return sender if known else found

        return checking.check_submission(message, kind=kind, find_sender=find, at=datetime.now(UTC))

    try:
        submission = check_with(None, known=False)
    except _LookUp as needed:
        sender = await in_thread(accepting.find_sender, needed.fingerprint)
        submission = check_with(sender, known=True)
        # Remembered only now: the name of a sender is public, its signature is not.
        if sender is not None:
            _senders.put(sender.fingerprint, sender)
    limits.count_sender(submission.sender)
    key = (submission.key_id, submission.kind)
    if _keys.get(key) is None and await in_thread(accepting.check_key, submission):
        _keys.put(key, True)
    return submission


async def store(submission: CheckedSubmission, kept: Kept) -> Outcome:
    """Record a kept body, with whatever else came meanwhile; raises what accept() says, or NotAccepted."""
    key = (submission.sender, submission.submission)
    try:
        return await _committer.do(key, (submission, kept), weight=len(kept.sealed or b""))
    except TooMany:
        kept.remove()
        raise NotAccepted from None


async def _accept(items: Sequence[Item]) -> Sequence[Outcome | Exception]:
    return await in_thread(accepting.accept, items)


_committer: Batcher[tuple[str, object], Item, Outcome] = Batcher(
    _accept, most=MOST_IN_BATCH, heaviest=BYTES_IN_BATCH, waiting=MOST_WAITING
)


@dataclass(eq=False)
class _Receipts:
    """Asks for the receipts of all who wait in one question, as long as somebody waits."""

    waiting: "dict[asyncio.Future[bytes], CheckedSubmission]" = field(default_factory=dict)
    task: "asyncio.Task[None] | None" = None

    async def of(self, submission: CheckedSubmission) -> bytes | None:
        """The receipt, or None where the notary was too slow."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.waiting[answer] = submission
        if self.task is None:
            self.task = asyncio.create_task(self._ask())
        try:
            return await asyncio.wait_for(answer, RECEIPT_SECONDS)
        except (TimeoutError, OperationalError, InterfaceError):
            # It is stored; whether it is acknowledged the sender asks once the database is back.
            return None
        finally:
            self.waiting.pop(answer, None)

    async def _ask(self) -> None:
        try:
            while self.waiting:
                asked = list(self.waiting.items())[:MOST_WAITING]
                found = await in_thread(accepting.receipts, [submission for _, submission in asked])
                for (answer, _), receipt in zip(asked, found, strict=True):
                    if receipt is not None and not answer.done():
                        answer.set_result(receipt)
                        self.waiting.pop(answer, None)
                await asyncio.sleep(RECEIPT_PAUSE)
        except Exception as failure:
            # The database is away: whoever waits is told where to ask, and the next one to wait begins anew.
            for answer in list(self.waiting):
                if not answer.done():
                    answer.set_exception(failure)
        finally:
            self.task = None


_receipts = _Receipts()


async def receipt_of(submission: CheckedSubmission) -> bytes | None:
    """The receipt of what was just stored; None where there is none within two seconds."""
    return await _receipts.of(submission)
