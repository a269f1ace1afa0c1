"""Building a packet, in constant memory."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from backend.incidents.blocks import Sensitivity
from crypto.canonical import canonical_json
from crypto.keys import PQRecipient, VerifyingKey
from crypto.packetnotes import PacketNote, sign_packet_note
from crypto.sealing import seal
from crypto.signer import Signer
from referral.packing import bag
from referral.packing.contents import Contents, PackedEvidence, PackedLetter, sign_contents
from referral.packing.errors import EvidenceChangedAtRest
from referral.packing.shape import ROUTING_TYPE, shape, tag_names
from referral.packing.stored_zip import CHUNK, StoredZip, StoredZipWriter, sha256_of


@dataclass(frozen=True, kw_only=True)
class PacketRoute:
    """From whom to whom: node ids, the addressee's exchange recipient, the packet's id (a UUID)."""

    packet: str
    sender: str
    addressee: str
    exchange: PQRecipient


@dataclass(frozen=True, kw_only=True)
class EvidenceToPack:
    """An evidence item as it rests: a header already re-addressed to the addressee, and its payload.

    `payload` opens the payload for reading, which takes place once. What was declared sensitive has a `blinding`
    (PackedEvidence).
    """

    id: str
    name: str
    header: bytes
    payload: Callable[[], BinaryIO]
    payload_size: int
    size: int
    plaintext_sha256: str
    payload_sha256: str
    sensitivity: Sensitivity = "none"
    blinding: str | None = None


@dataclass(frozen=True)
class BuiltPacket:
    """What was built; the proof is still to be added."""

    packet: str
    manifest_sha256: str
    size: int


def build_packet(
    out: BinaryIO,
    *,
    route: PacketRoute,
    letter_pdf: bytes,
    reference: str,
    evidence: Sequence[EvidenceToPack] = (),
    transport: Signer,
) -> BuiltPacket:
    """Write the packet, without the log's proof, into the empty seekable `out`.

    Afterwards record PACKET_BUILT, wait for its proof, and add it. Raises EvidenceChangedAtRest when a payload is not
    the one on record; `out` must not be used then.
    """
    packing = _Packing(StoredZipWriter(out), bag.folder(route.packet))
    letter = seal(letter_pdf, [route.exchange])
    packing.tag(bag.BAGIT_TXT, bag.BAGIT)
    packing.tag(bag.ROUTING, _routing(route, transport.verifying_key, evidence, len(letter)))
    packed = tuple(_pack_evidence(packing, number, item) for number, item in enumerate(evidence, start=1))
    letter_sha256 = hashlib.sha256(letter_pdf).hexdigest()
    contents = Contents(
        packet=route.packet, letter=PackedLetter(reference=reference, sha256=letter_sha256), evidence=packed
    )
    packing.payload(bag.CONTENTS, seal(sign_contents(contents, transport), [route.exchange]))
    packing.payload(bag.LETTER, letter)
    manifest = bag.manifest(packing.digests, bag.payload_names(len(evidence)))
    manifest_sha256 = hashlib.sha256(manifest).hexdigest()
    packing.tag(bag.MANIFEST, manifest)
    packing.tag(bag.BAG_INFO, bag.bag_info(route.packet, packing.oxum))
    packing.tag(bag.NOTE, sign_packet_note(_note(route, manifest_sha256), transport))
    return BuiltPacket(route.packet, manifest_sha256, packing.writer.finish())


def add_proof(file: BinaryIO, proof: bytes) -> int:
    """Append the log's proof and the manifest of tag files to a built packet; return the packet's final size.

    `file` is open for reading and writing. Raises MalformedPacket when it is no packet that awaits its proof.
    """
    zipped = StoredZip(file)
    folder, evidence = shape(zipped, ending=())
    names = [*tag_names(evidence), bag.PROOF]
    digests = {name: sha256_of(zipped.chunks(folder + name)) for name in names[:-1]}
    digests[bag.PROOF] = hashlib.sha256(proof).hexdigest()
    writer = StoredZipWriter.continuing(file)
    writer.write(folder + bag.PROOF, proof)
    writer.write(folder + bag.TAG_MANIFEST, bag.manifest(digests, names))
    return writer.finish()


@dataclass
class _Packing:
    writer: StoredZipWriter
    folder: str
    digests: dict[str, str] = field(default_factory=dict)
    oxum: bag.Oxum = bag.Oxum(0, 0)

    def tag(self, name: str, data: bytes) -> None:
        self.writer.write(self.folder + name, data)

    def payload(self, name: str, data: bytes) -> None:
        self.payload_stream(name, len(data), iter((data,)))

    def payload_stream(self, name: str, size: int, chunks: Iterator[bytes]) -> None:
        digest = hashlib.sha256()
        self.writer.write_stream(self.folder + name, size, _hashed(chunks, digest))
        self.digests[name] = digest.hexdigest()
        self.oxum = bag.Oxum(self.oxum.size + size, self.oxum.count + 1)


def _routing(route: PacketRoute, key: VerifyingKey, evidence: Sequence[EvidenceToPack], letter_size: int) -> bytes:
    return canonical_json(
        {
            "type": ROUTING_TYPE,
            "packet": route.packet,
            "sender": route.sender,
            "addressee": route.addressee,
            "exchange_key": route.exchange.key_id,
            "transport": str(key),
            "sizes": {
                "letter": letter_size,
                "evidence": [len(item.header) + item.payload_size for item in evidence],
            },
        }
    )


def _pack_evidence(packing: _Packing, number: int, item: EvidenceToPack) -> PackedEvidence:
    part, digest = bag.evidence_name(number), hashlib.sha256()
    with item.payload() as payload:
        chunks = _joined(item.header, _hashed(iter(lambda: payload.read(CHUNK), b""), digest))
        try:
            packing.payload_stream(part, len(item.header) + item.payload_size, chunks)
        except ValueError:
            raise EvidenceChangedAtRest from None
    if digest.hexdigest() != item.payload_sha256:
        raise EvidenceChangedAtRest
    return PackedEvidence(
        id=item.id,
        name=item.name,
        part=part,
        size=item.size,
        plaintext_sha256=item.plaintext_sha256,
        payload_sha256=item.payload_sha256,
        file_sha256=packing.digests[part],
        sensitivity=item.sensitivity,
        blinding=item.blinding,
    )


def _note(route: PacketRoute, manifest_sha256: str) -> PacketNote:
    return PacketNote(
        sender=route.sender,
        addressee=route.addressee,
        exchange_key=route.exchange.key_id,
        packet=route.packet,
        manifest_sha256=manifest_sha256,
    )


def _joined(head: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _hashed(chunks: Iterator[bytes], digest: Any) -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
