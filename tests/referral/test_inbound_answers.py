"""Answers from another node: each moves the letter that it names, or is quarantined."""

from datetime import timedelta

import msgspec
import pytest

from backend.accounts.models import Role
from referral import services
from referral.letters.content import (
    Acknowledgement,
    Execution,
    LetterContent,
    NamedLetter,
    OutcomeOfMeasure,
    Party,
    Preserved,
    Withdrawal,
)
from referral.lifecycle import LetterKind, UrgencyGround
from referral.models import LetterOfRequest
from referral.services.answering import NotAnswerable
from tests.founding import NOW, own_authority, person
from tests.referral.arriving import Sent, received, refused, request_of_peer
from tests.referral.test_acts import Office

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture
def content() -> LetterContent:
    return request_of_peer()


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
