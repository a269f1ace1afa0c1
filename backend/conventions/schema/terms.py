"""Lists that every instrument and State refers to: measures, offences, letter fields, facts, risks."""

from datetime import date
from typing import Literal

import msgspec

from backend.conventions.schema.common import Label, Row, Slug

Answer = Literal["yes", "no", "unknown"]
FactStanding = Literal["established", "indicated", "contradicted"]


class Measure(Row, frozen=True, kw_only=True):
    """Something that a letter, or an act short of a letter, can ask for."""

    id: Slug
    label: Label
    parent: Slug | None
    definition: str
    coercive: Literal["depends"] | bool
    urgent_possible: bool
    default_channel: Literal[
        "central-authority", "24-7", "competent-authority", "interpol", "provider", "fiu", "diplomatic", "none"
    ]
    falls_back_to: tuple[Slug, ...]
    domestic_power: tuple[str, ...] = ()
    in_scope: bool = True
    note: str | None = None


class Measures(Row, frozen=True, kw_only=True):
    """`measures.yaml`: the tree, and the measures that an instrument has to name itself."""

    version: int
    as_of: date
    no_inheritance: tuple[Slug, ...]
    measures: tuple[Measure, ...]


class Iccs(Row, frozen=True, kw_only=True):
    """A class of the International Classification of Crime for Statistical Purposes."""

    code: str
    title: str
    verified: bool


class Crosswalk(Row, frozen=True, kw_only=True):
    """Articles and incident classes that correspond to an offence; `*_related`: nearest ones where none is the same.

    A column of articles has the name of its instrument, a column of tags that of its taxonomy, with `_` for `-`.
    """

    budapest: tuple[str, ...]
    budapest_related: tuple[str, ...] = ()
    budapest_p1: tuple[str, ...] = ()
    un_cybercrime: tuple[str, ...]
    un_cybercrime_related: tuple[str, ...] = ()
    iccs: tuple[Iccs, ...]
    rsit: tuple[str, ...]
    europol_incident: tuple[str, ...]
    europol_event: tuple[str, ...]
    csirt_americas: tuple[str, ...]


class Offence(Row, frozen=True, kw_only=True):
    """An offence of the common list."""

    code: Slug
    label: Label
    definition: str
    crosswalk: Crosswalk
    note: str | None = None


class Taxonomy(Row, frozen=True, kw_only=True):
    """A taxonomy of incidents or crimes to which the crosswalk leads."""

    namespace: str | None = None
    version: int | str
    source: str
    upstream: str | None = None
    seen: bool


class Offences(Row, frozen=True, kw_only=True):
    """`offences.yaml`."""

    version: int
    description: str
    taxonomies: dict[str, Taxonomy]
    verification: dict[str, str]
    offences: tuple[Offence, ...]


class TagSource(Row, frozen=True, kw_only=True):
    """Where the tags were seen: a commit of a public repository."""

    repository: str
    url: str
    commit: str
    commit_day: date
    file: str
    licence: str
    seen: date


class TagList(Row, frozen=True, kw_only=True):
    """Every tag of one taxonomy of incidents."""

    namespace: str
    version: int
    tags: frozenset[str]


class IncidentTags(Row, frozen=True, kw_only=True):
    """`incident-tags.yaml`: what there is to map to; read by the check only."""

    version: int
    source: TagSource
    taxonomies: tuple[TagList, ...]


class LetterField(Row, frozen=True, kw_only=True):
    """A field of a letter of request; `covers` names the request contents that it satisfies."""

    field: Slug
    section: Slug
    text: str
    templates: tuple[Slug, ...]
    obligatory: bool
    repeatable: bool = False
    treaty_refs: tuple[str, ...]
    covers: tuple[Slug, ...]
    seen_in: tuple[Slug, ...]


class Template(Row, frozen=True, kw_only=True):
    """A practice template from which fields were merged; not binding."""

    title: str
    reference: str
    url: str
    seen: str


class LetterFields(Row, frozen=True, kw_only=True):
    """`letter-fields.yaml`: the fields in writing order."""

    version: int
    description: str
    templates: dict[str, Template]
    legend: dict[str, str]
    sections: tuple[Slug, ...]
    notes: tuple[str, ...]
    fields: tuple[LetterField, ...]


class FactBearing(Row, frozen=True, kw_only=True):
    """What an answer says of an element. `when` None: yes for what establishes, no for what contradicts."""

    offence: Slug
    element: Slug
    standing: FactStanding | None = None
    when: Answer | None = None


class FactIs(Row, frozen=True, kw_only=True):
    """A condition: another fact was answered so."""

    fact: Slug
    answer: Answer = msgspec.field(name="is")


class AskWhen(Row, frozen=True, kw_only=True):
    """When a question is asked."""

    always: bool = False
    any: tuple[FactIs, ...] = ()
    open: tuple[Slug, ...] = ()
    unless: tuple[FactIs, ...] = ()


Matter = Literal["computer", "authorised", "accident", "without_right"]


class FactTold(Row, frozen=True, kw_only=True):
    """General matters of the cues by which a narrative itself speaks for an answer.

    `settles` false: the narrative seldom says enough of them to leave the question out.
    """

    yes: tuple[Matter, ...] = ()
    no: tuple[Matter, ...] = ()
    settles: bool = True


class Fact(Row, frozen=True, kw_only=True):
    """A plain-language question to the officer, and the elements on which each answer bears."""

    id: Slug
    tier: Literal[1, 2]
    question: Label
    help: dict[str, str]
    establishes: tuple[FactBearing, ...] = ()
    contradicts: tuple[FactBearing, ...] = ()
    ask_when: AskWhen
    told: FactTold | None = None


class CannotBoth(Row, frozen=True, kw_only=True):
    """An answer and others of which none can hold together with it."""

    answer: FactIs
    others: tuple[FactIs, ...]
    why: str


class IntroducedElement(Row, frozen=True, kw_only=True):
    """An element that no instrument lists, introduced because the questions need it."""

    offence: Slug
    element: Slug
    text: str
    kind: Literal["conduct", "object", "circumstance", "mental", "result"]
    required: bool
    why: str


class Facts(Row, frozen=True, kw_only=True):
    """`facts.yaml`: in the order to ask."""

    version: int
    as_of: date
    verification: dict[str, str]
    introduces: tuple[IntroducedElement, ...]
    cannot_both: tuple[CannotBoth, ...]
    facts: tuple[Fact, ...]


class InstrumentRef(Row, frozen=True, kw_only=True):
    """A row of an instrument."""

    instrument: Slug
    ref: str


class RiskReason(Row, frozen=True, kw_only=True):
    """Why a letter would come back."""

    ground: str
    refs: tuple[InstrumentRef, ...]
    text: str


class RefusalRisk(Row, frozen=True, kw_only=True):
    """A reason for which letters come back, and how to mend it."""

    id: Slug
    applies_to: tuple[str, ...]
    condition: str
    why: RiskReason
    mend: str
    severity: Literal["blocks", "warns"]
    source: str
    looks_at: tuple[Slug, ...]


class RefusalRisks(Row, frozen=True, kw_only=True):
    """`refusal-risks.yaml`."""

    version: int
    as_of: date
    rules: tuple[RefusalRisk, ...]
