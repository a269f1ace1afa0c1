"""`engine/basis.yaml`: how limits, rules and grounds of the instruments are read for an answer on the legal basis."""

from datetime import date
from typing import Literal

from backend.conventions.schema.common import Row, Slug

Bound = Literal["at-least", "at-most"]
DutyOf = Literal["requested", "requesting", "ordering", "provider"]
TermKind = Literal[
    "use-limitation",
    "confidentiality",
    "languages",
    "form",
    "urgency",
    "route",
    "answer",
    "costs",
    "data-protection",
    "reservations",
]
Sign = Literal["offence-not-seen", "outside-instrument", "gate-open", "power-not-seen", "office-not-established"]


class DaysRule(Row, frozen=True, kw_only=True):
    """What a limit in days means: at least or at most, and whose time runs."""

    bound: Bound
    duty: DutyOf
    text: str


class BasisRules(Row, frozen=True, kw_only=True):
    """The whole file."""

    version: int
    as_of: date
    days: dict[str, DaysRule]
    beside_own_offences: tuple[str, ...]
    conditions: dict[str, str]
    terms: dict[TermKind, tuple[str, ...]]
    documents: tuple[Slug, ...]
    likely: dict[Slug, tuple[Sign, ...]]
    follows: dict[Slug, Slug]
    precedes: dict[Slug, Slug]
