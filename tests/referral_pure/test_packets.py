"""Packets: what is built is verified, and what is changed is refused."""

import hashlib
import logging
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import bagit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.keyholder.signing import SigningKey
from crypto.packetnotes import PacketNote, sign_packet_note
from crypto.sealing import seal
from referral.packets import (
    BuiltPacket,
    EvidenceChangedAtRest,
    KnownSender,
    MalformedPacket,
    PacketRefused,
    PacketRoute,
    PartChanged,
    ProofRefused,
    UnknownSender,
    VerifiedPacket,
    add_proof,
    build_packet,
    examine_packet,
    packet_built_detail,
    verify_packet,
)
from referral.packing import bag
from referral.packing.stored_zip import StoredZip, StoredZipWriter
from tests.referral_pure.world import (
    PACKET,
    evidence,
    good_packet,
    make_packet,
    node,
    proof_of,
    signed_request,
)

ATTACKER = SigningKey.generate("ed25519")


def verify(packet: bytes) -> VerifiedPacket:
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
    return _retagged(found)


def _retagged(found: dict[str, bytes]) -> dict[str, bytes]:
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}
    tags = [name for name in found if not name.startswith("data/") and name != bag.TAG_MANIFEST]
    return found | {bag.TAG_MANIFEST: bag.manifest(digests, tags)}


def note_by(key: SigningKey, found: dict[str, bytes], **changes: str) -> bytes:
    """A note over the manifest as it is, signed by the key."""
    stated = {
        "sender": "gd",
        "addressee": "cr",
        "exchange_key": node("cr").recipient.key_id,
        "packet": PACKET,
        "manifest_sha256": hashlib.sha256(found[bag.MANIFEST]).hexdigest(),
    }
    return sign_packet_note(PacketNote(**(stated | changes)), key)


def test_a_packet_is_verified_by_the_senders_card() -> None:
    packet = verify(good_packet())
    assert (packet.packet, packet.sender, packet.addressee) == (PACKET, "gd", "cr")
    assert packet.exchange_key == node("cr").recipient.key_id
    assert packet.evidence == 2
    assert packet.log_index == 2
    assert packet.size == len(good_packet())


def test_a_packet_without_evidence_is_a_packet() -> None:
    assert verify(make_packet(signed_request(), items=())).evidence == 0


def test_taking_apart_and_packing_again_gives_the_same_packet() -> None:
    assert packed(parts(good_packet())) == good_packet()
    assert packed(remade(parts(good_packet()))) == good_packet()


def test_the_names_in_a_packet_say_nothing_of_the_matter() -> None:
    names = set(parts(good_packet()))
    assert names == {*bag.names_without_proof(2), bag.PROOF, bag.TAG_MANIFEST}
    clear = good_packet()
    for secret in (b"GD-2026-0001", b"Spice Isle", b"proveedor", b"evidence 1.eml", b"gd-central", b"203.0.113"):
        assert secret not in clear


@pytest.mark.parametrize("name", [*bag.names_without_proof(2), bag.PROOF, bag.TAG_MANIFEST])
def test_a_changed_byte_in_any_part_is_refused(name: str) -> None:
    found = parts(good_packet())
    for place in {0, len(found[name]) // 2, len(found[name]) - 1}:
        changed = bytearray(found[name])
        changed[place] ^= 1
        with pytest.raises(PacketRefused):
            verify(packed(found | {name: bytes(changed)}))
        # The same with manifests that fit it; a manifest itself is left as it was changed.
        mended = {bag.MANIFEST: _retagged, bag.TAG_MANIFEST: dict}.get(name, remade)
        with pytest.raises(PacketRefused):
            verify(packed(mended(found | {name: bytes(changed)})))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(good_packet()) - 1), st.integers(0, 7))
def test_any_flipped_bit_of_the_file_is_refused(index: int, bit: int) -> None:
    flipped = bytearray(good_packet())
    flipped[index] ^= 1 << bit
    with pytest.raises(PacketRefused):
        verify(bytes(flipped))


@pytest.mark.parametrize("name", [*bag.names_without_proof(2), bag.PROOF, bag.TAG_MANIFEST])
def test_a_packet_without_any_one_of_its_parts_is_refused(name: str) -> None:
    found = parts(good_packet())
    del found[name]
    with pytest.raises(MalformedPacket):
        verify(packed(found))


