"""A packet taken apart, packed again in the right form whatever was done to its parts, and verified."""

import hashlib
from io import BytesIO

from referral.packets import VerifiedPacket, verify_packet
from referral.packing import bag
from referral.packing.stored_zip import StoredZip, StoredZipWriter
from tests.referral_pure.world import PACKET, node


def verify(packet: bytes) -> VerifiedPacket:
    """The packet verified by whoever knows both nodes."""
    return verify_packet(BytesIO(packet), [node("cr").sender, node("gd").sender])


def parts(packet: bytes) -> dict[str, bytes]:
    """The packet's parts by their names in the bag."""
    zipped = StoredZip(BytesIO(packet))
    return {entry.name.partition("/")[2]: b"".join(zipped.chunks(entry.name)) for entry in zipped.entries}


def packed(found: dict[str, bytes], folder: str = bag.folder(PACKET)) -> bytes:
    """A zip of these parts in the right form, whatever is in them."""
    out = BytesIO()
    writer = StoredZipWriter(out)
    for name, data in found.items():
        writer.write(folder + name, data)
    writer.finish()
    return out.getvalue()


def remade(found: dict[str, bytes]) -> dict[str, bytes]:
    """The parts with manifests that fit them, as an attacker makes them who has no key of the sender."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}
    payload = [name for name in found if name.startswith("data/")]
    found = found | {bag.MANIFEST: bag.manifest(digests, payload)}
    return retagged(found)


def retagged(found: dict[str, bytes]) -> dict[str, bytes]:
    """The parts with a tag manifest alone that fits them."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}
    tags = [name for name in found if not name.startswith("data/") and name != bag.TAG_MANIFEST]
    return found | {bag.TAG_MANIFEST: bag.manifest(digests, tags)}
