"""`engine/risk-*.yaml`: how the rules of `refusal-risks.yaml` are decided by machine, and further rules. No law.

A rule has tests; each is one of the predicates below with its parameters. A test answers: found, nothing, or not to be
told from the draft, so that a person must look. `says` is what a finding says, `asks` what a person must look at;
`{detail}` stands for what was found and `{words}` for the words of the draft.
"""

from datetime import date
from typing import Literal

from backend.conventions.schema.common import Label, Row, Slug, StateCode
from backend.conventions.schema.terms import RefusalRisk

Language = Literal["en", "es", "fr", "nl"]
Side = Literal["requesting", "requested"]


class When(Row, frozen=True, kw_only=True):
    """What has to hold before a test is put: everything that is given. An empty one always holds.

    `basis`: one of these carries the measure. `measures`: the measure or a wider one is among them. `scheme`: both
    States take part. `rule`: an instrument of the composition has a rule of this name. `form`: a statute prescribes
    the form of requests like this one. `gates`: a gate of the requested State needs one of these.
    """

    basis: tuple[Slug, ...] = ()
    basis_not: tuple[Slug, ...] = ()
    requested: tuple[StateCode, ...] = ()
    measures: tuple[Slug, ...] = ()
    measures_not: tuple[Slug, ...] = ()
    dual_criminality: tuple[str, ...] = ()
    offences: tuple[Slug, ...] = ()
    outside_offences_of: Slug | None = None
    scheme: Slug | None = None
    rule: str | None = None
    gates: tuple[str, ...] = ()
    form: bool = False
    translated: bool = False
    attachments: bool = False
    territories: bool = False
    urgency: bool = False
    life_at_risk: bool | None = None
    filled: Slug | None = None


class _Test(Row, frozen=True, kw_only=True, tag_field="test"):
    """What all tests share. `answer: ask` turns what is found into a question to a person."""

    says: str
    asks: str | None = None
    when: When = When()
    answer: Literal["finding", "ask"] = "finding"


class FieldEmpty(_Test, frozen=True, kw_only=True, tag="field-empty"):
    """All of these fields of the letter are empty."""

    fields: tuple[Slug, ...]


class TextHas(_Test, frozen=True, kw_only=True, tag="text-has"):
    """One of the terms stands in the fields, and none of `unless` in `unless_in`."""

    fields: tuple[Slug, ...]
    terms: tuple[Slug, ...]
    unless: tuple[Slug, ...] = ()
    unless_in: tuple[Slug, ...] = ()


class TextLacks(_Test, frozen=True, kw_only=True, tag="text-lacks"):
    """None of the terms stands in the fields; fields without a word are passed over unless `even_empty`."""

    fields: tuple[Slug, ...]
    terms: tuple[Slug, ...]
    even_empty: bool = False


class TextShort(_Test, frozen=True, kw_only=True, tag="text-short"):
    """The longest text of the fields has fewer words than this."""

    fields: tuple[Slug, ...]
    words: int


class ForeignTerm(_Test, frozen=True, kw_only=True, tag="foreign-term"):
    """A term of one legal system stands unexplained in a letter to a State that does not know it."""

    fields: tuple[Slug, ...]


class IdentifierUntimed(_Test, frozen=True, kw_only=True, tag="identifier-untimed"):
    """An identifier of these kinds has no instant with an offset from UTC, among the data or in `texts` alone."""

    kinds: tuple[str, ...]
    texts: tuple[Slug, ...]


class IdentifierUnported(_Test, frozen=True, kw_only=True, tag="identifier-unported"):
    """An identifier of these kinds has no source port: found where a `shared` term says that addresses are shared."""

    kinds: tuple[str, ...]
    texts: tuple[Slug, ...]
    shared: Slug
    settled: Slug


class IdentifierUntied(_Test, frozen=True, kw_only=True, tag="identifier-untied"):
    """An identifier is named in none of the fields and has no note."""

    fields: tuple[Slug, ...]


class PeriodTooLong(_Test, frozen=True, kw_only=True, tag="period-too-long"):
    """The period has no beginning or end, or more days than `over_days`; a person judges from `look_over_days` on."""

    over_days: int
    look_over_days: int


class CustodianNotNamed(_Test, frozen=True, kw_only=True, tag="custodian-not-named"):
    """The measure names nobody who holds the data."""


class CustodianNotPlaced(_Test, frozen=True, kw_only=True, tag="custodian-not-placed"):
    """Nothing says why the custodian has the data; not to be told where it says so without naming the State."""


class LossSmall(_Test, frozen=True, kw_only=True, tag="loss-small"):
    """Every amount stated is below the least of its currency, or no amount and no harm is stated."""

    fields: tuple[Slug, ...]
    harm: tuple[Slug, ...]
    aggravating: tuple[Slug, ...]


class PenaltyBelow(_Test, frozen=True, kw_only=True, tag="penalty-below"):
    """No offence of the letter carries a maximum of so many years, or no penalty is stated."""

    years: int


class PenaltyUnstated(_Test, frozen=True, kw_only=True, tag="penalty-unstated"):
    """An offence of the letter is without its penalty, or no offence is named."""


class PenaltyUnverified(_Test, frozen=True, kw_only=True, tag="penalty-unverified"):
    """The data have the penalty of an offence as not verified."""


