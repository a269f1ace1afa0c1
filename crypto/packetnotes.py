"""The signed note on a packet: who sends which payload to whom (SPEC.md, "Packet note")."""

import re
from dataclasses import dataclass, fields

from crypto.checked import Checked, checked
from crypto.errors import InvalidSignature, MalformedDocument, Reason
from crypto.keys import VerifyingKey
from crypto.notes import sign_note, verify_note
from crypto.signer import Signer

TYPE = "comity/packet-note/v1"
_VALUE = {
    "sender": re.compile(r"[a-z0-9][a-z0-9-]{0,62}"),
    "addressee": re.compile(r"[a-z0-9][a-z0-9-]{0,62}"),
    "exchange_key": re.compile(r"[0-9a-f]{16}"),
    "packet": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "manifest_sha256": re.compile(r"[0-9a-f]{64}"),
}


@dataclass(frozen=True, kw_only=True)
class PacketNote:
    """What a packet's note says: node ids, the id of the addressee's exchange key, the packet's id (a UUID), and the
    SHA-256 of the packet's payload manifest."""

    sender: str
    addressee: str
    exchange_key: str
    packet: str
    manifest_sha256: str

    def text(self) -> str:
        """Return the note's text. Raises `MalformedDocument` for a value that is not of its form."""
        lines = [TYPE]
        for field in fields(self):
            value = getattr(self, field.name)
            if not _VALUE[field.name].fullmatch(value):
                raise MalformedDocument from Reason(f"{field.name} is not of its form")
            lines.append(f"{field.name} {value}")
        return "\n".join(lines) + "\n"

    @classmethod
    def parse(cls, text: str) -> "PacketNote":
        """Return the note of exactly this text, or raise `MalformedDocument`."""
        lines = [line.partition(" ") for line in text.split("\n")]
        try:
            note = cls(**{name: value for name, _, value in lines[1:-1]})
        except TypeError:
            raise MalformedDocument from Reason("a packet note with other lines")
        if note.text() != text:
            raise MalformedDocument from Reason("a packet note in another order or of another type")
        return note


class VerifiedPacketNote(Checked):
    """A packet note signed by the sender's transport key."""

    note: PacketNote
    key: VerifyingKey


def key_name(sender: str) -> str:
    """Return the name under which node `sender` signs packet notes."""
    return f"comity/{sender}/transport"


def sign_packet_note(note: PacketNote, transport: Signer) -> bytes:
    """Return `note` signed by the sender's transport key, an Ed25519 one. Raises `MalformedDocument`."""
    return sign_note(note.text(), key_name(note.sender), transport)


def verify_packet_note(data: bytes, *, sender: str, key: VerifyingKey) -> VerifiedPacketNote:
    """Return the note in `data` as verified: from node `sender`, by its transport `key`.

    Whether it is addressed to you, and whether the manifest has that digest, is for the caller to compare. Raises
    `MalformedDocument` or `InvalidSignature`.
    """
    note = PacketNote.parse(verify_note(data, key_name(sender), key).text)
    if note.sender != sender:
        raise InvalidSignature from Reason("a note that names another sender")
    return checked(VerifiedPacketNote, note=note, key=key)
