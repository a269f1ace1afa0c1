"""The letter itself: who writes to whom, what is sought and why, and what travels with it."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from referral.letters.content.answers import Answer
from referral.letters.content.basis import LegalBasis, Offence
from referral.letters.content.parts import (
    Hex256,
    Instant,
    Language,
    LetterReference,
    Line,
    Lines,
    Part,
    Slug,
    StateCode,
    Texts,
    Uuid,
)
from referral.letters.kinds import ANSWERS, REQUESTS, LetterKind


class NamedAuthority(Part, frozen=True, kw_only=True):
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


class Party(Part, frozen=True, kw_only=True):
    """A State and the authority that speaks for it."""

    state: StateCode
    state_name: Lines
    authority: NamedAuthority


class NamedLetter(Part, frozen=True, kw_only=True):
    """Another letter, as this one names it."""

    reference: LetterReference
    kind: LetterKind
    dated: date


class DataItem(Part, frozen=True, kw_only=True):
    """An account, address or number. An IP address without an instant and its zone identifies nobody."""

    kind: Slug
    value: Line
    at: Instant | None = None
    time_zone: Line | None = None
    note: Lines | None = None


class Custodian(Part, frozen=True, kw_only=True):
    """Who is believed to hold the data, and why."""

    name: Line
    address: Line | None = None
    reason: Texts | None = None


class Period(Part, frozen=True, kw_only=True):
    """The time that the data sought cover; the end is exclusive."""

    start: Instant
    end: Instant


class MeasureSought(Part, frozen=True, kw_only=True):
    """One measure; it has its own outcome, named by `id` in the answers."""

    id: Slug
    measure: Slug
    title: Lines
    description: Texts | None = None
    custodian: Custodian | None = None
    period: Period | None = None
    data: Annotated[tuple[DataItem, ...], Meta(max_length=500)] = ()


class Urgency(Part, frozen=True, kw_only=True):
    """Why the letter can't wait, and until when an answer is of use."""

    reason: Texts
    deadline: Instant | None = None
    life_at_risk: bool = False


class Particular(Part, frozen=True, kw_only=True):
    """A further statement of the letter, under the id of its letter field."""

    field: Slug
    text: Texts


class ListedEvidence(Part, frozen=True, kw_only=True):
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


class Signatory(Part, frozen=True, kw_only=True):
    """The office that signs; the person's name where the office gives it."""

    office: Lines
    name: Line | None = None
    capacity: Lines | None = None


class LetterContent(Part, frozen=True, kw_only=True, tag_field="type", tag="comity/letter/v1"):
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
