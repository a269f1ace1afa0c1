"""Packets from other nodes: verified, opened, and their letters registered; what does not fit is quarantined.

A received request opens a referral of its own here, or joins the one that its earlier letters opened; a received answer
joins the referral of the letter that it names and moves it.
"""

import logging
from datetime import datetime
from functools import partial
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from backend.audit import recording
from backend.audit.events import Event
from backend.directory.models import Authority, Node
from backend.incidents import evidence as custody
from backend.incidents import parties
from backend.incidents.columns import sealed
from backend.incidents.models import EvidenceItem
from backend.incidents.setting_aside import (
    WORKER,
    Quarantine,
    quarantine,
    sealed_file,
    settle,
    work_on_one,
)
from backend.intake.models import Submission
from backend.vault.columns import OpenDataKey, open_data_key
from backend.vault.opening import ExchangeOpener
from crypto.keys import VerifyingKey
from referral.answers import AnswersNothing, move_answered
from referral.columns import set_content, set_pdf
from referral.drafting import MalformedLetter
from referral.letters.content import LetterContent
from referral.letters.matching import match_text
from referral.letters.validity import AuthorityCertificate
from referral.letters.validity_errors import LetterNotValid
from referral.lifecycle import REQUESTS, Form, LetterKind, LifecycleError, PreservationStage, Stage
from referral.models import LetterEvidence, LetterOfRequest, MeasureSought, Packet, Preservation, Referral
from referral.packets import (
    KnownSender,
    NotForThisNode,
    OpenedPacket,
    PackedEvidence,
    PacketRefused,
    open_packet,
    sealed_evidence,
    verify_packet,
)
from referral.services.binding import bind_preservations
from referral.services.moving import locked
from referral.services.opening import new_referral

log = logging.getLogger("comity.inbound")


def open_waiting(*, at: datetime) -> bool:
    """Work off one received packet; False when none is due."""

    def work(submission: Submission) -> None:
        try:
            letter = receive_packet(submission, at=at)
        except (PacketRefused, LetterNotValid, MalformedLetter, AnswersNothing, LifecycleError) as refused:
            raise Quarantine(str(refused)) from refused
        log.info("packet %s brought a letter of kind %s", submission.submission_id, letter.kind)

    waiting = Submission.objects.filter(kind=Submission.Kind.PACKET, stage=Submission.Stage.RECEIVED)
    return work_on_one(waiting, work, set_aside=partial(quarantine, at=at), at=at)


def receive_packet(submission: Submission, *, at: datetime) -> LetterOfRequest:
    """Verify and open a packet; store its letter and evidence and what they move, in one transaction."""
    peer = Node.objects.filter(
        transport_fingerprint=submission.sender, own=False, confirmed_at__isnull=False, revoked_at__isnull=True
    ).first()
    if peer is None:
        raise NotForThisNode
    with sealed_file(submission) as file:
        opened = _open(file, peer, submission, at=at)
        with transaction.atomic():
            letter = _store(opened, file, peer, submission, at=at)
            settle(submission, Submission.Stage.OPENED, at=at)
            recording.record(Event.SUBMISSION_OPENED, submission, acting=WORKER, at=at)
    return letter


def _open(file: BinaryIO, peer: Node, submission: Submission, *, at: datetime) -> OpenedPacket:
    known = KnownSender(
        peer.id, VerifyingKey.parse(peer.transport_key), f"comity/{peer.id}/log", VerifyingKey.parse(peer.log_key)
    )
    packet = verify_packet(file, [known])
    outer = (packet.addressee, packet.exchange_key, packet.packet)
    if outer != (settings.COMITY.node, submission.key_id, str(submission.submission_id)):
        raise NotForThisNode
    certificates = [
        AuthorityCertificate(authority.id, authority.certificate_pem.encode())
        for authority in peer.authorities.exclude(certificate_pem="")
    ]
    own = Authority.objects.filter(node__own=True).values_list("id", flat=True)
    opener = ExchangeOpener(packet.exchange_key)
    opened = open_packet(file, packet, opener=opener, certificates=certificates, authorities=set(own), at=at)
    # Nothing is taken from request.json unless the visible letter, which a judge reads, says the same (DESIGN §3).
    match_text(opened.letter)
    return opened


def _store(
    opened: OpenedPacket, file: BinaryIO, peer: Node, submission: Submission, *, at: datetime
) -> LetterOfRequest:
    content = opened.letter.content
    if LetterOfRequest.objects.filter(sender_node=peer, reference=content.reference).exists():
        raise CameBefore
    answered = _answered(content, peer)
    referral = answered.referral if answered else _referral(content, peer, at=at)
    key = open_data_key(referral.data_key)
    letter = _new_letter(opened, referral, answered, peer, at=at)
    set_content(letter, content, key)
    set_pdf(letter, opened.letter.pdf, key)
    letter.save(force_insert=True)
    MeasureSought.objects.bulk_create(
        MeasureSought(letter=letter, measure=sought.measure, position=position)
        for position, sought in enumerate(content.measures, start=1)
    )
    if content.kind is LetterKind.PRESERVATION_REQUEST:
        Preservation.objects.create(letter=letter, stage=PreservationStage.REQUESTED, moved_at=at)
    _store_evidence(opened, file, letter, key, peer, at=at)
    Packet.objects.create(
        id=submission.submission_id,
        letter=letter,
        direction="in",
        peer=peer,
        submission=submission,
        key_id=submission.key_id,
        sha256=bytes(submission.digest).hex(),
        size=submission.size,
        made_at=at,
    )
    detail = {"reference": letter.reference, "kind": letter.kind, "from": peer.id}
    recording.record(Event.LETTER_RECEIVED, letter, acting=WORKER, at=at, detail=detail)
    if answered is not None:
        move_answered(answered, content, acting=WORKER, at=at)
    if content.kind is LetterKind.REQUEST:
        bind_preservations(letter, acting=WORKER, at=at)
    return letter