def test_a_note_signed_again_by_another_key_is_refused() -> None:
    found = parts(good_packet())
    assert verify(packed(_retagged(found | {bag.NOTE: note_by(node("gd").transport, found)})))
    with pytest.raises(PartChanged):
        verify(packed(_retagged(found | {bag.NOTE: note_by(ATTACKER, found)})))


def test_a_packet_made_anew_by_another_key_in_the_senders_name_is_refused() -> None:
    assert verify(make_packet(transport=node("gd").transport))
    with pytest.raises(UnknownSender):
        verify(make_packet(transport=ATTACKER))


def test_parts_sealed_anew_do_not_pass_under_the_old_note() -> None:
    found = parts(good_packet())
    with pytest.raises(PartChanged):
        verify(packed(remade(found | {bag.LETTER: seal(signed_request(), [node("cr").recipient])})))


@pytest.mark.parametrize(
    "changes",
    [{"addressee": "hn"}, {"exchange_key": "0" * 16}, {"packet": PACKET.replace("0b", "0c")}, {"sender": "cr"}],
    ids=lambda changes: next(iter(changes)),
)
def test_a_note_that_says_something_else_than_the_packet_is_refused(changes: dict[str, str]) -> None:
    found = parts(good_packet())
    with pytest.raises(PartChanged):
        verify(packed(_retagged(found | {bag.NOTE: note_by(node("gd").transport, found, **changes)})))


def test_another_routing_header_is_refused() -> None:
    found = parts(good_packet())
    other = found[bag.ROUTING].replace(b'"addressee":"cr"', b'"addressee":"hn"')
    with pytest.raises(PartChanged):
        verify(packed(_retagged(found | {bag.ROUTING: other})))


@pytest.mark.parametrize("routing", [b"", b"{}", b"[]", b'{"packet":1,"sender":2,"transport":"ed25519:AA"}', b"\xff"])
def test_a_routing_header_of_another_form_is_refused(routing: bytes) -> None:
    with pytest.raises(PacketRefused):
        verify(packed(_retagged(parts(good_packet()) | {bag.ROUTING: routing})))


@pytest.mark.parametrize(
    "folder", ["", "../packet/", "/", "packet-other/", bag.folder(PACKET).upper(), bag.folder(PACKET) + "x/"]
)
def test_another_folder_is_refused(folder: str) -> None:
    with pytest.raises(PacketRefused):
        verify(packed(parts(good_packet()), folder))


@pytest.mark.parametrize("name", ["data/../../x", "data/evidence/003.age", "fetch.txt", "data/letter.age"])
def test_a_part_too_many_is_refused(name: str) -> None:
    out = BytesIO(packed(parts(good_packet())))
    writer = StoredZipWriter.continuing(out)
    writer.write(bag.folder(PACKET) + name, b"x")
    writer.finish()
    with pytest.raises(PacketRefused):
        verify(out.getvalue())


@pytest.mark.parametrize(
    "changes",
    [
        {"event": "letter:signed"},
        {"subject": {"kind": "packet", "id": "another"}},
        {"subject": {"kind": "letter", "id": PACKET}},
        {"detail": packet_built_detail("0" * 64, "cr")},
        {"detail": {}},
        {"at": "2026-11-24T14:06:00"},
        {"at": "yesterday"},
    ],
)
def test_a_proof_of_something_else_is_refused(changes: dict[str, object]) -> None:
    gd, found = node("gd"), parts(good_packet())
    built = _built(found)
    detail = packet_built_detail(built.manifest_sha256, "cr")
    assert verify(packed(_retagged(found | {bag.PROOF: proof_of(gd, built, detail=detail)})))
    with pytest.raises(ProofRefused):
        verify(packed(_retagged(found | {bag.PROOF: proof_of(gd, built, **({"detail": detail} | changes))})))


def test_a_proof_by_another_log_is_refused() -> None:
    found = parts(good_packet())
    with pytest.raises(ProofRefused):
        verify(packed(_retagged(found | {bag.PROOF: proof_of(node("cr"), _built(found))})))


def _built(found: dict[str, bytes]) -> BuiltPacket:
    return BuiltPacket(PACKET, hashlib.sha256(found[bag.MANIFEST]).hexdigest(), 0)


def test_a_sender_without_a_card_is_unknown_but_its_key_can_be_shown() -> None:
    stated = examine_packet(BytesIO(good_packet()))
    assert stated.transport == node("gd").transport.verifying_key
    with pytest.raises(UnknownSender):
        verify_packet(BytesIO(good_packet()), [node("cr").sender])
    with pytest.raises(UnknownSender):
        verify_packet(BytesIO(good_packet()), [])


