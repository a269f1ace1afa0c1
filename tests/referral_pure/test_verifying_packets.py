"""Packets: what is built is verified, and what is changed is refused."""

import hashlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.keyholder.signing import SigningKey
from crypto.packetnotes import PacketNote, sign_packet_note
from crypto.sealing import seal
from referral.packets import (
    BuiltPacket,
    KnownSender,
    MalformedPacket,
    PacketRefused,
    PartChanged,
    ProofRefused,
    UnknownSender,
    VerifiedPacket,
    examine_packet,
    packet_built_detail,
    verify_packet,
)
from referral.packing import bag
from referral.packing.stored_zip import StoredZipWriter
from tests.referral_pure.taking_apart import packed, parts, remade, retagged, verify
from tests.referral_pure.world import PACKET, good_packet, make_packet, node, proof_of, signed_request

ATTACKER = SigningKey.generate("ed25519")


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


@pytest.mark.parametrize("name", [*bag.names_without_proof(2), bag.PROOF, bag.TAG_MANIFEST])
def test_a_changed_byte_in_any_part_is_refused(name: str) -> None:
    found = parts(good_packet())
    for place in {0, len(found[name]) // 2, len(found[name]) - 1}:
        changed = bytearray(found[name])
        changed[place] ^= 1
        with pytest.raises(PacketRefused):
            verify(packed(found | {name: bytes(changed)}))
        # The same with manifests that fit it; a manifest itself is left as it was changed.
        mended = {bag.MANIFEST: retagged, bag.TAG_MANIFEST: dict}.get(name, remade)
        with pytest.raises(PacketRefused):
            verify(packed(mended(found | {name: bytes(changed)})))


@settings(max_examples=100)
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
    assert verify(packed(retagged(found | {bag.NOTE: note_by(node("gd").transport, found)})))
    with pytest.raises(PartChanged):
        verify(packed(retagged(found | {bag.NOTE: note_by(ATTACKER, found)})))


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
        verify(packed(retagged(found | {bag.NOTE: note_by(node("gd").transport, found, **changes)})))


def test_another_routing_header_is_refused() -> None:
    found = parts(good_packet())
    other = found[bag.ROUTING].replace(b'"addressee":"cr"', b'"addressee":"hn"')
    with pytest.raises(PartChanged):
        verify(packed(retagged(found | {bag.ROUTING: other})))


@pytest.mark.parametrize("routing", [b"", b"{}", b"[]", b'{"packet":1,"sender":2,"transport":"ed25519:AA"}', b"\xff"])
def test_a_routing_header_of_another_form_is_refused(routing: bytes) -> None:
    with pytest.raises(PacketRefused):
        verify(packed(retagged(parts(good_packet()) | {bag.ROUTING: routing})))


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
    assert verify(packed(retagged(found | {bag.PROOF: proof_of(gd, built, detail=detail)})))
    with pytest.raises(ProofRefused):
        verify(packed(retagged(found | {bag.PROOF: proof_of(gd, built, **({"detail": detail} | changes))})))


def test_a_proof_by_another_log_is_refused() -> None:
    found = parts(good_packet())
    with pytest.raises(ProofRefused):
        verify(packed(retagged(found | {bag.PROOF: proof_of(node("cr"), _built(found))})))


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
