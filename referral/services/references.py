"""A person confirms a reference that the law data have as unverified: who, when, which source was seen."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from referral.columns import content_of, key_of, set_content
from referral.drafting import unverified
from referral.letters.content import Confirmation, LegalReference, LetterContent
from referral.lifecycle import DueAfterUrgentForm, Stage, Step
from referral.models import ConfirmedReference, LetterOfRequest
from referral.services.moving import check_person, locked, must_be


class NotOpen(Exception):
    """The letter relies on no such reference, or it is verified."""


def confirm_reference(
    letter: LetterOfRequest, reference: str, *, source_seen: str, acting: Person, at: datetime
) -> LetterOfRequest:
    """A person saw the source of an unverified reference. Raises NotOpen or LetterNotWritable.

    Before the signature the confirmation becomes part of the letter. After an urgent form, which left it due, the
    signed letter stays as it is: the confirmation is kept beside it, and the last one settles what was due.
    """
    with transaction.atomic():
        letter = locked(letter)
        check_person(letter, Step.CONFIRM_REFERENCE, acting=acting, at=at)
        due = letter.due_acts.filter(act=DueAfterUrgentForm.CONFIRMATION_OF_REFERENCES, done_at=None).first()
        if due is None:
            must_be(letter, Stage.DRAFT, Stage.COMPLETE)
        content = content_of(letter)
        waiting = _waiting(letter, content)
        if reference not in waiting:
            raise NotOpen(
                _("The letter has no such reference that waits for a confirmation; choose one that it shows.")
            )
        row = ConfirmedReference.objects.create(
            letter=letter, reference=reference, source_seen=source_seen, confirmed_at=at, confirmed_by=acting.user
        )
        if due is None:
            set_content(letter, with_confirmations(content, [row]), key_of(letter))
            letter.save(update_fields=["content_ct"])
        _record(Event.REFERENCE_CONFIRMED, letter, acting=acting, at=at, reference=reference, source=source_seen)
        if due is not None and waiting == {reference}:
            due.done_at, due.done_by = at, acting.user
            due.save(update_fields=["done_at", "done_by"])
            _record(Event.DUE_ACT_DONE, letter, acting=acting, at=at, act=str(due.act))
    return letter


def _waiting(letter: LetterOfRequest, content: LetterContent) -> set[str]:
    confirmed = set(letter.confirmed_references.values_list("reference", flat=True))
    return {reference_label(one) for one in unverified(content)} - confirmed


def _record(event: Event, letter: LetterOfRequest, *, acting: Person, at: datetime, **detail: str) -> None:
    recording.record(event, letter, acting=acting, at=at, detail={name: text[:300] for name, text in detail.items()})


def reference_label(reference: LegalReference) -> str:
    """How a reference is named in a confirmation: instrument in English, then the provision."""
    return f"{reference.instrument.get('en') or next(iter(reference.instrument.values()))}, {reference.ref}"[:300]


def with_confirmations(content: LetterContent, rows: Sequence[ConfirmedReference]) -> LetterContent:
    """The content with what persons have confirmed for this letter."""
    confirmed = {
        row.reference: Confirmation(by=row.confirmed_by.username, on=row.confirmed_at.date(), source=row.source_seen)
        for row in rows
    }

    def mark(reference: LegalReference) -> LegalReference:
        found = confirmed.get(reference_label(reference))
        return msgspec.structs.replace(reference, confirmed=found) if found else reference

    return with_marks(content, mark)


def with_marks(content: LetterContent, mark: Callable[[LegalReference], LegalReference]) -> LetterContent:
    """The content with every reference of its basis and offences as `mark` gives it back."""
    basis = content.legal_basis
    if basis is not None:
        parts = tuple(msgspec.structs.replace(part, reference=mark(part.reference)) for part in basis.parts)
        basis = msgspec.structs.replace(basis, parts=parts)
    offences = tuple(
        msgspec.structs.replace(offence, provisions=tuple(mark(p) for p in offence.provisions))
        for offence in content.offences
    )
    return msgspec.structs.replace(content, legal_basis=basis, offences=offences)
