"""Packets from another node: stored when everything agrees, quarantined with the reason when something does not."""

import os

import msgspec
import pytest
from django.conf import settings

from backend.accounts.models import Role
from backend.audit.models import AuditEvent
from backend.directory.models import Node
from backend.incidents.models import CustodyEvent, EvidenceItem
from referral import inbound, services
from referral.columns import content_of, pdf_of
from referral.letters.content import LetterContent, NamedLetter
from referral.lifecycle import LetterKind
from referral.models import Referral
from referral.sweeping import remove_unnamed_evidence
from tests.founding import NOW, person
from tests.referral.arriving import Sent, received, refused, request_of_peer
from tests.referral_pure import world

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ANOTHER = world.node("bz")


@pytest.fixture
def content() -> LetterContent:
    return request_of_peer()


def test_a_received_request_opens_a_referral_and_keeps_letter_and_evidence(content: LetterContent) -> None:
    items = world.evidence()
    sent = Sent(msgspec.structs.replace(content, evidence=tuple(item.listed for item in items)), items=items)
    letter = received(sent)
    assert (letter.stage, letter.requesting_state, letter.requested_state) == ("delivered", "cr", "gd")
    assert letter.referral.direction == "in"
    assert content_of(letter) == sent.content
    assert (pdf_of(letter) or b"").startswith(b"%PDF")
    assert EvidenceItem.objects.filter(stage="received").count() == 2
    assert set(CustodyEvent.objects.values_list("act", "came_from")) == {("received", "node cr")}
    assert AuditEvent.objects.filter(event="letter:received", subject_id=str(letter.id)).exists()
    assert not inbound.open_waiting(at=NOW)


def test_a_registrar_acknowledges_a_received_request(content: LetterContent) -> None:
    letter = received(Sent(content))
    answer = services.acknowledge_letter(letter, acting=person(Role.REGISTRAR, "registrar"), at=NOW)
    letter.refresh_from_db()
    assert (letter.stage, answer.stage, answer.kind) == ("acknowledged", "signed", "acknowledgement")
    assert letter.registered_as.startswith("GD-IN-2026-")
    assert content_of(answer).in_answer_to == NamedLetter(
        reference=letter.reference, kind=LetterKind.REQUEST, dated=NOW.date()
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"transport": ANOTHER}, "key card"),
        ({"log": ANOTHER}, "log"),
        ({"signer": ANOTHER}, "certificate that the directory has"),
        ({"reference": "CR-L-2026-9"}, "do not agree"),
        ({"items": world.evidence()}, "do not agree"),
        ({"recipient": ANOTHER.recipient}, "not from an authority"),
        ({"submission": "99999999-2222-4333-8444-555555555555"}, "not from an authority"),
    ],
)
def test_a_packet_in_which_one_thing_does_not_agree_is_quarantined(
    content: LetterContent, change: dict[str, object], reason: str
) -> None:
    assert reason in refused(Sent(content, **change))  # type: ignore[arg-type]


def test_a_letter_to_another_authority_is_quarantined(content: LetterContent) -> None:
    authority = msgspec.structs.replace(content.addressee.authority, id="gd-nobody")
    stranger = msgspec.structs.replace(content.addressee, authority=authority)
    assert "addressee" in refused(Sent(msgspec.structs.replace(content, addressee=stranger)))


def test_a_packet_of_a_node_whose_card_names_no_such_authority_is_quarantined(content: LetterContent) -> None:
    Node.objects.get(id="cr").authorities.update(certificate_pem="", certificate_sha256="")
    assert refused(Sent(content))


def test_a_request_that_follows_an_earlier_one_joins_its_referral(content: LetterContent) -> None:
    first = received(Sent(content))
    named = NamedLetter(reference=first.reference, kind=LetterKind.REQUEST, dated=NOW.date())
    later = msgspec.structs.replace(content, reference="CR-L-2026-77777", follows=(named,))
    second = received(Sent(later, packet="22222222-2222-4333-8444-555555555555"))
    assert second.referral == first.referral
    assert Referral.objects.filter(direction="in").count() == 1


def test_the_same_evidence_may_come_with_several_letters(content: LetterContent) -> None:
    """A node names an item by one id in all its letters; each referral here holds its own."""
    items = world.evidence()
    listed = tuple(item.listed for item in items)
    received(Sent(msgspec.structs.replace(content, evidence=listed), items=items))
    later = msgspec.structs.replace(content, evidence=listed, reference="CR-L-2026-77777")
    received(Sent(later, packet="22222222-2222-4333-8444-555555555555", items=items))
    assert EvidenceItem.objects.filter(stage="received").count() == 2 * len(items)


def test_a_second_letter_of_the_same_reference_is_quarantined(content: LetterContent) -> None:
    received(Sent(content))
    again = Sent(content, packet="22222222-2222-4333-8444-555555555555")
    assert "same reference" in refused(again)


@pytest.mark.parametrize("change", [{"revoked_at": NOW}, {"confirmed_at": None}])
def test_a_packet_of_a_node_that_nobody_stands_by_any_more_is_quarantined(
    content: LetterContent, change: dict[str, object]
) -> None:
    Node.objects.filter(id="cr").update(**change)
    assert refused(Sent(content))


@pytest.mark.usefixtures("seen_before")
def test_what_a_refused_packet_left_is_swept(content: LetterContent) -> None:
    items = world.evidence()
    received(Sent(msgspec.structs.replace(content, evidence=tuple(i.listed for i in items)), items=items))
    folder = settings.COMITY.evidence
    orphan, kept = folder / "left.payload", folder / EvidenceItem.objects.all()[0].stored_as
    orphan.write_bytes(b"x")
    for path in (orphan, kept):
        os.utime(path, (0, 0))
    assert remove_unnamed_evidence(folder, at=NOW) >= 1
    assert (orphan.exists(), kept.exists()) == (False, True)
