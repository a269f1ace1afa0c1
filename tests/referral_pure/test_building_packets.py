"""Packets are built of what is as it was recorded, say nothing in clear, and fit what others make of a bag."""

import logging
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import bagit
import pytest

from referral.packets import EvidenceChangedAtRest, MalformedPacket, PacketRoute, add_proof, build_packet
from referral.packing import bag
from tests.referral_pure.taking_apart import packed, parts, remade, verify
from tests.referral_pure.world import PACKET, evidence, good_packet, make_packet, node, signed_request


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
    whole = letter.read_bytes()
    letter.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(folder)).validate()


_BIG = """
import os, sys
from io import BytesIO
from pathlib import Path
from tests.memory import peak_kilobytes
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
before = peak_kilobytes(os.getpid())
with (folder / "packet.zip").open("w+b") as out:
    route = PacketRoute(packet=PACKET, sender="gd", addressee="cr", exchange=cr.recipient)
    built = build_packet(out, route=route, letter_pdf=letter, reference="GD-1", evidence=[item], transport=gd.transport)
    add_proof(out, proof_of(gd, built))
    packet = verify_packet(out, [gd.sender])
after = peak_kilobytes(os.getpid())
print(packet.size, after - before)
"""


@pytest.mark.long
def test_64_megabytes_of_evidence_are_packed_and_verified_in_constant_memory(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", _BIG, str(tmp_path)], cwd=root, check=True, capture_output=True, text=True
    )
    size, grown_kib = map(int, done.stdout.split())
    assert size > 64 * 1024 * 1024
    assert grown_kib < 16 * 1024
