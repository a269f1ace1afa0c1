"""Opening packets: letter, contents and evidence must agree with the packet and with each other."""

from dataclasses import replace
from io import BytesIO

import msgspec
import pytest

from backend.vault.offline import FileOpener, opener_from
from crypto.errors import CannotOpen, MalformedKey
from crypto.keyholder.identities import generate_pq
from crypto.sealing import seal
from referral.letters.content import LetterContent
from referral.letters.validity_errors import LetterNotValid, NotWholeFileSigned, UnknownSigner
from referral.packets import (
    ContentsDiffer,
    KnownSender,
    NotForThisNode,
    OpenedPacket,
    PartChanged,
    open_evidence,
    open_packet,
    sealed_evidence,
    verify_packet,
)
from referral.packing import bag
from referral.packing.contents import Contents, PackedLetter, sign_contents, verify_contents
from tests.referral_pure.examples import COSTA_RICA, GRENADA, REQUEST
from tests.referral_pure.test_validity import changed, replace_request
from tests.referral_pure.world import (
    LATER,
    PACKET,
    at_rest,
    evidence,
    good_packet,
    make_packet,
    node,
    rendered,
    request_with_evidence,
    sign,
    with_,
)


def opened(
    packet: bytes, *, opener: FileOpener | None = None, authorities: tuple[str, ...] = ("cr-central",)
) -> OpenedPacket:
    file = BytesIO(packet)
    return open_packet(
        file,
        verify_packet(file, [node("gd").sender, node("cr").sender]),
        opener=opener or node("cr").opener,
        certificates=node("gd").certificates,
        authorities=authorities,
        at=LATER,
    )


def signed(content: LetterContent, by: str = "gd") -> bytes:
    return sign(rendered(msgspec.json.encode(content)), node(by))


def test_a_packet_opens_to_its_letter_and_its_contents() -> None:
    found = opened(good_packet())
    assert found.letter.content == request_with_evidence()
    assert [item.name for item in found.contents.evidence] == ["evidence 1.eml", "evidence 2.eml"]


def test_evidence_opens_to_what_was_collected() -> None:
    found, file = opened(good_packet()), BytesIO(good_packet())
    for item, kept in zip(found.contents.evidence, evidence(), strict=True):
        out = BytesIO()
        digests = open_evidence(file, found.packet, item, node("cr").opener, out)
        assert digests.plaintext_sha256 == kept.listed.plaintext_sha256
        assert len(out.getvalue()) == kept.listed.size
        assert sealed_evidence(file, found.packet, item).read().endswith(kept.payload)


def test_another_nodes_key_opens_nothing() -> None:
    with pytest.raises(CannotOpen):
        opened(good_packet(), opener=FileOpener((generate_pq(),)))


def test_an_opened_packet_is_made_by_the_check_alone() -> None:
    with pytest.raises(TypeError):
        OpenedPacket()


def test_a_letter_to_an_authority_that_is_not_ours_is_refused() -> None:
    with pytest.raises(NotForThisNode):
        opened(good_packet(), authorities=("cr-24-7",))


def test_a_letter_addressed_to_a_third_state_is_refused() -> None:
    honduras = msgspec.structs.replace(COSTA_RICA, state="hn")
    content = with_(request_with_evidence(), addressee=honduras)
    with pytest.raises(NotForThisNode):
        opened(make_packet(signed(content)))


def test_a_letter_of_the_sender_sealed_on_by_somebody_else_is_refused() -> None:
    """Costa Rica's node re-packs a letter that Grenada signed, in its own name."""
    packet = make_packet(sender="cr", transport=node("cr").transport)
    file = BytesIO(packet)
    cr, gd = node("cr").sender, node("gd").sender
    mixed = KnownSender("cr", cr.transport, gd.log_origin, gd.log_key)
    verified = verify_packet(file, [mixed])
    rest = {"opener": node("cr").opener, "authorities": ["cr-central"], "at": LATER}
    with pytest.raises(UnknownSigner):
        open_packet(file, verified, certificates=node("cr").certificates, **rest)  # type: ignore[arg-type]
    with pytest.raises(NotForThisNode):
        open_packet(file, verified, certificates=node("gd").certificates, **rest)  # type: ignore[arg-type]


