"""Packets from another node: stored when everything agrees, quarantined with the reason when something does not."""

import os
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import msgspec
import pytest
from django.conf import settings

from backend.accounts.models import Role
from backend.audit.models import AuditEvent
from backend.directory.cards import confirm_node, import_card
from backend.directory.models import Node, PublishedKey
from backend.incidents.models import CustodyEvent, EvidenceItem
from backend.intake.models import Submission
from crypto.keys import PQRecipient
from referral import inbound, services
from referral.columns import content_of, pdf_of
from referral.letters.content import (
    Acknowledgement,
    Execution,
    LetterContent,
    NamedAuthority,
    NamedLetter,
    OutcomeOfMeasure,
    Party,
    Preserved,
    Withdrawal,
)
from referral.letters.rendering import render_letter
from referral.lifecycle import LetterKind, UrgencyGround
from referral.models import LetterOfRequest, Referral
from referral.packets import PacketRoute, add_proof, build_packet, packet_built_detail
from referral.services.answering import NotAnswerable
from referral.sweeping import remove_unnamed_evidence
from tests.founding import NOW, TESTS, found_node, own_authority, person, store
from tests.referral.test_acts import Office
from tests.referral_pure import world
from tests.referral_pure.examples import COSTA_RICA, REQUEST

pytestmark = pytest.mark.django_db
PEER = world.node("cr")
ANOTHER = world.node("bz")


@dataclass
class Sent:
    """What the peer sends; each test changes one thing."""

    content: LetterContent
    packet: str = "11111111-2222-4333-8444-555555555555"
    signer: world.Node = PEER
    transport: world.Node = PEER
    log: world.Node = PEER
    items: tuple[world.AtRest, ...] = ()
    reference: str | None = None
    recipient: PQRecipient | None = None
    submission: str | None = None

    def store(self) -> Submission:
        """Build the packet and store it as accept() would."""
        key = PublishedKey.objects.get(kind="exchange")
        exchange = self.recipient or PQRecipient.parse(key.recipient)
        out = BytesIO()
        built = build_packet(
            out,
            route=PacketRoute(packet=self.packet, sender="cr", addressee="gd", exchange=exchange),
            letter_pdf=world.sign(render_letter(self.content, at=NOW), self.signer, at=NOW),
            reference=self.reference or self.content.reference,
            evidence=[_to_pack(item, exchange) for item in self.items],
            transport=self.transport.transport,
        )
        proof = world.proof_of(self.log, built, detail=packet_built_detail(built.manifest_sha256, "gd"))
        add_proof(out, proof)
        sender = PEER.transport.verifying_key.fingerprint
        return store(sender, self.submission or self.packet, "packet", key.key_id, out.getvalue(), at=NOW)


def _to_pack(item: world.AtRest, exchange: PQRecipient) -> world.EvidenceToPack:
    class Addressee:
        recipient = exchange

    return item.for_(world.node("gd"), Addressee)  # type: ignore[arg-type]


@pytest.fixture
def content() -> LetterContent:
    """A request from Costa Rica to an authority of this node."""
    found_node()
    confirm_node(import_card(PEER.card(), acting=TESTS, at=NOW), acting=TESTS, at=NOW)
    party = own_party()
    return msgspec.structs.replace(REQUEST, dated=NOW.date(), sender=COSTA_RICA, addressee=party, evidence=())


def own_party() -> Party:
    authority = own_authority()
    named = NamedAuthority(id=authority.id, title=authority.title, language="en", kind="central")
    return Party(state="gd", state_name={"en": "Grenada", "es": "Granada"}, authority=named)


def received(sent: Sent) -> LetterOfRequest:
    submission = sent.store()
    assert inbound.open_waiting(at=NOW)
    submission.refresh_from_db()
    assert submission.stage == Submission.Stage.OPENED, submission.quarantine_reason
    return LetterOfRequest.objects.get(direction="in", packet__submission=submission)


def refused(sent: Sent) -> str:
    letters, items = LetterOfRequest.objects.filter(direction="in").count(), EvidenceItem.objects.count()
    submission = sent.store()
    assert inbound.open_waiting(at=NOW)
    submission.refresh_from_db()
    assert submission.stage == Submission.Stage.QUARANTINED
    assert LetterOfRequest.objects.filter(direction="in").count() == letters
    assert EvidenceItem.objects.count() == items
    return submission.quarantine_reason


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


def answered_letter(party: Party) -> LetterOfRequest:
    """A preservation request that this node sent to the peer."""
    office = Office.__new__(Office)
    office.contact_point = own_authority("24-7")
    from backend.directory.models import Authority

    office.peer = Authority.objects.get(id="cr-central")
    office.duty = office.prosecutor = person(Role.DUTY, "duty")
    office.referral = services.open_referral([], "cr", acting=office.duty, at=NOW)
    letter = services.complete_letter(office.draft(office.duty), acting=office.duty, at=NOW)
    signed = services.sign_letter(letter, urgency=[UrgencyGround.DATA_WOULD_BE_LOST], acting=office.duty, at=NOW)
    LetterOfRequest.objects.filter(pk=signed.pk).update(stage="transmitted")
    signed.refresh_from_db()
    return signed


