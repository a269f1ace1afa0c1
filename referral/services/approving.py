"""The second person: approval before the signature, or confirmation after an urgent form."""

from datetime import datetime

from django.db import transaction

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from referral.lifecycle import DueAfterUrgentForm, Stage, Step
from referral.models import DueAct, LetterOfRequest
from referral.services.moving import check_person, locked, to_stage


def approve_letter(letter: LetterOfRequest, *, acting: Person, at: datetime) -> LetterOfRequest:
    """Approve a complete letter; SecondPersonNeeded for whoever drafted or completed it."""
    with transaction.atomic():
        letter = locked(letter)
        check_person(letter, Step.APPROVE, acting=acting, at=at)
        letter.approved_by, letter.approved_at = acting.user, at
        to_stage(
            letter,
            Stage.APPROVED,
            Event.LETTER_APPROVED,
            acting=acting,
            at=at,
            fields=("approved_by", "approved_at"),
        )
    return letter


def confirm_urgent_form(letter: LetterOfRequest, *, acting: Person, at: datetime) -> None:
    """The second person that an urgent form left due stands by the letter that was sent."""
    with transaction.atomic():
        letter = locked(letter)
        check_person(letter, Step.CONFIRM_URGENT, acting=acting, at=at)
        due = DueAct.objects.select_for_update().filter(
            letter=letter, act=DueAfterUrgentForm.SECOND_PERSON, done_at=None
        )
        if due.update(done_at=at, done_by=acting.user):
            recording.record(
                Event.URGENT_FORM_CONFIRMED, letter, acting=acting, at=at, detail={"reference": letter.reference}
            )
