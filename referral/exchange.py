"""Letters on their way to another node: packed, proved by the log, sent, and delivered when its receipt holds.

The Transmission row is the queue. Sending the same packet again is safe: the addressee answers with the same receipt.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.receipts import verify_receipt
from backend.audit.subjects import System
from backend.audit.trust import TrustedLog
from backend.directory.keycard import read_card
from backend.directory.models import Node
from backend.incidents.custody import NotHanded
from backend.intake.queue import claimed, failure_name
from backend.vault.sending import Body, EdgeUnreachable, Reply, ask_receipt, post_sealed
from backend.vault.signers import transport_signer
from backend.vault.uploading import WORTH_CHUNKS, send_sealed
from crypto.errors import CryptoError
from crypto.keys import VerifyingKey
from referral.lifecycle import Stage
from referral.models import Packet, Transmission
from referral.packing_letters import NotProved, build, packet_path
from referral.services.moving import locked, to_stage

WORKER = System("worker")
SEND_TIMEOUT = 60.0  # seconds for each step of a request
MAX_ATTEMPTS = 1000  # about a week at the longest back-off: a small office may be without power for days
HELD_ATTEMPTS = 9  # looked at again after four to nine minutes
log = logging.getLogger("comity.exchange")


class NotSentYet(Exception):
    """The packet is not at its addressee; it is tried again. The sentence is shown on the letter's page."""


class Undeliverable(Exception):
    """The addressee will never take this packet as it is; a person must look."""


def transmit_waiting(*, at: datetime) -> bool:
    """Work on one transmission that is due; False when none is."""
    waiting = Transmission.objects.filter(stage__in=(Transmission.Stage.TO_BUILD, Transmission.Stage.QUEUED))
    with claimed(waiting.filter(addressee_known()), order="queued_at", at=at) as transmission:
        if transmission is None:
            return False
        try:
            _transmit(transmission, at=at)
        except Undeliverable as final:
            _fail(transmission, str(final), at=at)
        except NotHanded as held:
            # It waits for a second person as long as that takes: looked at every few minutes, and no attempt to send.
            kept = {"last_problem": str(held)[:300], "attempts": min(transmission.attempts, HELD_ATTEMPTS)}
            Transmission.objects.filter(pk=transmission.pk).update(**kept)
        except Exception as problem:  # what is unforeseen is tried again, then shown to a person
            known = isinstance(problem, (NotSentYet, NotProved, EdgeUnreachable))
            reason = str(problem) if known else f"unforeseen: {failure_name(problem)}"
            log.warning("transmission %s: %s (attempt %d)", transmission.id, reason, transmission.attempts)
            if transmission.attempts >= MAX_ATTEMPTS:
                _fail(transmission, reason, at=at)
            else:
                Transmission.objects.filter(pk=transmission.pk).update(last_problem=reason[:300])
    return True


def addressee_known() -> Q:
    """Packets go only to nodes whose card a person has confirmed and nobody has revoked."""
    return Q(letter__addressee_node__confirmed_at__isnull=False, letter__addressee_node__revoked_at__isnull=True)


def _transmit(transmission: Transmission, *, at: datetime) -> None:
    if transmission.stage == Transmission.Stage.TO_BUILD:
        _check_card(transmission.letter.addressee_node, at=at)
        build(transmission, at=at)
    packet = Packet.objects.select_related("peer", "letter").get(pk=transmission.packet_id)
    body = Body.of(packet_path(packet))
    if body.sha256.hex() != packet.sha256:
        raise Undeliverable("the packet on the disk is not the one that was built")
    reply = _send(transmission, packet, body)
    if reply.receipt is None:
        _judge_refusal(reply, transmission, packet)
    _delivered(transmission, packet, body, reply.receipt or b"", at=at)


def _check_card(peer: Node, *, at: datetime) -> None:
    """Nothing is sealed to a key whose time has passed; raises NotSentYet until a newer card is here."""
    seal_until = read_card(bytes(peer.card)).card.exchange.seal_until
    if min(peer.valid_until, seal_until) <= at:
        raise NotSentYet(f"the key card of the node {peer.id} has ended; import its newest one")


# Sending --------------------------------------------------------------------------------------------------------------


def _send(transmission: Transmission, packet: Packet, body: Body) -> Reply:
    signer = transport_signer()
    if transmission.attempts > 1:
        # It may have arrived before: asking costs less than sending it again.
        asked = ask_receipt(
            packet.peer.edge_url,
            sender_signer=signer,
            submission_id=packet.id,
            sha256=body.sha256,
            timeout=SEND_TIMEOUT,
        )
        if asked.receipt is not None:
            return asked
    send = send_sealed if body.size > WORTH_CHUNKS else post_sealed
    return send(
        packet.peer.edge_url,
        body,
        kind="packet",
        sender_signer=signer,
        submission_id=packet.id,
        key_id=packet.key_id,
        timeout=SEND_TIMEOUT,
    )


def _judge_refusal(reply: Reply, transmission: Transmission, packet: Packet) -> None:
    """Raise NotSentYet for what passes, Undeliverable for what will not change by itself."""
    named = "".join(c for c in str(reply.problem.get("type", ""))[:100] if c.isprintable())
    if reply.status in (202, 401, 408, 425, 429) or reply.status >= 500:
        # 401: their administrator may not have confirmed our card yet.
        raise NotSentYet(f"the node {packet.peer_id} answered {reply.status} ({named}); it is tried again")
    raise Undeliverable(f"the node {packet.peer_id} refused the packet: {reply.status} ({named})")


def _delivered(transmission: Transmission, packet: Packet, body: Body, receipt: bytes, *, at: datetime) -> None:
    _check_receipt(packet, body, receipt)
    with transaction.atomic():
        letter = locked(packet.letter)
        # An answer may have overtaken the receipt: then the letter is further on already.
        if letter.stage == Stage.TRANSMITTED:
            to_stage(letter, Stage.DELIVERED, Event.LETTER_DELIVERED, acting=WORKER, at=at)
        transmission.stage = Transmission.Stage.DELIVERED
        transmission.delivered_at, transmission.receipt, transmission.last_problem = at, receipt.decode(), ""
        transmission.save(update_fields=["stage", "delivered_at", "receipt", "last_problem"])


def _check_receipt(packet: Packet, body: Body, receipt: bytes) -> None:
    trusted = TrustedLog(f"comity/{packet.peer_id}/log", VerifyingKey.parse(packet.peer.log_key))
    try:
        verified = verify_receipt(receipt, trusted=trusted)
    except CryptoError as wrong:
        raise NotSentYet(f"the node {packet.peer_id} answered with a receipt that does not hold") from wrong
    if (verified.submission, verified.sha256) != (packet.id, body.sha256.hex()):
        raise NotSentYet(f"the node {packet.peer_id} answered with the receipt of something else")


def _fail(transmission: Transmission, reason: str, *, at: datetime) -> None:
    with transaction.atomic():
        transmission.stage, transmission.last_problem = Transmission.Stage.FAILED, reason[:300]
        transmission.save(update_fields=["stage", "last_problem"])
        recording.record(Event.TRANSMISSION_FAILED, transmission, acting=WORKER, at=at, detail={"reason": reason[:300]})
