"""The law that a letter names: the composition on which it rests, and the offences concerned."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from referral.letters.content.parts import Line, Lines, Part, Slug, Texts


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


class Confirmation(Part, frozen=True, kw_only=True):
    """A person saw the source of a reference that the law data had not verified."""

    by: Line
    on: date
    source: Line


class LegalReference(Part, frozen=True, kw_only=True):
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


class BasisPart(Part, frozen=True, kw_only=True):
    """One part of the composition and the provision that gives it."""

    role: BasisRole
    reference: LegalReference


class LegalBasis(Part, frozen=True, kw_only=True):
    """The composition on which a letter rests."""

    parts: Annotated[tuple[BasisPart, ...], Meta(min_length=1, max_length=60)]
    statement: Texts | None = None


class Offence(Part, frozen=True, kw_only=True):
    """An offence concerned, with the provisions that make it one and their words."""

    code: Slug
    title: Lines
    provisions: Annotated[tuple[LegalReference, ...], Meta(min_length=1, max_length=20)]
    provision_text: Texts | None = None
    penalty: Lines | None = None