def test_a_letter_signed_by_nobody_known_is_refused() -> None:
    with pytest.raises(UnknownSigner):
        opened(make_packet(signed(request_with_evidence(), by="cr")))
    with pytest.raises(LetterNotValid):
        opened(make_packet(rendered(msgspec.json.encode(request_with_evidence()))))


@pytest.mark.long
def test_a_letter_whose_request_json_was_replaced_is_refused() -> None:
    assert opened(make_packet(signed(request_with_evidence())))
    with pytest.raises(NotWholeFileSigned):
        opened(make_packet(changed(signed(request_with_evidence()), replace_request)))


def test_a_packet_of_another_reference_than_the_letters_is_refused() -> None:
    with pytest.raises(ContentsDiffer):
        opened(make_packet(reference="GD-2026-9999"))


def test_evidence_that_the_letter_does_not_list_is_refused() -> None:
    with pytest.raises(ContentsDiffer):
        opened(make_packet(signed(REQUEST)))
    extra = at_rest(node("gd"), b"surprise", 3)
    with pytest.raises(ContentsDiffer):
        opened(make_packet(items=(*evidence(), extra)))


@pytest.mark.long
def test_listed_evidence_that_is_not_in_the_packet_is_refused() -> None:
    with pytest.raises(ContentsDiffer):
        opened(make_packet(items=evidence()[:1]))
    with pytest.raises(ContentsDiffer):
        opened(make_packet(items=(evidence()[0], evidence()[0])))


def test_evidence_that_opens_to_something_else_than_stated_is_refused() -> None:
    other = at_rest(node("gd"), b"To: somebody else\n" * 7500, 1)
    packet = make_packet(items=(replace(other, plaintext_sha256=evidence()[0].plaintext_sha256), evidence()[1]))
    found, file = opened(packet), BytesIO(packet)
    with pytest.raises(ContentsDiffer):
        open_evidence(file, found.packet, found.contents.evidence[0], node("cr").opener, BytesIO())
    assert open_evidence(file, found.packet, found.contents.evidence[1], node("cr").opener, BytesIO())


def test_a_file_exchanged_between_verifying_and_opening_is_refused() -> None:
    file = BytesIO(good_packet())
    verified = verify_packet(file, [node("gd").sender])
    other = BytesIO(make_packet())
    with pytest.raises(PartChanged):
        open_packet(
            other,
            verified,
            opener=node("cr").opener,
            certificates=node("gd").certificates,
            authorities=["cr-central"],
            at=LATER,
        )


def test_contents_signed_by_another_key_are_refused() -> None:
    contents = Contents(packet=PACKET, letter=PackedLetter(reference="GD-1", sha256="0" * 64), evidence=())
    signed_contents = sign_contents(contents, node("gd").transport)
    assert verify_contents(signed_contents, key=node("gd").transport.verifying_key) == contents
    with pytest.raises(ContentsDiffer):
        verify_contents(signed_contents, key=node("cr").transport.verifying_key)
    with pytest.raises(ContentsDiffer):
        verify_contents(b"{}", key=node("gd").transport.verifying_key)


def test_sealing_needs_no_secret_of_the_sender_and_so_proves_nothing() -> None:
    assert node("cr").opener.open_bytes(seal(b"anybody", [node("cr").recipient])) == b"anybody"


def test_identity_files_have_comments_and_at_least_one_identity() -> None:
    identity = generate_pq()
    assert opener_from([f"# created: today\n\n{identity}\n".encode()]).identities == (identity,)
    assert identity not in repr(opener_from([identity.encode()]))
    for data in (b"", b"# only a comment\n", b"AGE-SECRET-KEY-PQ-1NONSENSE\n", b"\xff\xff"):
        with pytest.raises(MalformedKey):
            opener_from([data])


def test_the_states_of_the_example_are_those_of_the_nodes() -> None:
    assert (GRENADA.state, COSTA_RICA.state) == (node("gd").name, node("cr").name)
    assert bag.folder(PACKET).startswith("packet-")
