"""Carries sealed parts to an edge until each is acknowledged by a receipt that holds."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from backend.audit.receipts import VerifiedReceipt, verify_receipt
from backend.vault.sending import Body, Reply, ask_receipt, post_sealed
from backend.vault.submitting.plan import Part, Sealed
from backend.vault.trusted_card import TrustedCard
from backend.vault.uploading import WORTH_CHUNKS, send_sealed
from backend.vault.writing import write_whole
from crypto.errors import CryptoError
from crypto.signer import Signer

TIMEOUT = 60.0
# How long to go on asking for a receipt after a part was stored but not acknowledged.
RECEIPT_SECONDS = 30.0
TOO_OFTEN = 429
# How often to go on after the node said "too often", and how long to wait at most each time, whatever it says.
PATIENCE = 20
LONGEST_WAIT = 30
SEAL_AGAIN = "urn:comity:problem:seal-again"


class NotAcknowledged(Exception):
    """A part was refused, or its receipt does not hold or did not come; the sentence says which and what to do."""


class KeyOutdated(NotAcknowledged):
    """The node no longer takes what is sealed to this key; the parts have to be sealed anew under new ids."""


@dataclass(frozen=True)
class Acknowledged:
    """A part's receipt as bytes and as verified."""

    proof: bytes
    receipt: VerifiedReceipt


@dataclass(frozen=True)
class Courier:
    """Who sends where, and whose receipts count."""

    url: str
    signer: Signer
    card: TrustedCard
    progress: Callable[[int], None]

    def deliver(self, sealed: Sealed) -> Acknowledged:
        """Send what is not acknowledged yet, evidence first; return the report's receipt.

        Raises NotAcknowledged, or EdgeUnreachable: what was acknowledged by then is not sent again next time. Sealed
        evidence is removed once everything is acknowledged; the sealed report and the receipts stay.
        """
        acknowledged = [self._deliver_part(sealed, part) for part in sealed.plan.parts]
        for part in sealed.plan.parts[:-1]:
            (sealed.folder / part.file).unlink(missing_ok=True)
        return acknowledged[-1]

    def _deliver_part(self, sealed: Sealed, part: Part) -> Acknowledged:
        proof = self._held(sealed, part)
        acknowledged = self.verify(part, proof)
        # Half a receipt would be taken for a false one ever after.
        write_whole(sealed.folder / part.receipt, proof)
        return acknowledged

    def _held(self, sealed: Sealed, part: Part) -> bytes:
        saved = sealed.folder / part.receipt
        if saved.exists():
            self.progress(part.size)
            return saved.read_bytes()
        reply = self._send(sealed, part)
        for _ in range(PATIENCE):
            if reply.status != TOO_OFTEN:
                break
            # An import of thousands of reports is as fast as the node lets it be.
            time.sleep(_seconds_to_wait(reply))
            reply = self._send(sealed, part)
        if reply.receipt is not None:
            return reply.receipt
        if reply.status == 202:
            return self._wait(part)
        raise _refused(part, reply)

    def _send(self, sealed: Sealed, part: Part) -> Reply:
        send = send_sealed if part.kind != "report" and part.size > WORTH_CHUNKS else post_sealed
        return send(
            self.url,
            Body(sealed.folder / part.file, part.size, bytes.fromhex(part.sha256)),
            kind=part.kind,
            sender_signer=self.signer,
            submission_id=part.id,
            key_id=sealed.plan.key_id,
            timeout=TIMEOUT,
            progress=self.progress,
        )

    def _wait(self, part: Part) -> bytes:
        until = time.monotonic() + RECEIPT_SECONDS
        while time.monotonic() < until:
            reply = ask_receipt(
                self.url,
                sender_signer=self.signer,
                submission_id=part.id,
                sha256=bytes.fromhex(part.sha256),
                timeout=TIMEOUT,
            )
            if reply.receipt is not None:
                return reply.receipt
            if reply.status not in (404, TOO_OFTEN, 503):
                raise _refused(part, reply)
            time.sleep(1)
        raise NotAcknowledged(
            f"The {part.kind} {part.id} is stored but not acknowledged; it does not count as received: run the same "
            "command again later."
        )

    def verify(self, part: Part, proof: bytes) -> Acknowledged:
        """Return the receipt when it holds, offline, and is for this part; raises NotAcknowledged."""
        try:
            receipt = verify_receipt(proof, trusted=self.card.log)
        except CryptoError as error:
            raise NotAcknowledged(
                f"The receipt for the {part.kind} {part.id} does not hold by the log key of the card; nothing counts "
                "as received: tell the node's administrator."
            ) from error
        got = (receipt.sender, receipt.submission, receipt.kind, receipt.sha256, receipt.size)
        if got != (self.signer.verifying_key.fingerprint, part.id, part.kind, part.sha256, part.size):
            raise NotAcknowledged(
                f"The receipt is for something other than the {part.kind} {part.id}; tell the node's administrator."
            )
        return Acknowledged(proof, receipt)


def _seconds_to_wait(reply: Reply) -> int:
    seconds = reply.problem.get("seconds")
    return min(max(seconds, 1), LONGEST_WAIT) if isinstance(seconds, int) else 1


def _refused(part: Part, reply: Reply) -> NotAcknowledged:
    problem = reply.problem
    sentence = f"The {part.kind} {part.id} was refused ({reply.status}): {problem.get('detail') or 'no reason given'}"
    if problem.get("type") == SEAL_AGAIN:
        return KeyOutdated(sentence)
    return NotAcknowledged(sentence)
