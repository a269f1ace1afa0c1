"""Packets: how a letter and its evidence travel to another node.

A packet is a zip of one form that holds a BagIt bag of sealed parts, a routing header without case data, the sender's
signed note and the proof that the sender's log holds it. Everything but the seals can be checked by anyone with the
sender's key card. Pure, in constant memory; needs no private key but the signer or opener that the caller supplies.
"""

from referral.packing.building import BuiltPacket, EvidenceToPack, PacketRoute, add_proof, build_packet
from referral.packing.cards import SenderCard, read_sender_card
from referral.packing.contents import Contents, PackedEvidence
from referral.packing.errors import (
    ContentsDiffer,
    EvidenceChangedAtRest,
    MalformedPacket,
    NotForThisNode,
    PacketRefused,
    PartChanged,
    ProofRefused,
    UnknownSender,
)
from referral.packing.opening import OpenedPacket, Opener, open_evidence, open_packet, sealed_evidence
from referral.packing.shape import PACKET_BUILT, packet_built_detail
from referral.packing.verification import KnownSender, StatedPacket, VerifiedPacket, examine_packet, verify_packet

__all__ = [
    "PACKET_BUILT",
    "BuiltPacket",
    "Contents",
    "ContentsDiffer",
    "EvidenceChangedAtRest",
    "EvidenceToPack",
    "KnownSender",
    "MalformedPacket",
    "NotForThisNode",
    "OpenedPacket",
    "Opener",
    "PackedEvidence",
    "PacketRefused",
    "PacketRoute",
    "PartChanged",
    "ProofRefused",
    "SenderCard",
    "StatedPacket",
    "UnknownSender",
    "VerifiedPacket",
    "add_proof",
    "build_packet",
    "examine_packet",
    "open_evidence",
    "open_packet",
    "packet_built_detail",
    "read_sender_card",
    "sealed_evidence",
    "verify_packet",
]
