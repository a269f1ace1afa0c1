"""What a letter says that answers another: one record for each kind of answer."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from referral.letters.content.basis import LegalReference
from referral.letters.content.parts import Instant, Line, Lines, Part, Slug, Texts
from referral.letters.kinds import LetterKind
from referral.letters.stages import MeasureOutcome


class _Answer(Part, frozen=True, kw_only=True, tag_field="answers"):
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


class OutcomeOfMeasure(Part, frozen=True, kw_only=True):
    """The outcome of one measure, named by its id in the letter answered."""

    id: Slug
    outcome: MeasureOutcome
    note: Texts | None = None


class Execution(_Answer, frozen=True, kw_only=True, tag=LetterKind.EXECUTION.value):
    outcomes: Annotated[tuple[OutcomeOfMeasure, ...], Meta(min_length=1, max_length=50)]


class RefusalGround(Part, frozen=True, kw_only=True):
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
