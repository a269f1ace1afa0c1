"""What a letter says, as data: the shape of `request.json` (type `comity/letter/v1`).

A text that people read is a mapping from language to words, because one letter carries every language version. Times
are instants with a zone; days are days. The structure is closed: a key that is not known here is refused.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from referral.letters.kinds import ANSWERS, REQUESTS, LetterKind
from referral.letters.stages import MeasureOutcome

Language = Annotated[str, Meta(pattern=r"^[a-z]{2}$", description="ISO 639-1 code")]
Line = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\n]+$")]
Passage = Annotated[str, Meta(min_length=1, max_length=20_000)]
Lines = Annotated[Mapping[Language, Line], Meta(min_length=1, max_length=8)]
Texts = Annotated[Mapping[Language, Passage], Meta(min_length=1, max_length=8)]
Instant = Annotated[datetime, Meta(tz=True)]
StateCode = Annotated[str, Meta(pattern=r"^[a-z]{2}$", description="lower-case State code, the node's id")]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Hex256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Uuid = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
LetterReference = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./_-]{1,78}[A-Za-z0-9]$")]


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A closed, unchangeable record."""


class BasisRole(StrEnum):
    """What a reference contributes to the legal basis, which is a composition."""

    MEASURE = "measure"
    CONTENTS = "contents"
    PROCEDURE = "procedure"
    CHANNEL = "channel"
    GATE = "gate"
    POWER = "power"
    RECIPROCITY = "reciprocity"
    DUAL_CRIMINALITY = "dual-criminality"


class Confirmation(_Part, frozen=True, kw_only=True):
    """A person saw the source of a reference that the law data had not verified."""

    by: Line
    on: date
    source: Line


class LegalReference(_Part, frozen=True, kw_only=True):
    """A provision as cited: `verified` as the law data has it, `confirmed` where a person has looked since."""

    instrument: Lines
    ref: Line
    verified: bool
    about: Lines | None = None
    confirmed: Confirmation | None = None

    @property
    def stands(self) -> bool:
        """Whether the reference may be relied upon without a remark."""
        return self.verified or self.confirmed is not None


class BasisPart(_Part, frozen=True, kw_only=True):
    """One part of the composition and the provision that gives it."""

    role: BasisRole
    reference: LegalReference


class LegalBasis(_Part, frozen=True, kw_only=True):
    """The composition on which a letter rests."""

    parts: Annotated[tuple[BasisPart, ...], Meta(min_length=1, max_length=60)]
    statement: Texts | None = None


class NamedAuthority(_Part, frozen=True, kw_only=True):
    """An authority as a letter names it: an office with its contact details, never a private person's."""

    id: Slug
    title: Line
    language: Language
    kind: Slug
    address: Line | None = None
    phone: Line | None = None
    email: Line | None = None
    hours: Line | None = None
    time_zone: Line | None = None


class Party(_Part, frozen=True, kw_only=True):
    """A State and the authority that speaks for it."""

    state: StateCode
    state_name: Lines
    authority: NamedAuthority


class NamedLetter(_Part, frozen=True, kw_only=True):
    """Another letter, as this one names it."""

    reference: LetterReference
    kind: LetterKind
    dated: date


class Offence(_Part, frozen=True, kw_only=True):
    """An offence concerned, with the provisions that make it one and their words."""

    code: Slug
    title: Lines
    provisions: Annotated[tuple[LegalReference, ...], Meta(min_length=1, max_length=20)]
    provision_text: Texts | None = None
    penalty: Lines | None = None


class DataItem(_Part, frozen=True, kw_only=True):
    """An account, address or number. An IP address without an instant and its zone identifies nobody."""

    kind: Slug
    value: Line
    at: Instant | None = None
    time_zone: Line | None = None
    note: Lines | None = None


class Custodian(_Part, frozen=True, kw_only=True):
    """Who is believed to hold the data, and why."""

    name: Line
    address: Line | None = None
    reason: Texts | None = None


class Period(_Part, frozen=True, kw_only=True):
    """The time that the data sought cover; the end is exclusive."""

    start: Instant
    end: Instant


class MeasureSought(_Part, frozen=True, kw_only=True):
    """One measure; it has its own outcome, named by `id` in the answers."""

    id: Slug
    measure: Slug
    title: Lines
    description: Texts | None = None
    custodian: Custodian | None = None
    period: Period | None = None
    data: Annotated[tuple[DataItem, ...], Meta(max_length=500)] = ()


class Urgency(_Part, frozen=True, kw_only=True):
    """Why the letter can't wait, and until when an answer is of use."""

    reason: Texts
    deadline: Instant | None = None
    life_at_risk: bool = False


class Particular(_Part, frozen=True, kw_only=True):
    """A further statement of the letter, under the id of its letter field."""

    field: Slug
    text: Texts


class ListedEvidence(_Part, frozen=True, kw_only=True):
    """An evidence item that travels with the letter; its identity is the digest of its plaintext.

    Of material that was declared sensitive the digest is blinded (SPEC.md, 9): lists of known material are kept by
    digest, and who reads the letter learns nothing from it.
    """

    id: Uuid
    name: Line
    size: Annotated[int, Meta(ge=0, le=2**53 - 1)]
    plaintext_sha256: Hex256 | None = None
    blinded_sha256: Hex256 | None = None
    description: Lines | None = None

    def __post_init__(self) -> None:
        """Refuse an item with two identities or none."""
        if (self.plaintext_sha256 is None) == (self.blinded_sha256 is None):
            raise ValueError("an evidence item has one digest, plain or blinded")


