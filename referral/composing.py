"""From what persons and the law data say to a letter's content. Pure: no database, no clock, no node.

The draft is what a person writes; legal basis, provisions, names of States and measures come from the data.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import msgspec

from backend.conventions.catalogue import Catalogue
from backend.conventions.legal_basis import BasisAnswer, Reference
from backend.conventions.legal_basis.answer import Part
from backend.incidents.report import place_of
from referral.citing import Cited, CitedProvision, labels, source_name
from referral.letters.content import (
    BasisPart,
    BasisRole,
    Confirmation,
    Custodian,
    DataItem,
    LegalBasis,
    LegalReference,
    LetterContent,
    Lines,
    ListedEvidence,
    MeasureSought,
    NamedAuthority,
    NamedLetter,
    Offence,
    Particular,
    Party,
    Period,
    Signatory,
    Texts,
    Urgency,
)
from referral.letters.kinds import LetterKind

MAX_DRAFT_BYTES = 512 * 1024
NOBODY: Mapping[Cited, Confirmation] = MappingProxyType({})


class MalformedDraft(Exception):
    """The draft is not what it must be; the sentence says where, never what was found there."""


class DraftMeasure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One measure as a person seeks it."""

    measure: str
    description: Texts | None = None
    custodian: Custodian | None = None
    period: Period | None = None
    data: tuple[DataItem, ...] = ()


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person writes of a letter; texts by language."""

    languages: tuple[str, ...]
    measures: tuple[DraftMeasure, ...]
    offences: tuple[str, ...] = ()
    summary_of_facts: Texts | None = None
    urgency: Urgency | None = None
    confidentiality_reason: Texts | None = None
    use_limitation: Texts | None = None
    undertakings: tuple[Texts, ...] = ()
    penalties: Mapping[str, Lines] = {}
    provision_texts: Mapping[str, Texts] = {}
    particulars: Mapping[str, Texts] = {}


@dataclass(frozen=True)
class Heading:
    """Who writes to whom, under which reference."""

    reference: str
    dated: date
    exercise: bool
    sender: Party
    addressee: Party
    signatory: Signatory
    follows: tuple[NamedLetter, ...] = ()


def parse_draft(data: bytes) -> Draft:
    """Read a draft from JSON of at most 512 KiB; raises MalformedDraft."""
    if len(data) > MAX_DRAFT_BYTES:
        raise MalformedDraft(f"The draft has {len(data)} bytes, at most {MAX_DRAFT_BYTES} are read.")
    try:
        return msgspec.json.decode(data, type=Draft)
    except (msgspec.ValidationError, RecursionError) as wrong:
        place = place_of(wrong) if isinstance(wrong, msgspec.ValidationError) else "its depth"
        raise MalformedDraft(f"The draft does not have the expected form at {place}.") from None
    except msgspec.DecodeError as wrong:
        raise MalformedDraft("The draft is not JSON.") from wrong


def compose(
    kind: LetterKind,
    heading: Heading,
    draft: Draft,
    *,
    bases: Sequence[BasisAnswer],
    provisions: Mapping[str, Sequence[CitedProvision]],
    evidence: Sequence[ListedEvidence],
    catalogue: Catalogue,
    confirmed: Mapping[Cited, Confirmation] = NOBODY,
    urgent_form: bool = False,
) -> LetterContent:
    """The content of a request: one basis answer for each measure, provisions by offence code.

    `confirmed` are the references that a person of the node has compared with their source, for any letter.
    """
    return LetterContent(
        kind=kind,
        reference=heading.reference,
        dated=heading.dated,
        exercise=heading.exercise,
        languages=draft.languages,
        sender=heading.sender,
        addressee=heading.addressee,
        signatory=heading.signatory,
        urgent_form=urgent_form,
        follows=heading.follows,
        legal_basis=_legal_basis(bases, catalogue, confirmed),
        offences=tuple(_offences(draft, provisions, catalogue, confirmed)),
        summary_of_facts=draft.summary_of_facts,
        measures=tuple(_measures(draft, catalogue)),
        urgency=draft.urgency,
        confidentiality_reason=draft.confidentiality_reason,
        use_limitation=draft.use_limitation,
        undertakings=draft.undertakings,
        particulars=tuple(Particular(field=field, text=text) for field, text in draft.particulars.items() if text),
        evidence=tuple(evidence),
    )


def draft_of(content: LetterContent) -> Draft:
    """The draft that a content was composed from, to be written on."""
    return Draft(
        languages=content.languages,
        measures=tuple(
            DraftMeasure(
                measure=sought.measure,
                description=sought.description,
                custodian=sought.custodian,
                period=sought.period,
                data=sought.data,
            )
            for sought in content.measures
        ),
        offences=tuple(offence.code for offence in content.offences),
        summary_of_facts=content.summary_of_facts,
        urgency=content.urgency,
        confidentiality_reason=content.confidentiality_reason,
        use_limitation=content.use_limitation,
        undertakings=content.undertakings,
        penalties={offence.code: offence.penalty for offence in content.offences if offence.penalty},
        provision_texts={o.code: o.provision_text for o in content.offences if o.provision_text},
        particulars={particular.field: particular.text for particular in content.particulars},
    )


def party(state: str, authority: NamedAuthority, catalogue: Catalogue) -> Party:
    """A State with its authority; the State's name in the four languages of the data."""
    return Party(state=state, state_name=labels(catalogue.state(state).name), authority=authority)


