"""`states/*.yaml`: what is known of one State."""

from datetime import date
from typing import Literal

import msgspec

from backend.conventions.schema.common import Confidence, DatedRow, Label, Row, Slug, Source, StateCode

TreatyStatus = Literal["party", "signatory", "ratified-not-in-force", "scheme-participant", "invited", "none"]
AuthorityKind = Literal["central", "competent", "24-7", "diplomatic"]
GateNeed = Literal[
    "treaty",
    "order",
    "designation",
    "commonwealth",
    "judge-order",
    "minister-consent",
    "form",
    "commencement",
    "reciprocity",
    "letters-rogatory",
    "central-authority",
    "fiscalia-decision",
    "none",
]


class Declaration(Row, frozen=True, kw_only=True):
    """A declaration or reservation made on consenting to be bound."""

    about: str
    ref: str
    text: str


class TreatyStanding(DatedRow, frozen=True, kw_only=True):
    """Where the State stands towards an instrument. A missing row means: not established.

    `denounced` is the day on which a denunciation takes effect: from then on the State is not bound.
    """

    instrument: Slug
    status: TreatyStatus
    signed: date | None
    ratified_or_acceded: date | None
    in_force: date | None
    denounced: date | None = None
    invited: date | None = None
    declarations: Literal["none-seen", "none-exist"] | tuple[Declaration, ...]
    expires: date | None = None
    expires_note: str | None = None
    status_as_of: date | None = None
    confidence: Confidence
    verified: bool
    source: str | None
    note: str | None = None


class BilateralStanding(DatedRow, frozen=True, kw_only=True):
    """A treaty with one other State. Without `instrument` nothing is known of its content."""

    with_state: StateCode = msgspec.field(name="with")
    instrument: Slug | None = None
    title: str
    in_force: date | None
    in_force_verified: bool | None = None
    denounced: date | None = None
    ref: str | None
    confidence: Confidence
    verified: bool
    source: str | None
    note: str | None = None


class Authority(DatedRow, frozen=True, kw_only=True):
    """An office, never a person. `title` null: not established, do not address."""

    title: str | None
    kind: AuthorityKind
    instruments: tuple[str, ...]
    measures: tuple[str, ...]
    basis: str | None
    territory: str | None = None
    phone: str | None
    deputy: str | None
    email: str | None
    hours: str | None
    last_tested: date | None
    confidence: Confidence
    verified: bool
    source: str | None
    note: str | None = None


class Order(DatedRow, frozen=True, kw_only=True):
    """An Order that applies or designates; `date` null: the day was not seen."""

    citation: str
    states: tuple[StateCode, ...]
    date: date | None


class Gate(DatedRow, frozen=True, kw_only=True):
    """A condition of domestic law on asking (outgoing) or being asked (incoming).

    `unsettled`: whether it reaches requests of this kind at all was not established, so that it is never taken as met.
    `instruments`: the treaties that alone satisfy a `treaty` gate, such as those of a schedule; empty: any.
    """

    direction: Literal["incoming", "outgoing"]
    needs: GateNeed
    applies_to: tuple[str, ...]
    measures: tuple[Slug, ...] = ()
    instruments: tuple[Slug, ...] = ()
    any_of: str | None = None
    unsettled: bool = False
    ref: str
    orders: tuple[Order, ...]
    confidence: Confidence
    verified: bool
    source: str | None
    note: str | None = None


class DomesticPower(DatedRow, frozen=True, kw_only=True):
    """A power of the State's own law that execution needs. `ref` null: none seen."""

    power: Literal["preserve", "produce", "search", "intercept", "real-time-traffic"]
    ref: str | None
    who_orders: str | None
    days: int | None
    confidence: Confidence
    verified: bool
    source: str | None
    note: str | None = None


class StatuteOffence(DatedRow, frozen=True, kw_only=True):
    """A provision of the State's law that reaches an offence of the common list."""

    ref: str | None
    title: str
    offence: Slug
    max_penalty: str | None
    max_years: int | None = None
    note: str | None
    confidence: Confidence
    verified: bool
    source: str | None = None
    penalty_verified: bool = False
    penalty_source: str | None = None
    general_offence: bool = False
    doubtful: bool = False


class CybercrimeStatute(Row, frozen=True, kw_only=True):
    """The State's main statute on cybercrime, with its offences."""

    title: str | None
    year: int | None
    citation: str | None
    status: str
    verified: bool | None = None
    source: str | None = None
    offences: tuple[StatuteOffence, ...]


