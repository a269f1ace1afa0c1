"""The requested authority answers: each answer is a letter of its kind, signed and sent like any other."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.conventions.catalogue import shipped
from referral.columns import content_of, key_of, set_answer, set_content
from referral.composing import party
from referral.letters.content import (
    Acknowledgement,
    Answer,
    LetterContent,
    NamedLetter,
    Preserved,
    Signatory,
)
from referral.lifecycle import (
    REQUESTS,
    LetterKind,
    PreservationStage,
    Stage,
    Step,
    UrgencyGround,
    move_preservation,
    moves_on_answer,
)
from referral.models import LetterOfRequest
from referral.services.contents import named_authority
from referral.services.moving import check_person, locked, to_stage
from referral.services.opening import next_number
from referral.services.signing import sign_letter
from referral.words import word


class NotAnswerable(Exception):
    """Only a received letter of request is answered, and only in a stage that allows it."""


def acknowledge_letter(letter: LetterOfRequest, *, acting: Person, at: datetime) -> LetterOfRequest:
    """Register a received letter and send the acknowledgement of receipt; the answer, signed and queued."""
    with transaction.atomic():
        letter = _received(letter)
        check_person(letter, Step.ACKNOWLEDGE, acting=acting, at=at)
        letter.registered_as = f"{settings.COMITY.state.upper()}-IN-{at:%Y}-{next_number():05d}"
        to_stage(
            letter,
            Stage.ACKNOWLEDGED,
            Event.LETTER_ACKNOWLEDGED,
            acting=acting,
            at=at,
            fields=("registered_as",),
        )
        answer = Acknowledgement(received_at=letter.received_at or at, registered_as=letter.registered_as)
        return _answer(letter, LetterKind.ACKNOWLEDGEMENT, answer, acting=acting, at=at)


def answer_preservation(
    letter: LetterOfRequest,
    *,
    until: date,
    custodian: str,
    custodian_reference: str | None,
    acting: Person,
    at: datetime,
) -> LetterOfRequest:
    """Answer that the data are preserved until a day; moves the preservation and the letter, and sends the answer."""
    with transaction.atomic():
        letter = _received(letter)
        if letter.kind != LetterKind.PRESERVATION_REQUEST:
            raise NotAnswerable(
                _("The letter is a %(kind)s; only a preservation request is answered so.")
                % {"kind": word(letter.kind, "kind")}
            )
        if until <= at.date():
            raise NotAnswerable(
                _("The day %(until)s has passed; name the day until which the data are preserved.") % {"until": until}
            )
        preservation = letter.preservation
        preservation.stage = move_preservation(PreservationStage(preservation.stage), PreservationStage.PRESERVED)
        preservation.until, preservation.moved_at = until, at
        set_answer(preservation, {"custodian": custodian, "reference": custodian_reference}, key_of(letter))
        preservation.save()
        recording.record(
            Event.PRESERVATION_MOVED,
            preservation,
            acting=acting,
            at=at,
            detail={"letter": letter.reference, "to": preservation.stage, "until": until.isoformat()},
        )
        answer = Preserved(until=until, custodian=custodian, custodian_reference=custodian_reference)
        sent = _answer(letter, LetterKind.PRESERVED, answer, acting=acting, at=at)
        move_on_answer(letter, LetterKind.PRESERVED, acting=acting, at=at)
    return sent


def move_on_answer(letter: LetterOfRequest, kind: LetterKind, *, acting: object, at: datetime) -> None:
    """Move the answered letter through the stages that an answer of this kind brings about."""
    for stage in moves_on_answer(Stage(letter.stage), kind):
        event = Event.LETTER_ACKNOWLEDGED if stage is Stage.ACKNOWLEDGED else Event.LETTER_ANSWERED
        to_stage(letter, stage, event, acting=acting, at=at)  # type: ignore[arg-type]


def _received(letter: LetterOfRequest) -> LetterOfRequest:
    letter = locked(letter)
    if letter.direction != "in":
        raise NotAnswerable(_("This letter was sent by this node; the other State answers it."))
    if letter.kind not in REQUESTS:
        raise NotAnswerable(
            _("The letter is a %(kind)s, itself an answer; only a request is answered.")
            % {"kind": word(letter.kind, "kind")}
        )
    return letter


def _answer(
    letter: LetterOfRequest, kind: LetterKind, answer: Answer, *, acting: Person, at: datetime
) -> LetterOfRequest:
    """The answering letter: composed by the node, completed, signed and queued by the acting person."""
    content = _answer_content(letter, kind, answer, at=at)
    sent = LetterOfRequest(
        referral=letter.referral,
        direction="out",
        kind=kind,
        reference=content.reference,
        stage=Stage.DRAFT,
        requesting_state=letter.requesting_state,
        requested_state=letter.requested_state,
        sender_node=letter.addressee_node,
        addressee_node=letter.sender_node,
        from_authority=letter.to_authority,
        to_authority=letter.from_authority,
        in_answer_to=letter,
        drafted_at=at,
        completed_at=at,
        moved_at=at,
    )
    check_person(sent, Step.DRAFT, acting=acting, at=at)
    set_content(sent, content, key_of(letter))
    sent.save(force_insert=True)
    to_stage(sent, Stage.COMPLETE, Event.LETTER_COMPLETED, acting=acting, at=at)
    urgency = () if kind is LetterKind.ACKNOWLEDGEMENT else (UrgencyGround.DATA_WOULD_BE_LOST,)
    return sign_letter(sent, urgency=urgency, acting=acting, at=at)


def _answer_content(letter: LetterOfRequest, kind: LetterKind, answer: Answer, *, at: datetime) -> LetterContent:
    asked = content_of(letter)
    catalogue = shipped()
    own, other = letter.to_authority, letter.from_authority
    return LetterContent(
        kind=kind,
        reference=f"{settings.COMITY.state.upper()}-L-{at:%Y}-{next_number():05d}",
        dated=at.date(),
        exercise=own.exercise or other.exercise,
        # The answer comes in the answering State's language first, then in the other of the letter answered.
        languages=_answer_languages(own.state, asked.languages),
        sender=party(own.state, named_authority(own), catalogue),
        addressee=party(other.state, named_authority(other), catalogue),
        signatory=Signatory(office=dict.fromkeys(asked.languages, own.title)),
        in_answer_to=NamedLetter(reference=letter.reference, kind=LetterKind(letter.kind), dated=asked.dated),
        answer=answer,
    )


def _answer_languages(state: str, asked: tuple[str, ...]) -> tuple[str, ...]:
    own = [code for code in shipped().state(state).official_languages if code in asked]
    return tuple(dict.fromkeys([*own, *asked]))