def _legal_basis(
    bases: Sequence[BasisAnswer], catalogue: Catalogue, confirmed: Mapping[Cited, Confirmation]
) -> LegalBasis | None:
    parts: dict[tuple[BasisRole, str, str], BasisPart] = {}
    for answer in bases:
        for role, reference in _cited(answer):
            if reference.ref is None or reference.doubtful:
                continue  # A number with a reason against it is never printed.
            cited = _cite(
                source_name(reference.source, catalogue),
                reference.ref,
                reference.verified,
                confirmed.get((reference.source, reference.ref)),
            )
            parts.setdefault((role, reference.source, reference.ref), BasisPart(role=role, reference=cited))
    return LegalBasis(parts=tuple(parts.values())) if parts else None


def _cited(answer: BasisAnswer) -> Iterator[tuple[BasisRole, Reference]]:
    composition = answer.composition
    if answer.best and answer.best.measure_ref:
        yield BasisRole.MEASURE, answer.best.measure_ref
    yield from _of_part(BasisRole.CONTENTS, composition.contents_from)
    if composition.procedure_from != composition.contents_from:
        yield from _of_part(BasisRole.PROCEDURE, composition.procedure_from)
    if answer.best and answer.best.dual_criminality and answer.best.dual_criminality.ref.ref:
        yield BasisRole.DUAL_CRIMINALITY, answer.best.dual_criminality.ref
    for power in composition.powers:
        yield BasisRole.POWER, power.ref


def _of_part(role: BasisRole, part: Part | None) -> Iterator[tuple[BasisRole, Reference]]:
    if part is not None and part.kind != "template":
        for reference in part.reason.refs:
            yield role, reference


def _cite(source: Lines, ref: str, verified: bool, confirmed: Confirmation | None) -> LegalReference:
    """A provision as the letter cites it: what the data have verified needs no person's word."""
    return LegalReference(instrument=source, ref=ref, verified=verified, confirmed=None if verified else confirmed)


def _offences(
    draft: Draft,
    provisions: Mapping[str, Sequence[CitedProvision]],
    catalogue: Catalogue,
    confirmed: Mapping[Cited, Confirmation],
) -> Iterator[Offence]:
    for code in draft.offences:
        found = provisions.get(code, ())
        if not found:
            continue
        yield Offence(
            code=code,
            title=labels(catalogue.offence(code).label),
            provisions=tuple(
                _cite(provision.source, provision.ref, provision.verified, confirmed.get(provision.cites))
                for provision in found
            ),
            provision_text=draft.provision_texts.get(code),
            penalty=draft.penalties.get(code),
        )


def _measures(draft: Draft, catalogue: Catalogue) -> Iterator[MeasureSought]:
    for position, sought in enumerate(draft.measures, start=1):
        yield MeasureSought(
            id=f"m{position}",
            measure=sought.measure,
            title=labels(catalogue.measure(sought.measure).label),
            description=sought.description,
            custodian=sought.custodian,
            period=sought.period,
            data=sought.data,
        )
