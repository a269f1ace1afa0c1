"""A letter's content composed from rows: authorities, evidence, earlier letters, and the bases that the law has."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from backend.conventions import legal_basis
from backend.conventions.catalogue import shipped
from backend.conventions.legal_basis import BasisAnswer
from backend.directory.models import Authority
from backend.incidents.columns import blinding_of, opened
from backend.incidents.models import EvidenceItem
from backend.vault.columns import open_data_key
from referral.citing import provisions_for
from referral.composing import Draft, Heading, compose, party
from referral.letters.content import LetterContent, ListedEvidence, NamedAuthority, NamedLetter, Signatory
from referral.lifecycle import LetterKind
from referral.models import LetterOfRequest
from referral.packing.contents import blinded
from referral.services.register import law_on
from referral.services.taking_over import confirmed_for_letters


class NoLegalBasis(Exception):
    """No instrument of the data can carry a measure that the draft seeks."""


def bases_for(letter: LetterOfRequest, draft: Draft, *, at: datetime) -> list[BasisAnswer]:
    found = []
    for sought in dict.fromkeys(measure.measure for measure in draft.measures):
        answer = legal_basis.find(
            letter.requesting_state, letter.requested_state, sought, on=at.date(), offences=draft.offences
        )
        if answer.best is None:
            raise NoLegalBasis(
                _(
                    "No instrument of the data carries the measure %(measure)s from %(requesting)s to %(requested)s on "
                    "%(day)s; see `comity basis` for what remains."
                )
                % {
                    "measure": sought,
                    "requesting": letter.requesting_state,
                    "requested": letter.requested_state,
                    "day": f"{at:%Y-%m-%d}",
                }
            )
        found.append(answer)
    return found


def compose_letter(
    letter: LetterOfRequest, draft: Draft, evidence: Sequence[EvidenceItem], *, at: datetime
) -> LetterContent:
    catalogue = law_on(at)
    bases = bases_for(letter, draft, at=at)
    sender, addressee = letter.from_authority, letter.to_authority
    signatory = Signatory(office=dict.fromkeys(draft.languages, sender.title))
    heading = Heading(
        reference=letter.reference,
        dated=at.date(),
        exercise=sender.exercise or addressee.exercise,
        sender=party(sender.state, named_authority(sender), catalogue),
        addressee=party(addressee.state, named_authority(addressee), catalogue),
        signatory=signatory,
        follows=_earlier(letter),
    )
    instruments = [answer.best.instrument for answer in bases if answer.best]
    provisions = provisions_for(
        draft.offences, instruments=instruments, state=letter.requesting_state, catalogue=catalogue
    )
    return compose(
        LetterKind(letter.kind),
        heading,
        draft,
        bases=bases,
        provisions=provisions,
        evidence=[_listed(item) for item in evidence],
        catalogue=catalogue,
        confirmed=confirmed_for_letters(at=at),
    )


def _earlier(letter: LetterOfRequest) -> tuple[NamedLetter, ...]:
    """The requests of this referral that were sent before, which this one follows."""
    sent = (
        LetterOfRequest.objects.filter(referral=letter.referral, direction="out", signed_at__isnull=False)
        .filter(in_answer_to=None)
        .exclude(pk=letter.pk)
        .order_by("signed_at")
    )
    return tuple(
        NamedLetter(reference=row.reference, kind=LetterKind(row.kind), dated=row.signed_at.date())
        for row in sent
        if row.signed_at
    )


def _listed(item: EvidenceItem) -> ListedEvidence:
    key = open_data_key(item.data_key)
    digest = opened(key, item, "plaintext_sha256_ct").decode()
    if item.sensitive:
        # Neither the digest, by which known material is listed, nor what somebody named the file.
        neutral = f"{item.sensitivity} {str(item.id)[:8]}"
        hidden = blinded(digest, blinding_of(item, key))
        return ListedEvidence(id=str(item.id), name=neutral, size=item.size, blinded_sha256=hidden)
    return ListedEvidence(
        id=str(item.id), name=opened(key, item, "name_ct").decode(), size=item.size, plaintext_sha256=digest
    )


def named_authority(authority: Authority) -> NamedAuthority:
    """An authority as the letter names it."""
    point = authority.contact_points.first()
    return NamedAuthority(
        id=authority.id,
        title=authority.title,
        language=shipped().state(authority.state).official_languages[0],
        kind=authority.kind,
        phone=(point.phone or None) if point else None,
        email=(point.email or None) if point else None,
        hours=(point.hours or None) if point else None,
    )
