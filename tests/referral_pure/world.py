"""Two fictional nodes with real keys, for the tests of signing and packets."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import msgspec

from backend.vault.authority import make_exercise_certificate, sign_pdf
from backend.vault.offline import FileOpener
from crypto import merkle
from crypto.canonical import canonical_json
from crypto.keyholder.identities import generate_pq, recipient_of
from crypto.keyholder.readdressing import readdress_header
from crypto.keyholder.signing import SigningKey
from crypto.keys import PQRecipient
from crypto.notes import Checkpoint, format_proof, sign_note
from crypto.sealing import seal_stream, split_header
from crypto.signer import sign_statement
from referral.letters.content import LetterContent, ListedEvidence
from referral.letters.rendering import render_letter
from referral.letters.validity import AuthorityCertificate, ValidLetter, validate_letter
from referral.packets import (
    PACKET_BUILT,
    BuiltPacket,
    EvidenceToPack,
    KnownSender,
    PacketRoute,
    add_proof,
    build_packet,
    packet_built_detail,
)
from tests.referral_pure.examples import AT, REQUEST

PACKET = "0b9f3c52-6a3e-4b7e-9a0e-5f2f7c1d2e3f"
BLINDING = "ab" * 32
LATER = AT + timedelta(hours=1)


@dataclass(frozen=True)
class Node:
    """A node's keys, all of them: a test is every party at once."""

    name: str
    identity: SigningKey
    transport: SigningKey
    log: SigningKey
    exchange: str
    intake: str
    authority: str
    authority_key: bytes
    certificate: bytes

    @property
    def sender(self) -> KnownSender:
        return KnownSender(self.name, self.transport.verifying_key, f"comity/{self.name}/log", self.log.verifying_key)

    @property
    def certificates(self) -> tuple[AuthorityCertificate, ...]:
        return (AuthorityCertificate(self.authority, self.certificate),)

    @property
    def recipient(self) -> PQRecipient:
        recipient = recipient_of(self.exchange)
        assert isinstance(recipient, PQRecipient)
        return recipient

    @property
    def opener(self) -> FileOpener:
        return FileOpener((self.exchange,))

    def card(self, **changes: str) -> bytes:
        """The node's key card."""
        payload = {
            "type": "comity/key-card/v1",
            "node": self.name,
            "state": self.name,
            "identity": str(self.identity.verifying_key),
            "transport": str(self.transport.verifying_key),
            "log": {"origin": f"comity/{self.name}/log", "key": str(self.log.verifying_key)},
            "exchange": {
                "key_id": self.recipient.key_id,
                "recipient": str(self.recipient),
                "seal_until": "2027-11-24T00:00:00Z",
            },
            "authorities": [
                {
                    "id": self.authority,
                    "kind": "central",
                    "title": "An office (exercise)",
                    "exercise": True,
                    "certificate_pem": self.certificate.decode(),
                }
            ],
            "addresses": {"edge": "http://127.0.0.1:1"},
            "valid_from": "2026-11-01T00:00:00Z",
            "valid_until": "2027-11-24T00:00:00Z",
        }
        return sign_statement(payload | changes, self.identity)


@cache
def node(name: str) -> Node:
    """The node of that State; the same one for the whole run."""
    key, certificate = make_exercise_certificate(f"Office of {name}", name, at=AT - timedelta(days=1))
    return Node(
        name=name,
        identity=SigningKey.generate("ed25519"),
        transport=SigningKey.generate("ed25519"),
        log=SigningKey.generate("ed25519"),
        exchange=generate_pq(),
        intake=generate_pq(),
        authority=f"{name}-central",
        authority_key=key,
        certificate=certificate,
    )


def sign(pdf: bytes, by: Node, *, at: object = AT) -> bytes:
    """The PDF signed by the node's authority."""
    return sign_pdf(
        pdf,
        key_pem=by.authority_key,
        certificate_pem=by.certificate,
        reason="Signed as a letter of an exercise",
        location=by.name.upper(),
        at=at,  # type: ignore[arg-type]
    )


@cache
def rendered(content_json: bytes = b"") -> bytes:
    """The letter as PDF, unsigned; the plain request by default."""
    content = msgspec.json.decode(content_json, type=LetterContent) if content_json else REQUEST
    return render_letter(content, at=AT)


@cache
def signed_request() -> bytes:
    """The plain request, signed by Grenada's authority."""
    return sign(rendered(), node("gd"))


