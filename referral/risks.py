"""A letter's content as the check of refusal risks reads it. Pure: the rules are backend.conventions.refusal_risks."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from backend.conventions.catalogue import Catalogue
from backend.conventions.legal_basis import BasisAnswer
from backend.conventions.refusal_risks.draft import (
    Attachment,
    Charge,
    Cited,
    Draft,
    Held,
    Identifier,
    NamedOffice,
    SoughtMeasure,
    Text,
)
from referral.citing import source_name
from referral.drafting import LetterContent
from referral.letters.content import LegalReference, MeasureSought


def risk_draft(
    content: LetterContent,
    answers: Sequence[BasisAnswer],
    *,
    sender: NamedOffice,
    addressee: NamedOffice,
    preserved: Sequence[Held] = (),
    sensitive: Collection[str] = (),
    catalogue: Catalogue,
) -> Draft:
    """The draft to check, under the answers for its measures; `sensitive`: ids of evidence marked so by its reporter.

    A reference is joined to the data by the names under which letters cite instruments and States.
    """
    sources = _sources(answers, catalogue)
    return Draft(
        languages=content.languages,
        measures=tuple(_sought(sought) for sought in content.measures),
        texts={field: tuple(texts) for field, texts in _texts(content).items() if field in catalogue.letter_fields},
        offences=tuple(
            Charge(code=one.code, title=one.title, provision_text=one.provision_text, penalty=one.penalty)
            for one in content.offences
        ),
        references=tuple(_cited(content, sources)),
        attachments=tuple(
            Attachment(name=item.name, description=item.description, sensitive=item.id in sensitive)
            for item in content.evidence
        ),
        sender=sender,
        addressee=addressee,
        preserved=tuple(preserved),
        claims_urgency=content.urgency is not None,
        life_at_risk=content.urgency is not None and content.urgency.life_at_risk,
    )


def _texts(content: LetterContent) -> dict[str, list[Text]]:
    """Every text of the letter under the id of its field."""
    found: dict[str, list[Text]] = {}
    given: list[tuple[str, Text | None]] = [(one.field, one.text) for one in content.particulars]
    given += [
        ("facts-summary", content.summary_of_facts),
        ("confidentiality", content.confidentiality_reason),
        ("urgency-and-deadline", content.urgency.reason if content.urgency else None),
        ("use-limitation-undertaking", content.use_limitation),
        ("treaty-basis", content.legal_basis.statement if content.legal_basis else None),
    ]
    given += [("use-limitation-undertaking", text) for text in content.undertakings]
    for field, text in given:
        if text:
            found.setdefault(field, []).append(text)
    return found


def _sought(sought: MeasureSought) -> SoughtMeasure:
    custodian, period = sought.custodian, sought.period
    return SoughtMeasure(
        measure=sought.measure,
        description=sought.description,
        custodian=custodian.name if custodian else None,
        custodian_address=custodian.address if custodian else None,
        reason=custodian.reason if custodian else None,
        start=period.start if period else None,
        end=period.end if period else None,
        identifiers=tuple(
            Identifier(kind=item.kind, value=item.value, at=item.at, note=item.note) for item in sought.data
        ),
    )


def _cited(content: LetterContent, sources: Mapping[str, str]) -> Iterator[Cited]:
    if content.legal_basis:
        for part in content.legal_basis.parts:
            yield _reference(part.reference, str(part.role), sources)
    for offence in content.offences:
        for provision in offence.provisions:
            yield _reference(provision, None, sources)


def _reference(reference: LegalReference, role: str | None, sources: Mapping[str, str]) -> Cited:
    name = reference.instrument.get("en") or next(iter(reference.instrument.values()))
    return Cited(
        label=f"{name}, {reference.ref}",
        source=sources.get(name),
        ref=reference.ref,
        verified=reference.verified,
        role=role,
        confirmed=reference.confirmed is not None,
    )


def _sources(answers: Sequence[BasisAnswer], catalogue: Catalogue) -> dict[str, str]:
    """The instruments and States that the answers speak of, by the names under which letters cite them."""
    named = {basis.instrument for answer in answers for basis in answer.bases} & set(catalogue.instrument_ids)
    found = {source_name(source, catalogue)["en"]: source for source in sorted(named)}
    for answer in answers:
        for code in (answer.requesting, answer.requested):
            state, _ = catalogue.place(code)
            statute = state.cybercrime_statute
            citation = ", ".join(filter(None, [statute.title, statute.citation]))
            found |= {name: state.code for name in (state.name.en, citation) if name}
    return found