class Signatory(_Part, frozen=True, kw_only=True):
    """The office that signs; the person's name where the office gives it."""

    office: Lines
    name: Line | None = None
    capacity: Lines | None = None


class _Answer(_Part, frozen=True, kw_only=True, tag_field="answers"):
    """What an answering letter says; its tag is the kind of the letter."""

    remarks: Texts | None = None


class Acknowledgement(_Answer, frozen=True, kw_only=True, tag=LetterKind.ACKNOWLEDGEMENT.value):
    received_at: Instant
    registered_as: Line


class Acceptance(_Answer, frozen=True, kw_only=True, tag=LetterKind.ACCEPTANCE.value):
    executing_authority: Line
    file_number: Line | None = None


class Preserved(_Answer, frozen=True, kw_only=True, tag=LetterKind.PRESERVED.value):
    until: date
    custodian: Line
    custodian_reference: Line | None = None


class NotEnsured(_Answer, frozen=True, kw_only=True, tag=LetterKind.NOT_ENSURED.value):
    reason: Texts


class SupplementaryRequest(_Answer, frozen=True, kw_only=True, tag=LetterKind.SUPPLEMENTARY_REQUEST.value):
    questions: Annotated[tuple[Texts, ...], Meta(min_length=1, max_length=50)]


class SupplementaryInformation(_Answer, frozen=True, kw_only=True, tag=LetterKind.SUPPLEMENTARY_INFORMATION.value):
    answers_given: Annotated[tuple[Texts, ...], Meta(min_length=1, max_length=50)]


class OutcomeOfMeasure(_Part, frozen=True, kw_only=True):
    """The outcome of one measure, named by its id in the letter answered."""

    id: Slug
    outcome: MeasureOutcome
    note: Texts | None = None


class Execution(_Answer, frozen=True, kw_only=True, tag=LetterKind.EXECUTION.value):
    outcomes: Annotated[tuple[OutcomeOfMeasure, ...], Meta(min_length=1, max_length=50)]


class RefusalGround(_Part, frozen=True, kw_only=True):
    """A ground of refusal and the provision that allows it."""

    ground: Slug
    title: Lines
    reason: Texts
    reference: LegalReference | None = None


class Refusal(_Answer, frozen=True, kw_only=True, tag=LetterKind.REFUSAL.value):
    grounds: Annotated[tuple[RefusalGround, ...], Meta(min_length=1, max_length=20)]
    measures: Annotated[tuple[Slug, ...], Meta(max_length=50)] = ()


class Postponement(_Answer, frozen=True, kw_only=True, tag=LetterKind.POSTPONEMENT.value):
    reason: Texts
    until: date | None = None


class Withdrawal(_Answer, frozen=True, kw_only=True, tag=LetterKind.WITHDRAWAL.value):
    reason: Texts


Answer = (
    Acknowledgement
    | Acceptance
    | Preserved
    | NotEnsured
    | SupplementaryRequest
    | SupplementaryInformation
    | Execution
    | Refusal
    | Postponement
    | Withdrawal
)


class LetterContent(_Part, frozen=True, kw_only=True, tag_field="type", tag="comity/letter/v1"):
    """All that a letter says. `languages[0]` is the authentic version, the others are translations."""

    kind: LetterKind
    reference: LetterReference
    dated: date
    exercise: bool
    languages: Annotated[tuple[Language, ...], Meta(min_length=1, max_length=4)]
    sender: Party
    addressee: Party
    signatory: Signatory
    urgent_form: bool = False
    in_answer_to: NamedLetter | None = None
    answer: Answer | None = None
    follows: Annotated[tuple[NamedLetter, ...], Meta(max_length=20)] = ()
    legal_basis: LegalBasis | None = None
    offences: Annotated[tuple[Offence, ...], Meta(max_length=20)] = ()
    summary_of_facts: Texts | None = None
    measures: Annotated[tuple[MeasureSought, ...], Meta(max_length=20)] = ()
    urgency: Urgency | None = None
    confidentiality_reason: Texts | None = None
    use_limitation: Texts | None = None
    undertakings: Annotated[tuple[Texts, ...], Meta(max_length=20)] = ()
    particulars: Annotated[tuple[Particular, ...], Meta(max_length=60)] = ()
    evidence: Annotated[tuple[ListedEvidence, ...], Meta(max_length=1000)] = ()

    def __post_init__(self) -> None:
        """Refuse a letter whose parts contradict its kind."""
        if (self.kind in ANSWERS) != (self.answer is not None and self.in_answer_to is not None):
            raise ValueError(
                f"a letter of kind {self.kind} must {'' if self.kind in ANSWERS else 'not '}carry an answer"
            )
        if self.answer is not None and (self.kind in REQUESTS or self.answer.__struct_config__.tag != self.kind):
            raise ValueError("the answer is not of the letter's kind")
        if len(set(self.languages)) != len(self.languages):
            raise ValueError("a language is named twice")
        if self.sender.state == self.addressee.state:
            raise ValueError("the letter is addressed to the State that sends it")
