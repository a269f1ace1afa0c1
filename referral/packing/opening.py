"""Opening a verified packet: letter, statement of contents and evidence must agree with it and with each other."""

import hashlib
from collections.abc import Container, Iterable
from datetime import datetime
from typing import BinaryIO, Protocol

from crypto.checked import Checked, checked
from crypto.sealing import Digests
from referral.letters.validity import MAX_LETTER_BYTES, AuthorityCertificate, ValidLetter, validate_letter
from referral.packing import bag
from referral.packing.contents import MAX_BYTES, Contents, PackedEvidence, agree, verify_contents
from referral.packing.errors import ContentsDiffer, NotForThisNode, PartChanged
from referral.packing.stored_zip import StoredZip, as_stream
from referral.packing.verification import StatedPacket, VerifiedPacket

_SEAL_OVERHEAD = 65_536


class Opener(Protocol):
    """Opens what is sealed to keys that the caller of this module does not see. Both raise crypto's CannotOpen."""

    def open_bytes(self, sealed: bytes) -> bytes:
        """The plaintext of a small sealed file."""

    def open_stream(self, source: BinaryIO, out: BinaryIO) -> Digests:
        """Open a sealed file into `out`, which is not used unless this returned."""


class OpenedPacket(Checked):
    """A verified packet whose letter is valid, from its sender, for its addressee, and names exactly its evidence."""

    packet: VerifiedPacket
    letter: ValidLetter
    contents: Contents


def open_packet(
    file: BinaryIO,
    packet: VerifiedPacket,
    *,
    opener: Opener,
    certificates: Iterable[AuthorityCertificate],
    authorities: Container[str],
    at: datetime,
) -> OpenedPacket:
    """Open letter and contents of the packet in `file`, and check that they belong together.

    `certificates` are those that the directory has for the sender's authorities, `authorities` the ids of the
    addressee's own. Evidence is then opened item by item with `open_evidence`. Raises CannotOpen, LetterNotValid,
    MalformedLetter, NotForThisNode or ContentsDiffer.
    """
    pdf, contents = open_parts(file, packet, opener)
    letter = validate_letter(pdf, certificates, at=at)
    content = letter.content
    states = (content.sender.state, content.addressee.state)
    if states != (packet.sender, packet.addressee) or content.addressee.authority.id not in authorities:
        raise NotForThisNode
    agree(contents, content)
    return checked(OpenedPacket, packet=packet, letter=letter, contents=contents)


def open_parts(file: BinaryIO, packet: StatedPacket, opener: Opener) -> tuple[bytes, Contents]:
    """The letter's PDF, unchecked, and the contents, signed by the packet's key. Raises as `open_packet`."""
    pdf = opener.open_bytes(_part(file, packet, bag.LETTER, MAX_LETTER_BYTES))
    contents = verify_contents(opener.open_bytes(_part(file, packet, bag.CONTENTS, MAX_BYTES)), key=packet.transport)
    parts = [bag.evidence_name(number) for number in range(1, packet.evidence + 1)]
    files = [(item.part, item.file_sha256) for item in contents.evidence]
    if contents.packet != packet.packet or files != [(part, packet.digests[part]) for part in parts]:
        raise ContentsDiffer
    if contents.letter.sha256 != hashlib.sha256(pdf).hexdigest():
        raise ContentsDiffer
    return pdf, contents


def open_evidence(file: BinaryIO, packet: StatedPacket, item: PackedEvidence, opener: Opener, out: BinaryIO) -> Digests:
    """Open an evidence item into `out` in constant memory and return its digests.

    Raises CannotOpen, or ContentsDiffer when any of its three digests is another: `out` must not be used then.
    """
    digests = opener.open_stream(sealed_evidence(file, packet, item), out)
    stated = (item.size, item.plaintext_sha256, item.payload_sha256, item.file_sha256)
    if (digests.size, digests.plaintext_sha256, digests.payload_sha256, digests.file_sha256) != stated:
        raise ContentsDiffer
    return digests


def sealed_evidence(file: BinaryIO, packet: StatedPacket, item: PackedEvidence) -> BinaryIO:
    """The sealed item as it lies in the packet, header first, to be read once from beginning to end."""
    return as_stream(StoredZip(file).chunks(bag.folder(packet.packet) + item.part))


def _part(file: BinaryIO, packet: StatedPacket, name: str, limit: int) -> bytes:
    """A small sealed part, which must still be the one that was verified: the file may have changed since."""
    sealed = StoredZip(file).read(bag.folder(packet.packet) + name, limit=limit + _SEAL_OVERHEAD)
    if hashlib.sha256(sealed).hexdigest() != packet.digests[name]:
        raise PartChanged
    return sealed
