"""Which parts a packet has, and what the sender's log says of it."""

from referral.packing import bag
from referral.packing.errors import MalformedPacket
from referral.packing.stored_zip import StoredZip

ROUTING_TYPE = "comity/packet-routing/v1"
PACKET_BUILT = "packet:built"
"""The audit event whose leaf the packet's proof proves; its subject is the packet, its detail `packet_built_detail`."""

MAX_TAG = 131_072
MAX_MANIFEST = 262_144


def packet_built_detail(manifest_sha256: str, addressee: str) -> dict[str, str]:
    """The detail of the audit event PACKET_BUILT."""
    return {"addressee": addressee, "manifest_sha256": manifest_sha256}


def tag_names(evidence: int) -> list[str]:
    """The tag files that stand before the proof, in their order."""
    return [name for name in bag.names_without_proof(evidence) if not name.startswith("data/")]


def shape(zipped: StoredZip, *, ending: tuple[str, ...]) -> tuple[str, int]:
    """The bag's folder and the number of evidence parts, when the entries are exactly those of a packet.

    `ending` are the parts after the note. Raises MalformedPacket.
    """
    names = [entry.name for entry in zipped.entries]
    folder, slash, _ = names[0].partition("/") if names else ("", "", "")
    evidence = len(names) - len(bag.names_without_proof(0)) - len(ending)
    if not slash or not 0 <= evidence <= bag.MAX_EVIDENCE:
        raise MalformedPacket
    if names != [f"{folder}/{name}" for name in (*bag.names_without_proof(evidence), *ending)]:
        raise MalformedPacket
    return f"{folder}/", evidence