def answer(content: LetterContent, to: LetterOfRequest, kind: LetterKind, said: object, number: int) -> Sent:
    named = NamedLetter(reference=to.reference, kind=LetterKind(to.kind), dated=NOW.date())
    changed = LetterContent(
        kind=kind,
        reference=f"CR-L-2026-{number:05}",
        dated=NOW.date(),
        exercise=True,
        languages=("en", "es"),
        sender=content.sender,
        addressee=content.addressee,
        signatory=content.signatory,
        in_answer_to=named,
        answer=said,  # type: ignore[arg-type]
    )
    return Sent(changed, packet=f"11111111-2222-4333-8444-{number:012}")


def test_answers_move_the_letter_and_the_preservation_that_they_name(content: LetterContent) -> None:
    letter = answered_letter(content.addressee)
    ack = Acknowledgement(received_at=NOW, registered_as="CR-IN-1")
    assert received(answer(content, letter, LetterKind.ACKNOWLEDGEMENT, ack, 1)).referral == letter.referral
    letter.refresh_from_db()
    assert letter.stage == "acknowledged"
    until = (NOW + timedelta(days=90)).date()
    received(answer(content, letter, LetterKind.PRESERVED, Preserved(until=until, custodian="Provider"), 2))
    letter.refresh_from_db()
    assert (letter.stage, letter.preservation.stage, letter.preservation.until) == ("closed", "preserved", until)


def test_an_execution_sets_the_outcome_of_each_measure_and_closes_the_letter(content: LetterContent) -> None:
    letter = answered_letter(content.addressee)
    said = Execution(outcomes=(OutcomeOfMeasure(id="m1", outcome="executed"),))  # type: ignore[arg-type]
    received(answer(content, letter, LetterKind.EXECUTION, said, 1))
    letter.refresh_from_db()
    assert (letter.stage, letter.measures.get().outcome) == ("closed", "executed")


@pytest.mark.parametrize("wrong", ["reference", "measure"])
def test_an_answer_to_nothing_that_was_asked_is_quarantined(content: LetterContent, wrong: str) -> None:
    letter = answered_letter(content.addressee)
    if wrong == "reference":
        letter.reference = "GD-L-2026-99999"
    said = Execution(outcomes=(OutcomeOfMeasure(id="m7", outcome="executed"),))  # type: ignore[arg-type]
    assert "ask its sender" in refused(answer(content, letter, LetterKind.EXECUTION, said, 1))


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


def test_what_its_sender_withdraws_is_withdrawn(content: LetterContent) -> None:
    letter = received(Sent(content))
    said = Withdrawal(reason={"en": "Settled.", "es": "Resuelto."})
    second = received(answer(content, letter, LetterKind.WITHDRAWAL, said, 2))
    letter.refresh_from_db()
    assert letter.stage == "withdrawn"
    assert (second.requesting_state, second.requested_state) == ("cr", "gd")


def test_the_requested_state_cannot_withdraw_what_this_node_asked(content: LetterContent) -> None:
    letter = answered_letter(content.addressee)
    said = Withdrawal(reason={"en": "Settled.", "es": "Resuelto."})
    assert "no request" in refused(answer(content, letter, LetterKind.WITHDRAWAL, said, 1))
    letter.refresh_from_db()
    assert letter.stage == "transmitted"


def test_an_answer_to_an_answer_is_quarantined(content: LetterContent) -> None:
    letter = received(Sent(content))
    sent = services.acknowledge_letter(letter, acting=person(Role.REGISTRAR, "registrar"), at=NOW)
    LetterOfRequest.objects.filter(pk=sent.pk).update(stage="transmitted")
    said = Acknowledgement(received_at=NOW, registered_as="CR-IN-1")
    assert "no request" in refused(answer(content, sent, LetterKind.ACKNOWLEDGEMENT, said, 2))


def test_an_answer_is_not_acknowledged(content: LetterContent) -> None:
    letter = answered_letter(content.addressee)
    ack = Acknowledgement(received_at=NOW, registered_as="CR-IN-1")
    came = received(answer(content, letter, LetterKind.ACKNOWLEDGEMENT, ack, 1))
    with pytest.raises(NotAnswerable):
        services.acknowledge_letter(came, acting=person(Role.REGISTRAR, "registrar"), at=NOW)


def test_a_request_that_follows_an_answer_does_not_join_this_node_s_own_referral(content: LetterContent) -> None:
    letter = answered_letter(content.addressee)
    ack = Acknowledgement(received_at=NOW, registered_as="CR-IN-1")
    came = received(answer(content, letter, LetterKind.ACKNOWLEDGEMENT, ack, 1))
    named = NamedLetter(reference=came.reference, kind=LetterKind.ACKNOWLEDGEMENT, dated=NOW.date())
    request = received(Sent(msgspec.structs.replace(content, follows=(named,))))
    assert request.referral != letter.referral
    assert request.referral.direction == "in"


@pytest.mark.parametrize("change", [{"revoked_at": NOW}, {"confirmed_at": None}])
def test_a_packet_of_a_node_that_nobody_stands_by_any_more_is_quarantined(
    content: LetterContent, change: dict[str, object]
) -> None:
    Node.objects.filter(id="cr").update(**change)
    assert refused(Sent(content))


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
