"""A signed letter becomes a packet for its addressee: evidence re-addressed, proved by the log, written once."""

import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.models import AuditEvent, Receipt
from backend.audit.subjects import Reference, System
from backend.incidents.columns import blinding_of, opened
from backend.incidents.custody import hand_all_to_node, header_for_node
from backend.incidents.evidence import payload_path
from backend.incidents.models import CustodyEvent
from backend.intake.appending import sync_folder
from backend.vault.columns import open_data_key
from backend.vault.sending import Body
from backend.vault.signers import transport_signer
from crypto.keys import PQRecipient
from referral.columns import pdf_of
from referral.lifecycle import Stage
from referral.models import LetterOfRequest, Packet, Transmission
from referral.packets import EvidenceToPack, PacketRoute, add_proof, build_packet, packet_built_detail
from referral.services.moving import locked, to_stage

WORKER = System("worker")
PROOF_WAIT = 3.0  # seconds; the notary integrates every 20 ms


class NotProved(Exception):
    """The log has not proved the packet in time; building is tried again."""


def packet_path(packet: Packet) -> Path:
    """Where a built packet lies."""
    return Path(settings.COMITY.evidence) / packet.stored_as


def build(transmission: Transmission, *, at: datetime) -> None:
    """Build the packet once, durably before its row; an unfinished one of an earlier attempt is removed.

    That the evidence goes is on record before its keys are taken. Raises NotHanded where it may not.
    """
    letter = _letter(transmission)
    peer, packet_id = letter.addressee_node, transmission.packet_id
    exchange = PQRecipient.parse(peer.exchange_recipient)
    items = [link.item for link in letter.evidence.select_related("item__data_key").order_by("position")]
    handed = hand_all_to_node(items, peer.id, letter.reference, acting=WORKER, at=at)
    path = Path(settings.COMITY.evidence) / f"{packet_id}.packet"
    _write(path, transmission, letter, handed, exchange, at=at)
    body = Body.of(path)
    with transaction.atomic():
        packet = Packet(
            id=packet_id,
            letter=letter,
            direction="out",
            peer=peer,
            stored_as=path.name,
            key_id=exchange.key_id,
            sha256=body.sha256.hex(),
            size=body.size,
            made_at=at,
        )
        packet.save(force_insert=True)
        to_stage(locked(letter), Stage.TRANSMITTED, Event.LETTER_TRANSMITTED, acting=WORKER, at=at)
        transmission.stage = Transmission.Stage.QUEUED
        transmission.save(update_fields=["stage"])


def _write(
    path: Path,
    transmission: Transmission,
    letter: LetterOfRequest,
    handed: list[CustodyEvent],
    exchange: PQRecipient,
    *,
    at: datetime,
) -> None:
    """The packet with the log's proof, whole and durable under its name or not there."""
    pdf = pdf_of(letter)
    if pdf is None:
        raise LookupError("a queued letter has no signed PDF")
    unfinished = path.with_suffix(".unfinished")
    # A file of its own: a worker that lost its connection, and so its claim, may still be writing the old one.
    unfinished.unlink(missing_ok=True)
    route = PacketRoute(
        packet=str(transmission.packet_id),
        sender=letter.sender_node_id,
        addressee=letter.addressee_node_id,
        exchange=exchange,
    )
    with unfinished.open("x+b") as out:
        built = build_packet(
            out,
            route=route,
            letter_pdf=pdf,
            reference=letter.reference,
            evidence=[_to_pack(event, exchange) for event in handed],
            transport=transport_signer(),
        )
        detail = packet_built_detail(built.manifest_sha256, route.addressee)
        add_proof(out, _prove(transmission, detail, at=at))
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(path)
    sync_folder(path.parent)


def _letter(transmission: Transmission) -> LetterOfRequest:
    return LetterOfRequest.objects.select_related("referral__data_key", "addressee_node").get(pk=transmission.letter_id)


def _to_pack(event: CustodyEvent, exchange: PQRecipient) -> EvidenceToPack:
    item = event.item
    key = open_data_key(item.data_key)
    path = payload_path(item)
    return EvidenceToPack(
        id=str(item.id),
        name=opened(key, item, "name_ct").decode(),
        header=header_for_node(event, exchange),
        payload=_opener(path),
        payload_size=path.stat().st_size,
        size=item.size,
        plaintext_sha256=opened(key, item, "plaintext_sha256_ct").decode(),
        payload_sha256=item.payload_sha256,
        sensitivity=item.sensitivity,
        blinding=blinding_of(item, key) if item.sensitive else None,
    )


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _prove(transmission: Transmission, detail: dict[str, str], *, at: datetime) -> bytes:
    """Record that the packet was built, and wait for the log's proof of it; raises NotProved without one."""
    subject = Reference("packet", str(transmission.packet_id))
    with transaction.atomic():
        recording.record(Event.PACKET_BUILT, subject, acting=WORKER, at=at, detail=detail)
    event = (
        AuditEvent.objects.filter(
            event=Event.PACKET_BUILT, subject_kind="packet", subject_id=subject.audit_id, detail=detail
        )
        .order_by("-at")
        .values_list("id", flat=True)[0]
    )
    until = time.monotonic() + PROOF_WAIT
    while time.monotonic() < until:
        found = Receipt.objects.filter(event_id=event).first()
        if found is not None:
            return found.proof.encode()
        time.sleep(0.02)
    raise NotProved("the notary has not proved the packet yet; is it running?")