def _answered(content: LetterContent, peer: Node) -> LetterOfRequest | None:
    """The request that a received answer names; None for a request."""
    if content.in_answer_to is None:
        return None
    # Whoever asked withdraws; all else is answered by whoever was asked.
    withdrawn = content.kind is LetterKind.WITHDRAWAL
    found = LetterOfRequest.objects.filter(
        Q(direction="in", sender_node=peer) if withdrawn else Q(direction="out", addressee_node=peer),
        reference=content.in_answer_to.reference,
        kind__in=REQUESTS & {content.in_answer_to.kind},
    ).first()
    if found is None:
        raise AnswersNothing(
            "The letter names no request between this node and that State to which it can be an answer; ask its "
            "sender which one is meant."
        )
    return locked(found)


def _referral(content: LetterContent, peer: Node, *, at: datetime) -> Referral:
    """The referral of the earlier letters that a request follows, or a new one."""
    earlier = [named.reference for named in content.follows]
    known = (
        LetterOfRequest.objects.select_related("referral__data_key")
        .filter(direction="in", referral__direction="in", sender_node=peer, reference__in=earlier, kind__in=REQUESTS)
        .first()
    )
    return known.referral if known else new_referral("in", peer.state, opened_by=WORKER, at=at)


def _new_letter(
    opened: OpenedPacket, referral: Referral, answered: LetterOfRequest | None, peer: Node, *, at: datetime
) -> LetterOfRequest:
    content = opened.letter.content
    return LetterOfRequest(
        referral=referral,
        direction="in",
        kind=content.kind,
        reference=content.reference,
        stage=Stage.DELIVERED,
        form=Form.URGENT if content.urgent_form else Form.ORDINARY,
        requesting_state=answered.requesting_state if answered else content.sender.state,
        requested_state=answered.requested_state if answered else content.addressee.state,
        sender_node=peer,
        addressee_node=Node.objects.get(own=True),
        from_authority=Authority.objects.get(node=peer, id=opened.letter.authority),
        to_authority=Authority.objects.get(node__own=True, id=content.addressee.authority.id),
        in_answer_to=answered,
        drafted_at=opened.letter.signed_at,
        signed_at=opened.letter.signed_at,
        signer_sha256=opened.letter.signer_fingerprint,
        received_at=at,
        moved_at=at,
    )


# Evidence -------------------------------------------------------------------------------------------------------------


def _store_evidence(
    opened: OpenedPacket, file: BinaryIO, letter: LetterOfRequest, key: OpenDataKey, peer: Node, *, at: datetime
) -> None:
    for position, packed in enumerate(opened.contents.evidence, start=1):
        item = _new_item(packed, letter, key, peer)
        source = sealed_evidence(file, opened.packet, packed)
        kept = custody.keep_payload(source, item, kind="exchange", key_id=opened.packet.exchange_key, key=key)
        if not custody.agrees(item, kept.digests, key):
            custody.payload_path(item).unlink()
            raise EvidenceDiffers
        custody.mark_received(item, kept, acting=WORKER, came_from=parties.node(peer.id), at=at)
        LetterEvidence.objects.create(letter=letter, item=item, position=position)


class CameBefore(PacketRefused):
    """A letter of this reference is here already, from another packet."""

    sentence = "A letter of the same reference came from that State before; ask its sender which one stands."


class EvidenceDiffers(PacketRefused):
    """An item of the packet opens to something else than its sender signed for."""

    sentence = "An evidence item of the packet is not the one that its sender signed for; ask for the packet again."


def _new_item(packed: PackedEvidence, letter: LetterOfRequest, key: OpenDataKey, peer: Node) -> EvidenceItem:
    item = EvidenceItem(
        data_key=letter.referral.data_key,
        sender=peer.transport_fingerprint,
        evidence_id=f"{packed.id}",
        size=packed.size,
        sensitivity=packed.sensitivity,
        payload_sha256=packed.payload_sha256,
    )
    item.name_ct = sealed(key, EvidenceItem, item.id, "name_ct", packed.name.encode())
    item.media_type_ct = sealed(key, EvidenceItem, item.id, "media_type_ct", b"application/octet-stream")
    digest = packed.plaintext_sha256.encode()
    item.plaintext_sha256_ct = sealed(key, EvidenceItem, item.id, "plaintext_sha256_ct", digest)
    return item
