"""Declared-sensitive evidence with a letter: held until a second person approves, and its digest told to nobody."""

import hashlib
import json
import zipfile
from io import BytesIO

import msgspec
import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from backend.accounts.models import Role
from backend.directory.cards import confirm_node, import_card
from backend.directory.models import Node
from backend.incidents import evidence, opening
from backend.incidents.models import ContentOpening, EvidenceItem, Incident
from backend.incidents.releasing import decide_release, propose_release
from backend.vault.signers import transport_signer
from referral import exchange, packing_letters, services
from referral.columns import content_of, pdf_of
from referral.drafting import request_json
from referral.letters.content import LetterContent, ListedEvidence
from referral.lifecycle import LetterKind, UrgencyGround
from referral.models import LetterOfRequest, Packet, Transmission
from referral.packing.contents import Contents, blinded, verify_contents
from tests.founding import FRAUD_REPORT, NOW, TESTS, SealedReport, enrol_device, found_node, person
from tests.referral.arriving import PEER, Sent, own_party, received, refused
from tests.referral.test_acts import Office, preservation_draft
from tests.referral_pure import world
from tests.referral_pure.examples import COSTA_RICA, REQUEST

CONTENT = b"a harmless stand-in for what must not be shown"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
NAME = "Testperson Exampleton at school.jpg"


def signed_letter() -> LetterOfRequest:
    """A preservation request with one sensitive item and one other, for a node whose keys the test holds."""
    office = Office()
    Node.objects.filter(id="cr").update(exchange_recipient=str(PEER.recipient))
    files = {NAME: CONTENT, "mail.txt": b"nothing special"}
    SealedReport(enrol_device(), FRAUD_REPORT, files=files, sensitivity={NAME: "abuse-material"}).send()
    assert opening.open_waiting(at=NOW)
    assert evidence.take_waiting(at=NOW)
    assert evidence.take_waiting(at=NOW)
    office.referral.incidents.add(Incident.objects.get())
    letter = services.draft_letter(
        office.referral,
        LetterKind.PRESERVATION_REQUEST,
        preservation_draft(),
        from_authority=office.contact_point,
        to_authority=office.peer,
        evidence=list(EvidenceItem.objects.order_by("-sensitivity")),
        acting=office.duty,
        at=NOW,
    )
    letter = services.complete_letter(letter, acting=office.duty, at=NOW)
    return services.sign_letter(letter, urgency=[UrgencyGround.DATA_WOULD_BE_LOST], acting=office.duty, at=NOW)


def worked() -> Transmission:
    Transmission.objects.update(not_before=None)
    assert exchange.transmit_waiting(at=NOW)
    return Transmission.objects.get()


def contents_of(packet: bytes) -> Contents:
    with zipfile.ZipFile(BytesIO(packet)) as bag:
        name = next(one for one in bag.namelist() if one.endswith("data/contents.age"))
        statement = PEER.opener.open_bytes(bag.read(name))
    return verify_contents(statement, key=transport_signer().verifying_key)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_letter_with_sensitive_evidence_waits_for_the_second_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing_letters, "_prove", lambda *_, **__: b"proof")
    letter = signed_letter()
    held = worked()
    assert (held.stage, Packet.objects.exists(), ContentOpening.objects.count()) == ("to_build", False, 0)
    assert "declared sensitive" in held.last_problem

    item = EvidenceItem.objects.get(sensitivity="abuse-material")
    proposed = propose_release(
        item,
        "node cr",
        "Order of the exercise, file 12/2026.",
        letter=letter.reference,
        acting=person(Role.PROSECUTOR, "prosecutor"),
        at=NOW,
    )
    Transmission.objects.update(attempts=exchange.MAX_ATTEMPTS)
    held = worked()  # a proposal alone moves nothing, and the letter waits as long as that takes
    assert (held.stage, held.attempts) == ("to_build", exchange.HELD_ATTEMPTS)
    decide_release(proposed, "approved", "As ordered.", acting=person(Role.APPROVER, "approver"), at=NOW)
    assert worked().stage == "queued"

    packet = packing_letters.packet_path(Packet.objects.get()).read_bytes()
    assert set(item.custody.values_list("act", "went_to", "letter")) == {
        ("received", "node gd", ""), ("readdressed", "node cr", letter.reference),
    }  # fmt: skip
    content = content_of(letter)
    in_letter = next(one for one in content.evidence if one.blinded_sha256)
    packed = next(one for one in contents_of(packet).evidence if one.sensitivity != "none")
    assert (packed.name, packed.plaintext_sha256, packed.sensitivity) == (NAME, DIGEST, "abuse-material")
    assert packed.blinding is not None
    assert in_letter.blinded_sha256 == blinded(DIGEST, packed.blinding) != DIGEST
    pdf = pdf_of(letter) or b""
    pages = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    visible = "".join(character for character in pages if character.isalnum())
    assert in_letter.blinded_sha256 in visible
    for text in (visible, request_json(content).decode(), repr(pdf), repr(packet)):
        assert DIGEST not in text
        assert "at school" not in text
        assert "atschool" not in text


@pytest.mark.django_db(transaction=True)
def test_the_database_lets_no_packet_out_round_custody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing_letters, "_prove", lambda *_, **__: b"proof")
    letter = signed_letter()
    with pytest.raises(IntegrityError, match="leaves on a custody event"), transaction.atomic():
        Packet.objects.create(
            id=Transmission.objects.get().packet_id, letter=letter, direction="out", peer=letter.addressee_node,
            stored_as="x", key_id="x", sha256="0" * 64, size=1, made_at=NOW,
        )  # fmt: skip


# Received -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def item() -> world.AtRest:
    """An item that a reporter declared an intimate image, packed as the other tests' items are."""
    return world.at_rest(world.node("gd"), CONTENT, sensitivity="intimate-image")


@pytest.fixture
def content(db: None) -> LetterContent:
    found_node()
    confirm_node(import_card(PEER.card(), acting=TESTS, at=NOW), acting=TESTS, at=NOW)
    return msgspec.structs.replace(REQUEST, dated=NOW.date(), sender=COSTA_RICA, addressee=own_party(), evidence=())


def test_what_another_node_declared_sensitive_is_so_here(content: LetterContent, item: world.AtRest) -> None:
    received(Sent(msgspec.structs.replace(content, evidence=(item.listed,)), items=(item,)))
    found = EvidenceItem.objects.get()
    assert (found.sensitivity, found.stage) == ("intimate-image", "received")


@pytest.mark.parametrize(("plain", "blind"), [(None, "0" * 64), (DIGEST, None)])
def test_another_content_than_the_signed_letter_blinds_is_quarantined(
    content: LetterContent, item: world.AtRest, plain: str | None, blind: str | None
) -> None:
    listed = msgspec.structs.replace(item.listed, plaintext_sha256=plain, blinded_sha256=blind)
    assert "do not agree" in refused(Sent(msgspec.structs.replace(content, evidence=(listed,)), items=(item,)))


@pytest.mark.parametrize("changed", [{"plaintext_sha256": DIGEST}, {"blinded_sha256": None}])
def test_a_listed_item_has_one_digest(changed: dict[str, object]) -> None:
    item = {"id": "6f1f9a4e-52d0-4d3f-9d54-2f4e4f6f0c01", "name": "x", "size": 1, "blinded_sha256": "0" * 64}
    assert msgspec.json.decode(json.dumps(item), type=ListedEvidence)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps(item | changed), type=ListedEvidence)
