"""A person confirms a reference that the law data have as unverified: who, when, which source was seen."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from referral.columns import content_of, key_of, set_content
from referral.drafting import unverified
from referral.letters.content import Confirmation, LegalReference, LetterContent
from referral.lifecycle import Stage, Step
from referral.models import ConfirmedReference, LetterOfRequest
from referral.services.moving import check_person, locked, must_be


class NotOpen(Exception):
    """The letter relies on no such reference, or it is verified."""


def confirm_reference(
    letter: LetterOfRequest, reference: str, *, source_seen: str, acting: Person, at: datetime
) -> LetterOfRequest:
    """A person saw the source of an unverified reference; only before the signature. Raises NotOpen."""
    with transaction.atomic():
        letter = locked(letter)
        check_person(letter, Step.CONFIRM_REFERENCE, acting=acting, at=at)
        must_be(letter, Stage.DRAFT, Stage.COMPLETE)
        content = content_of(letter)
        if reference not in {reference_label(one) for one in unverified(content)}:
            raise NotOpen("The letter has no such reference that waits for a confirmation; choose one that it shows.")
        row = ConfirmedReference.objects.create(
            letter=letter, reference=reference, source_seen=source_seen, confirmed_at=at, confirmed_by=acting.user
        )
        set_content(letter, with_confirmations(content, [row]), key_of(letter))
        letter.save(update_fields=["content_ct"])
        recording.record(
            Event.REFERENCE_CONFIRMED,
            letter,
            acting=acting,
            at=at,
            detail={"reference": reference[:300], "source": source_seen[:300]},
        )
    return letter


def reference_label(reference: LegalReference) -> str:
    """How a reference is named in a confirmation: instrument in English, then the provision."""
    return f"{reference.instrument.get('en') or next(iter(reference.instrument.values()))}, {reference.ref}"[:300]


def with_confirmations(content: LetterContent, rows: Sequence[ConfirmedReference]) -> LetterContent:
    confirmed = {
        row.reference: Confirmation(by=row.confirmed_by.username, on=row.confirmed_at.date(), source=row.source_seen)
        for row in rows
    }

    def mark(reference: LegalReference) -> LegalReference:
        found = confirmed.get(reference_label(reference))
        return msgspec.structs.replace(reference, confirmed=found) if found else reference

    basis = content.legal_basis
    if basis is not None:
        parts = tuple(msgspec.structs.replace(part, reference=mark(part.reference)) for part in basis.parts)
        basis = msgspec.structs.replace(basis, parts=parts)
    offences = tuple(
        msgspec.structs.replace(offence, provisions=tuple(mark(p) for p in offence.provisions))
        for offence in content.offences
    )
    return msgspec.structs.replace(content, legal_basis=basis, offences=offences)
