"""The shared vocabulary of elements, and national offences told in it."""

from datetime import date
from typing import Literal

from backend.conventions.schema.common import Confidence, DatedRow, Label, Row, Slug, StateCode


class Concept(Row, frozen=True, kw_only=True):
    """A shared element concept; whoever proves it proves every broader one."""

    id: Slug
    kind: str
    label: Label
    definition: str
    broader: tuple[Slug, ...] = ()
    partition: tuple[Slug, ...] = ()
    composed_of: tuple[Slug, ...] = ()
    disjoint_with: tuple[Slug, ...] = ()
    scale: int | None = None


class ConceptMapping(Row, frozen=True, kw_only=True):
    """What an element of an instrument says, in concepts. `mode` all: every one; any: one of them."""

    instrument: Slug | None = None
    ref: str | None = None
    offence: Slug | None = None
    element: Slug
    concept: tuple[Slug, ...]
    mode: Literal["all", "any"]
    note: str | None = None


class Comparison(Row, frozen=True, kw_only=True):
    """A known answer: what conduct is, or is not, an offence in the requested State."""

    id: str
    conduct: tuple[Slug, ...]
    absent: tuple[Slug, ...] = ()
    requesting: StateCode
    requested: StateCode
    offence: Slug
    expect: Literal["met", "not-met", "unknown"]
    why: str
    refs: tuple[str, ...]


class Concepts(Row, frozen=True, kw_only=True):
    """`concepts.yaml`."""

    version: int
    as_of: date
    rules: tuple[str, ...]
    concepts: tuple[Concept, ...]
    mapping: tuple[ConceptMapping, ...]
    mapping_ahead: tuple[ConceptMapping, ...]
    facts_mapping: tuple[ConceptMapping, ...]
    tests: tuple[Comparison, ...]


class NationalElement(Row, frozen=True, kw_only=True):
    """A concept with its standing in a national offence."""

    concept: Slug
    standing: Literal["required", "alternative", "aggravating", "not-required", "unknown", "excludes"]
    group: str | None = None
    note: str | None = None


class NationalOffence(DatedRow, frozen=True, kw_only=True):
    """An offence of a State by its elements; `elements` empty with heading-only: nothing may be concluded."""

    state: StateCode
    ref: str | None
    offence: Slug
    title: str | None = None
    limb: str | None = None
    elements: tuple[NationalElement, ...]
    basis: Literal["seen", "knowledge", "heading-only"]
    seen_kind: str | None = None
    aggravation_only: bool = False
    absent: bool = False
    new: bool = False
    confidence: Confidence
    verified: bool
    source: str | None
    note: str | None = None


class Coverage(Row, frozen=True, kw_only=True):
    """How much of a State's criminal law was read."""

    state: str
    level: Literal["whole-code-seen", "provisions-only"]
    note: str


class StateElements(Row, frozen=True, kw_only=True):
    """`state-elements.yaml`."""

    version: int
    as_of: date
    coverage: tuple[Coverage, ...]
    offences: tuple[NationalOffence, ...]
