"""`instruments/*.yaml`: treaties, protocols, schemes and model laws."""

import re
from datetime import date
from typing import Literal

from backend.conventions.schema.common import Confidence, DatedRow, PartialDay, Row, Slug, Source

Limit = bool | int | str | tuple[str, ...]
DualCriminalityRule = Literal[
    "required",
    "not-required",
    "optional-ground",
    "optional-ground-for-coercive-measures",
    "may-be-required",
    "if-required-then-conduct-test",
    "per-domestic-law",
    "domestic-law",
    "as-for-mutual-assistance",
    "as-in-convention",
    "via-convention-grounds",
    "not-applicable",
    "satisfied-by-corresponding-tax-crime",
    "unspecified",
]


class Element(Row, frozen=True, kw_only=True):
    """One element of an offence. Those that share `any_of` are alternatives: one of them is enough."""

    id: Slug
    text: str
    kind: Literal["conduct", "object", "circumstance", "mental", "result"]
    required: bool
    any_of: str | None = None
    confidence: Confidence | None = None
    verified: bool | None = None


class OffenceArticle(Row, frozen=True, kw_only=True):
    """An article (or section of a model law) that describes an offence by its elements."""

    ref: str
    title: str
    offence: Slug
    summary: str
    elements: tuple[Element, ...]
    note: str | None = None
    verified: bool


class DualCriminality(Row, frozen=True, kw_only=True):
    """What the instrument says of dual criminality for a measure."""

    rule: DualCriminalityRule
    ref: str | None
    text: str | None = None


class Cooperation(DatedRow, frozen=True, kw_only=True):
    """A measure that the instrument knows, with its limits."""

    ref: str
    title: str
    measure: Slug
    summary: str
    limits: dict[str, Limit]
    limits_ref: dict[str, str] = {}
    dual_criminality: DualCriminality
    confidence: Confidence | None = None
    verified: bool
    number_verified: bool = False
    doubtful: bool = False
    note: str | None = None
    source: str | None = None

    def years(self, limit: str) -> int | None:
        """The years of a least penalty, from a number or a sentence that begins with it; None: no such limit."""
        number = re.match(r"\d+", str(self.limits.get(limit, "")))
        return int(number[0]) if number else None


class RequestContent(DatedRow, frozen=True, kw_only=True):
    """Something that a request has to, or may, contain. `measure` is an id of the tree, or `*` for any."""

    ref: str
    measure: str
    field: Slug
    text: str
    obligatory: bool
    confidence: Confidence | None = None
    verified: bool
    number_verified: bool = False
    doubtful: bool = False
    note: str | None = None


class RefusalGround(DatedRow, frozen=True, kw_only=True):
    """A ground on which assistance may be refused or put off."""

    ref: str
    measure: str
    ground: Slug
    text: str
    confidence: Confidence | None = None
    verified: bool
    number_verified: bool = False
    doubtful: bool = False
    note: str | None = None


class Rule(DatedRow, frozen=True, kw_only=True):
    """A rule of the instrument on one matter: languages, costs, use limitation and so on."""

    ref: str | None
    text: str
    confidence: Confidence | None = None
    verified: bool
    number_verified: bool = False
    doubtful: bool = False


class Party(Row, frozen=True, kw_only=True):
    """A party as a source listed it. Whether a State is bound on a day is decided by the State's own file."""

    iso: str
    name: str
    deposit: date | None
    act: str
    acs: bool
    in_force: date | None = None
    source: str | None = None


class NotifiedAuthority(Row, frozen=True, kw_only=True):
    """The central authority that a bilateral instrument names."""

    state: str
    title: str
    confidence: Confidence
    verified: bool
    note: str | None = None


class Capability(Row, frozen=True, kw_only=True):
    """What a 24/7 point of contact can do under the instrument."""

    ref: str
    capability: Slug
    text: str
    verified: bool


class Definition(Row, frozen=True, kw_only=True):
    """A term that the instrument defines."""

    ref: str
    term: str
    note: str | None = None
    confidence: Confidence | None = None
    verified: bool | None = None


class Verification(Row, frozen=True, kw_only=True):
    """What the file means by verified and not verified."""

    verified_true: str
    verified_false: str
    summary: str
    number_verified: str | None = None
    warning: str | None = None
    least_certain: tuple[str, ...] = ()
    any_of: str | None = None


class SignatureOpening(Row, frozen=True, kw_only=True):
    """Where and when the instrument was opened for signature."""

    date: date
    place: str


class ReportedStatus(Row, frozen=True, kw_only=True):
    """A status that the press or another secondary source reported for a State."""

    iso: str
    status: str
    reported: str
    confidence: Confidence
    verified: bool
    source: str | None
    note: str


class ReportedStatuses(Row, frozen=True, kw_only=True):
    """Reported statuses with the day they stand on."""

    as_of: date
    signatories_reported: int
    ratifications_reported: int
    ratifications_as_of: PartialDay
    rows: tuple[ReportedStatus, ...]


class Instrument(Row, frozen=True, kw_only=True):
    """A treaty, protocol, scheme or model law."""

    id: Slug
    title: str
    short_title: str
    kind: Literal["treaty", "protocol", "scheme", "model-law"]
    reference: str | None
    parent: Slug | None = None
    bilateral: bool = False
    adopted: PartialDay | None
    adopted_at: str | None
    opened_for_signature: SignatureOpening | None = None
    cite_as: str | None = None
    in_force: date | None
    in_force_verified: bool | None = None
    entry_into_force_rule: str | None = None
    depositary: str | None
    languages: tuple[str, ...]
    open_to: str
    status_notes: tuple[str, ...] = ()
    status_rows: ReportedStatuses | None = None
    sources: tuple[Source, ...]
    verification: Verification | None = None
    notes: tuple[str, ...] = ()
    parties: tuple[Party, ...] = ()
    central_authorities: tuple[NotifiedAuthority, ...] = ()
    definitions: tuple[Definition, ...] = ()
    offences: tuple[OffenceArticle, ...]
    cooperation: tuple[Cooperation, ...]
    request_contents: tuple[RequestContent, ...]
    refusal_grounds: tuple[RefusalGround, ...]
    rules: dict[str, Rule]
    rules_earlier: dict[str, tuple[Rule, ...]] = {}
    channels_24_7: tuple[Capability, ...] = ()
