"""Verifying a packet: everything but what is under the seals, in constant memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, BinaryIO

from crypto.canonical import parse_canonical
from crypto.checked import Checked, checked
from crypto.errors import CryptoError
from crypto.keys import VerifyingKey
from crypto.notes import MAX_PROOF, verify_proof
from crypto.packetnotes import PacketNote, verify_packet_note
from referral.packing import bag
from referral.packing.errors import MalformedPacket, PartChanged, ProofRefused, UnknownSender
from referral.packing.shape import (
    MAX_MANIFEST,
    MAX_TAG,
    PACKET_BUILT,
    ROUTING_TYPE,
    packet_built_detail,
    shape,
    tag_names,
)
from referral.packing.stored_zip import StoredZip, sha256_of

_LEAF_PREFIX = b"comity/audit-event/v1\n"


@dataclass(frozen=True)
class KnownSender:
    """What a confirmed key card says of a node that matters here."""

    node: str
    transport: VerifyingKey
    log_origin: str
    log_key: VerifyingKey


class StatedPacket(Checked):
    """A packet that is whole and signed by the key that it states itself. That proves nothing about who sent it."""

    packet: str
    sender: str
    addressee: str
    exchange_key: str
    transport: VerifyingKey
    manifest_sha256: str
    digests: Mapping[str, str]
    evidence: int
    size: int


class VerifiedPacket(StatedPacket):
    """A whole packet, signed by the transport key on a known sender's card, and held by that sender's log."""

    log_index: int
    built_at: datetime


def examine_packet(file: BinaryIO) -> StatedPacket:
    """Check that the packet in the seekable `file` is whole and signed by the key that it states.

    For showing that key's fingerprint to a person; raises a kind of PacketRefused. Reads the file once, in constant
    memory.
    """
    zipped = StoredZip(file)
    folder, evidence = shape(zipped, ending=(bag.PROOF, bag.TAG_MANIFEST))
    routing = _parse_routing(zipped.read(folder + bag.ROUTING, limit=MAX_TAG))
    transport = VerifyingKey.parse(str(routing["transport"]))
    digests = _check_payload(zipped, folder, evidence)
    note = _verified_note(zipped.read(folder + bag.NOTE, limit=MAX_TAG), str(routing["sender"]), transport)
    _check_tags(zipped, folder, evidence)
    _check_consistent(zipped, folder, evidence, routing, note)
    return checked(
        StatedPacket,
        packet=note.packet,
        sender=note.sender,
        addressee=note.addressee,
        exchange_key=note.exchange_key,
        transport=transport,
        manifest_sha256=note.manifest_sha256,
        digests=MappingProxyType(digests),
        evidence=evidence,
        size=file.seek(0, 2),
    )


def verify_packet(file: BinaryIO, senders: Iterable[KnownSender]) -> VerifiedPacket:
    """Return the packet in the seekable `file` as verified against the key cards of known senders.

    Raises a kind of PacketRefused: MalformedPacket, PartChanged, UnknownSender or ProofRefused. Whether it is for you,
    and what is in it, is found by opening it.
    """
    stated = examine_packet(file)
    known = next((one for one in senders if one.node == stated.sender and one.transport == stated.transport), None)
    if known is None:
        raise UnknownSender
    proof = StoredZip(file).read(bag.folder(stated.packet) + bag.PROOF, limit=MAX_PROOF)
    index, event = _proved_event(proof, known)
    subject, detail = event.get("subject"), packet_built_detail(stated.manifest_sha256, stated.addressee)
    if event.get("event") != PACKET_BUILT or subject != {"kind": "packet", "id": stated.packet}:
        raise ProofRefused
    if event.get("detail") != detail:
        raise ProofRefused
    fields = {name: getattr(stated, name) for name in StatedPacket.__annotations__}
    return checked(VerifiedPacket, **fields, log_index=index, built_at=_instant(event.get("at")))


def _parse_routing(data: bytes) -> dict[str, Any]:
    try:
        routing = parse_canonical(data, max_bytes=MAX_TAG)
        if not isinstance(routing, dict) or not {"packet", "sender", "transport"} <= routing.keys():
            raise MalformedPacket
        VerifyingKey.parse(str(routing["transport"]))
    except CryptoError as error:
        raise MalformedPacket from error
    return routing


def _check_payload(zipped: StoredZip, folder: str, evidence: int) -> dict[str, str]:
    digests = bag.parse_manifest(zipped.read(folder + bag.MANIFEST, limit=MAX_MANIFEST))
    if list(digests) != bag.payload_names(evidence):
        raise MalformedPacket
    for name, digest in digests.items():
        if sha256_of(zipped.chunks(folder + name)) != digest:
            raise PartChanged
    return digests


def _check_tags(zipped: StoredZip, folder: str, evidence: int) -> None:
    names = [*tag_names(evidence), bag.PROOF]
    digests = {name: sha256_of(zipped.chunks(folder + name)) for name in names}
    if zipped.read(folder + bag.TAG_MANIFEST, limit=MAX_TAG) != bag.manifest(digests, names):
        raise PartChanged


def _check_consistent(
    zipped: StoredZip, folder: str, evidence: int, routing: Mapping[str, Any], note: PacketNote
) -> None:
    """Routing header, bag information, folder and manifest say what the signed note says; raises PartChanged."""
    sizes = [zipped.size_of(folder + name) for name in bag.payload_names(evidence)]
    expected = {
        "type": ROUTING_TYPE,
        "packet": note.packet,
        "sender": note.sender,
        "addressee": note.addressee,
        "exchange_key": note.exchange_key,
        "transport": routing["transport"],
        "sizes": {"letter": sizes[-1], "evidence": sizes[:-2]},
    }
    oxum = bag.Oxum(sum(sizes), len(sizes))
    if (
        routing != expected
        or note.manifest_sha256 != sha256_of(zipped.chunks(folder + bag.MANIFEST))
        or folder != bag.folder(note.packet)
        or zipped.read(folder + bag.BAGIT_TXT, limit=MAX_TAG) != bag.BAGIT
        or zipped.read(folder + bag.BAG_INFO, limit=MAX_TAG) != bag.bag_info(note.packet, oxum)
    ):
        raise PartChanged


def _instant(at: object) -> datetime:
    try:
        instant = datetime.fromisoformat(str(at))
    except ValueError:
        raise ProofRefused from None
    if instant.tzinfo is None:
        raise ProofRefused
    return instant


def _verified_note(data: bytes, sender: str, key: VerifyingKey) -> PacketNote:
    try:
        return verify_packet_note(data, sender=sender, key=key).note
    except CryptoError as error:
        raise PartChanged from error


def _proved_event(proof: bytes, sender: KnownSender) -> tuple[int, dict[str, Any]]:
    try:
        proved = verify_proof(proof, origin=sender.log_origin, key=sender.log_key)
        if not proved.extra.startswith(_LEAF_PREFIX):
            raise ProofRefused
        event = parse_canonical(proved.extra.removeprefix(_LEAF_PREFIX), max_bytes=MAX_TAG)
    except CryptoError as error:
        raise ProofRefused from error
    if not isinstance(event, dict):
        raise ProofRefused
    return proved.index, event
