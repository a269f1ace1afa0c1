"""What a letter takes over from the register of confirmed references when it is composed, and loses by a withdrawal."""

from datetime import datetime

import msgspec

from backend.conventions.provisions import provisions_of, sources
from referral.citing import Cited, cites
from referral.drafting import references
from referral.letters.content import Confirmation, LegalReference, LetterContent
from referral.models import LetterOfRequest, ProvisionConfirmation
from referral.services.references import reference_label, with_marks
from referral.services.register import law_on, register_lines


def confirmed_for_letters(*, at: datetime) -> dict[Cited, Confirmation]:
    """The references that a letter composed now may rely on because a person confirmed them for the node."""
    law, found = law_on(at), {}
    for row in register_lines().filter(withdrawal=None).order_by("confirmed_at"):
        here = provisions_of(law, row.source) if row.source in sources(law) else {}
        if row.ref in here and here[row.ref].digest == row.digest:
            found[row.source, row.ref] = _confirmation(row)
    return found


def without_withdrawn(letter: LetterOfRequest, content: LetterContent, *, at: datetime) -> LetterContent:
    """The content without confirmations that were withdrawn since it was composed; those for this letter stay."""
    seen = {one.confirmed.source for one in references(content) if one.confirmed}
    if not seen:
        return content
    law, rows = law_on(at), list(register_lines().filter(source_seen__in=seen))
    own = set(letter.confirmed_references.values_list("reference", flat=True))

    def mark(reference: LegalReference) -> LegalReference:
        taken = [
            row
            for row in rows
            if reference.confirmed == _confirmation(row) and cites(reference, (row.source, row.ref), law)
        ]
        counts = any(not row.is_withdrawn for row in taken)
        if not taken or counts or reference_label(reference) in own:
            return reference
        return msgspec.structs.replace(reference, confirmed=None)

    return with_marks(content, mark)


def _confirmation(row: ProvisionConfirmation) -> Confirmation:
    return Confirmation(by=row.confirmed_by.username, on=row.confirmed_at.date(), source=row.source_seen)