class NotPunishableThere(_Test, frozen=True, kw_only=True, tag="not-punishable-there"):
    """The comparison under dual criminality came out as one of `verdicts`; without one it cannot be told."""

    verdicts: tuple[Literal["met", "not-met", "not-required", "unknown"], ...]


class Reserved(_Test, frozen=True, kw_only=True, tag="reserved"):
    """The requested State has this reservation, or its reservations are not known."""

    instrument: Slug
    ref: str


class NotBinding(_Test, frozen=True, kw_only=True, tag="not-binding"):
    """An instrument that the letter cites does not bind both States on the day; or none is cited that does."""

    codes: tuple[Slug, ...]


class TerritoryNotCovered(_Test, frozen=True, kw_only=True, tag="territory-not-covered"):
    """A territory named in the letter has authorities of its own, or is not known to be reached by the basis."""

    texts: tuple[Slug, ...]


class GateOpen(_Test, frozen=True, kw_only=True, tag="gate-open"):
    """A gate of domestic law that needs one of these is not known to be met."""

    needs: tuple[str, ...]


class GatesUnknown(_Test, frozen=True, kw_only=True, tag="gates-unknown"):
    """Nobody has established what the law of one of the States asks."""


class NotCarried(_Test, frozen=True, kw_only=True, tag="not-carried"):
    """No instrument carries the measure, or the letter does not cite the head that does."""


class OfficeNotEntitled(_Test, frozen=True, kw_only=True, tag="office-not-entitled"):
    """The office of that side is of a kind that the channel of the measure does not have."""

    side: Side
    kinds: dict[str, tuple[str, ...]]


class OfficeUnconfirmed(_Test, frozen=True, kw_only=True, tag="office-unconfirmed"):
    """The data do not establish the office of that side, and no person has confirmed the one named."""

    side: Side


class LanguageNotAccepted(_Test, frozen=True, kw_only=True, tag="language-not-accepted"):
    """The letter is in no language that the requested State accepts; `also` are further ones for a measure."""

    also: dict[Slug, tuple[Language, ...]] = {}


class SignatureNotRecognised(_Test, frozen=True, kw_only=True, tag="signature-not-recognised"):
    """The requested State is not known to recognise electronic signatures, or this channel."""

    area: str
    key: str


class ReferencesOpen(_Test, frozen=True, kw_only=True, tag="references-open"):
    """The letter cites rows that nobody has verified or confirmed."""


class ReferencesOld(_Test, frozen=True, kw_only=True, tag="references-old"):
    """The letter cites rows of data that are older than so many days, unconfirmed."""

    days: int


class PreservationEnding(_Test, frozen=True, kw_only=True, tag="preservation-ending"):
    """Data asked for are preserved for fewer than so many days more, or nobody knows until when, or not at all."""

    days: int


class SensitiveEnclosed(_Test, frozen=True, kw_only=True, tag="sensitive-enclosed"):
    """A file that was marked as abuse material, or looks like an image, goes with the letter."""

    endings: tuple[str, ...]


class PersonMustLook(_Test, frozen=True, kw_only=True, tag="person-must-look"):
    """No machine can tell: always a question to a person."""


RiskTest = (
    FieldEmpty
    | TextHas
    | TextLacks
    | TextShort
    | ForeignTerm
    | IdentifierUntimed
    | IdentifierUnported
    | IdentifierUntied
    | PeriodTooLong
    | CustodianNotNamed
    | CustodianNotPlaced
    | LossSmall
    | PenaltyBelow
    | PenaltyUnstated
    | PenaltyUnverified
    | NotPunishableThere
    | Reserved
    | NotBinding
    | TerritoryNotCovered
    | GateOpen
    | GatesUnknown
    | NotCarried
    | OfficeNotEntitled
    | OfficeUnconfirmed
    | LanguageNotAccepted
    | SignatureNotRecognised
    | ReferencesOpen
    | ReferencesOld
    | PreservationEnding
    | SensitiveEnclosed
    | PersonMustLook
)


class LegalTerm(Row, frozen=True, kw_only=True):
    """A term of one legal system. `known_to`: legal systems or States in which it needs no explanation."""

    words: dict[str, tuple[str, ...]]
    known_to: tuple[str, ...]


class Currency(Row, frozen=True, kw_only=True):
    """A currency: how it is written, and the least loss that is not taken for small. No law says this number."""

    written: tuple[str, ...]
    least: int


class Years(Row, frozen=True, kw_only=True):
    """How a number of years is written, in any language; `life` stands for more than any number."""

    words: tuple[str, ...]
    life: tuple[str, ...]
    numbers: dict[str, int]


class RiskFile(Row, frozen=True, kw_only=True):
    """One `engine/risk-*.yaml`; every part may be missing. `rules` are further rules, such as refusals have taught."""

    version: int
    as_of: date
    rules: tuple[RefusalRisk, ...] = ()
    tests: dict[Slug, tuple[RiskTest, ...]] = {}
    titles: dict[Slug, Label] = {}
    terms: dict[Slug, dict[str, tuple[str, ...]]] = {}
    explained: dict[str, tuple[str, ...]] = {}
    legal_terms: tuple[LegalTerm, ...] = ()
    currencies: dict[str, Currency] = {}
    years: Years | None = None