def test_a_card_with_another_transport_key_does_not_serve() -> None:
    gd = node("gd").sender
    other = KnownSender(gd.node, ATTACKER.verifying_key, gd.log_origin, gd.log_key)
    with pytest.raises(UnknownSender):
        verify_packet(BytesIO(good_packet()), [other])
    assert verify_packet(BytesIO(good_packet()), [other, gd])


def test_a_verified_packet_is_made_by_the_check_alone() -> None:
    with pytest.raises(TypeError):
        VerifiedPacket()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"x" * 100, signed_request()], ids=["empty", "magic", "x", "pdf"])
def test_what_is_no_packet_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedPacket):
        verify(data)


def test_evidence_that_changed_at_rest_is_not_packed() -> None:
    gd, cr = node("gd"), node("cr")
    first = evidence()[0]

    def build(payload: Callable[[], BytesIO] | None) -> None:
        route = PacketRoute(packet=PACKET, sender="gd", addressee="cr", exchange=cr.recipient)
        items = [first.for_(gd, cr, payload)]
        build_packet(
            BytesIO(), route=route, letter_pdf=b"%PDF", reference="GD-1", evidence=items, transport=gd.transport
        )

    build(None)
    flipped = bytes([first.payload[0] ^ 1]) + first.payload[1:]
    for payload in (flipped, first.payload[:-1], first.payload + b"x"):
        with pytest.raises(EvidenceChangedAtRest):
            build(lambda payload=payload: BytesIO(payload))  # type: ignore[misc]


def test_the_proof_is_added_once() -> None:
    with pytest.raises(MalformedPacket):
        add_proof(BytesIO(good_packet()), b"again")


def test_the_bag_validates_by_the_libraries_own_rules(tmp_path: Path) -> None:
    logging.getLogger("bagit").setLevel(logging.ERROR)
    with zipfile.ZipFile(BytesIO(good_packet())) as common:
        common.extractall(tmp_path)
    folder = tmp_path / bag.folder(PACKET)
    assert bagit.Bag(str(folder)).validate()
    letter = folder / "data" / "letter.age"
    letter.write_bytes(letter.read_bytes()[:-1] + b"x")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(folder)).validate()


_BIG = """
import resource, sys
from io import BytesIO
from pathlib import Path
from tests.referral_pure.world import AtRest, PACKET, node, proof_of, signed_request
from crypto.keyholder.identities import recipient_of
from crypto.sealing import seal_stream, split_header
from referral.letters.content import ListedEvidence
from referral.packets import PacketRoute, add_proof, build_packet, packet_built_detail, verify_packet
from referral.packets import EvidenceToPack
from crypto.keyholder.readdressing import readdress_header

folder, size = Path(sys.argv[1]), 64 * 1024 * 1024
gd, cr = node("gd"), node("cr")
with (folder / "plain").open("wb") as plain:
    plain.truncate(size)
with (folder / "plain").open("rb") as plain, (folder / "sealed").open("wb") as sealed:
    digests = seal_stream(plain, sealed, [recipient_of(gd.intake)])
with (folder / "sealed").open("rb") as sealed:
    header = split_header(sealed)
def payload():
    file = (folder / "sealed").open("rb")
    file.seek(len(header))
    return file
item = EvidenceToPack(
    id="6f1f9a4e-52d0-4d3f-9d54-2f4e4f6f0c01", name="big", header=readdress_header(header, [gd.intake], [cr.recipient]),
    payload=payload, payload_size=digests.payload_size, size=digests.size,
    plaintext_sha256=digests.plaintext_sha256, payload_sha256=digests.payload_sha256,
)
letter = signed_request()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with (folder / "packet.zip").open("w+b") as out:
    route = PacketRoute(packet=PACKET, sender="gd", addressee="cr", exchange=cr.recipient)
    built = build_packet(out, route=route, letter_pdf=letter, reference="GD-1", evidence=[item], transport=gd.transport)
    add_proof(out, proof_of(gd, built))
    packet = verify_packet(out, [gd.sender])
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(packet.size, after - before)
"""


def test_64_megabytes_of_evidence_are_packed_and_verified_in_constant_memory(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", _BIG, str(tmp_path)], cwd=root, check=True, capture_output=True, text=True
    )
    size, grown_kib = map(int, done.stdout.split())
    assert size > 64 * 1024 * 1024
    assert grown_kib < 16 * 1024