def proof_of(sender: Node, built: BuiltPacket, **changes: object) -> bytes:
    """The proof that the sender's log holds the packet, as a log of five entries."""
    event = {
        "acting": {"id": "worker", "role": "system"},
        "at": "2026-11-24T14:06:00.000000Z",
        "detail": packet_built_detail(built.manifest_sha256, "cr"),
        "event": PACKET_BUILT,
        "id": "5d4d2c1e-8a63-4b0c-9b53-8a1f0a6d7e11",
        "subject": {"id": built.packet, "kind": "packet"},
        **changes,
    }
    leaf = b"comity/audit-event/v1\n" + canonical_json(event)
    hashes = [merkle.leaf_hash(data) for data in (b"one", b"two", leaf, b"four", b"five")]
    levels: list[list[bytes]] = [hashes]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([merkle.node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    path = merkle.inclusion_path(2, 5, lambda level, index: levels[level][index])
    origin = f"comity/{sender.name}/log"
    note = sign_note(Checkpoint(origin, 5, merkle.root(hashes)).text(), origin, sender.log)
    return format_proof(leaf, 2, path, note)


@dataclass(frozen=True)
class AtRest:
    """Evidence as a node keeps it: header and payload apart, sealed to the intake key."""

    listed: ListedEvidence
    header: bytes
    payload: bytes
    payload_sha256: str
    plaintext_sha256: str
    sensitivity: str = "none"

    def for_(self, keeper: Node, addressee: Node, payload: Callable[[], BytesIO] | None = None) -> EvidenceToPack:
        """The item re-addressed to the addressee."""
        return EvidenceToPack(
            id=self.listed.id,
            name=self.listed.name,
            header=readdress_header(self.header, [keeper.intake], [addressee.recipient]),
            payload=payload or (lambda: BytesIO(self.payload)),
            payload_size=len(self.payload),
            size=self.listed.size,
            plaintext_sha256=self.plaintext_sha256,
            payload_sha256=self.payload_sha256,
            sensitivity=self.sensitivity,  # type: ignore[arg-type]
            blinding=None if self.sensitivity == "none" else BLINDING,
        )


def at_rest(keeper: Node, content: bytes, number: int = 1, *, sensitivity: str = "none") -> AtRest:
    """Seal an evidence file as the device that brought it did; the digest of a sensitive one is listed blinded."""
    sealed = BytesIO()
    digests = seal_stream(BytesIO(content), sealed, [recipient_of(keeper.intake)])
    sealed.seek(0)
    header = split_header(sealed)
    listed = ListedEvidence(
        id=f"6f1f9a4e-52d0-4d3f-9d54-2f4e4f6f0c{number:02}",
        name=f"evidence {number}.eml",
        size=digests.size,
        **_identity(digests.plaintext_sha256, sensitivity),
    )
    return AtRest(listed, header, sealed.read(), digests.payload_sha256, digests.plaintext_sha256, sensitivity)


def _identity(plaintext_sha256: str, sensitivity: str) -> dict[str, str]:
    """As a letter lists it, computed from crypto/SPEC.md, 9."""
    if sensitivity == "none":
        return {"plaintext_sha256": plaintext_sha256}
    text = b"comity/blinded-digest/v1\n" + bytes.fromhex(BLINDING + plaintext_sha256)
    return {"blinded_sha256": hashlib.sha256(text).hexdigest()}


@cache
def evidence() -> tuple[AtRest, ...]:
    """Two items that Grenada keeps."""
    return at_rest(node("gd"), b"From: supplier\n" * 9000, 1), at_rest(node("gd"), b"", 2)


@cache
def request_with_evidence() -> LetterContent:
    """The request, listing those items."""
    return msgspec.structs.replace(REQUEST, evidence=tuple(item.listed for item in evidence()))


def make_packet(
    pdf: bytes | None = None,
    *,
    reference: str = REQUEST.reference,
    items: tuple[AtRest, ...] | None = None,
    sender: str = "gd",
    addressee: str = "cr",
    transport: SigningKey | None = None,
) -> bytes:
    """A whole packet from Grenada to Costa Rica, as bytes, unless told otherwise."""
    gd, cr = node("gd"), node("cr")
    letter = pdf if pdf is not None else sign(rendered(msgspec.json.encode(request_with_evidence())), gd)
    out = BytesIO()
    built = build_packet(
        out,
        route=PacketRoute(packet=PACKET, sender=sender, addressee=addressee, exchange=cr.recipient),
        letter_pdf=letter,
        reference=reference,
        evidence=[item.for_(gd, cr) for item in (evidence() if items is None else items)],
        transport=transport or gd.transport,
    )
    add_proof(out, proof_of(gd, built, detail=packet_built_detail(built.manifest_sha256, addressee)))
    return out.getvalue()


@cache
def good_packet() -> bytes:
    """The packet of the letter with its two evidence items."""
    return make_packet()


def sha256_of_file(path: Path) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def with_(content: LetterContent, **changes: object) -> LetterContent:
    """The content with some parts changed."""
    return msgspec.structs.replace(content, **changes)


def validate(pdf: bytes, *, at: datetime = LATER) -> ValidLetter:
    """The check of a letter as the node that trusts the authorities of gd makes it."""
    return validate_letter(pdf, node("gd").certificates, at=at)