class FormContent(Row, frozen=True, kw_only=True):
    """Something that a request has to contain under the requested State's statute."""

    field: Slug
    text: str
    obligatory: bool


class RequestForm(Row, frozen=True, kw_only=True):
    """The form that the State's statute prescribes for requests to it."""

    ref: str
    applies_to: tuple[str, ...]
    note: str | None = None
    authentication: str
    authentication_source: str
    confidence: Confidence
    verified: bool
    source: str
    contents: tuple[FormContent, ...]


class AssistanceStatute(DatedRow, frozen=True, kw_only=True):
    """The State's statute on mutual legal assistance."""

    title: str | None
    year: int | None
    citation: str | None
    in_force: date | None = None
    in_force_source: str | None = None
    gate: str | None = None
    gate_source: str | None = None
    refusal: str | None = None
    refusal_source: str | None = None
    request_form: RequestForm | None = None
    confidence: Confidence
    verified: bool
    source: str | None
    note: str | None = None


class OtherStatute(Row, frozen=True, kw_only=True):
    """An Act on evidence or interception."""

    title: str
    year: int
    citation: str
    use: str
    confidence: Confidence
    verified: bool
    source: str


class DataProtectionStatute(Row, frozen=True, kw_only=True):
    """The State's data protection statute."""

    title: str | None
    year: int | None
    note: str | None = None
    verified: bool
    source: str | None


class ProviderLaw(Row, frozen=True, kw_only=True):
    """What the State's law lets a provider give, and to whom."""

    ref: str
    text: str
    confidence: Confidence
    verified: bool
    source: str | None


class ContactOffice(Row, frozen=True, kw_only=True):
    """A 24/7 office named for readers; a node's directory holds the contacts that are used."""

    office: str | None
    network: tuple[str, ...]
    confidence: Confidence
    verified: bool
    source: str | None
    note: str | None = None


class TerritoryStanding(Row, frozen=True, kw_only=True):
    """Whether an instrument was extended to a territory. `none-seen`: looked for, and no extension was seen."""

    instrument: Slug
    status: Literal["extended", "none-seen", "not-established"]
    in_force: date | None


class Territory(Row, frozen=True, kw_only=True):
    """A part of the State. `national`: the State's own law and treaties hold there, and its own authorities act."""

    code: str
    name: str
    memberships: tuple[str, ...] = ()
    national: bool = False
    treaties: tuple[TerritoryStanding, ...] = ()
    central_authority: str | None = None
    note: str | None = None
    confidence: Confidence | None = None
    verified: bool | None = None
    source: str | None = None

    def standing_towards(self, instrument: str) -> TerritoryStanding | None:
        """The territory's row for `instrument`; None means not established."""
        return next((row for row in self.treaties if row.instrument == instrument), None)


class State(Row, frozen=True, kw_only=True):
    """One State: its treaties, authorities, gates, powers and statutes, as far as they were established."""

    code: StateCode
    name: Label
    official_languages: tuple[str, ...]
    legal_system: Literal["common-law", "civil-law", "mixed"]
    memberships: tuple[str, ...]
    tier: int
    as_of: date
    territories: tuple[Territory, ...] = ()
    treaties: tuple[TreatyStanding, ...]
    bilateral: tuple[BilateralStanding, ...]
    central_authority: str | None
    authorities: tuple[Authority, ...]
    contact_24_7: ContactOffice
    contact_24_7_other: tuple[ContactOffice, ...] = ()
    request_languages: tuple[str, ...]
    request_languages_confidence: Confidence
    mla_statute: AssistanceStatute
    mla_statute_earlier: tuple[AssistanceStatute, ...] = ()
    gates: tuple[Gate, ...] | None = None
    domestic_powers: tuple[DomesticPower, ...] | None = None
    cybercrime_statute: CybercrimeStatute
    other_statutes: tuple[OtherStatute, ...] = ()
    provider_law: tuple[ProviderLaw, ...] = ()
    data_protection_statute: DataProtectionStatute
    notes: tuple[str, ...]
    sources: tuple[Source, ...]

    def standing_towards(self, instrument: str) -> TreatyStanding | None:
        """The State's row for `instrument`; None means not established."""
        return next((row for row in self.treaties if row.instrument == instrument), None)
