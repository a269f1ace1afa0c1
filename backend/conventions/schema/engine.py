"""`engine/*`: the project's own rules on how the facts are used; no researched law."""

from datetime import date
from typing import Literal

from backend.conventions.schema.common import Row, Slug


class LetterTemplates(Row, frozen=True, kw_only=True):
    """`engine/letter-templates.yaml`: the practice template for a measure, or for the nearest wider one."""

    version: int
    as_of: date
    by_measure: dict[str, Slug]


class OffenceRule(Row, frozen=True, kw_only=True):
    """What has to be shown of an offence before it is proposed: one element of each group in `shows`."""

    shows: tuple[tuple[Slug, ...], ...]
    consent_closes: bool = True
    implies: tuple[Slug, ...] = ()
    why: str


class Classification(Row, frozen=True, kw_only=True):
    """`engine/classification.yaml`."""

    version: int
    as_of: date
    weights: dict[str, float]
    threshold: float
    offences: dict[Slug, OffenceRule]


class Cue(Row, frozen=True, kw_only=True):
    """A phrase that speaks for an element; docs/law.md says how it is written."""

    cue: str
    standing: Literal["established", "indicated"] = "indicated"
    negatable: bool = True


class Cues(Row, frozen=True, kw_only=True):
    """`engine/cues/<language>.yaml`."""

    language: Literal["en", "es", "fr", "nl"]
    as_of: date
    marks: tuple[str, ...]
    negators: tuple[str, ...]
    not_negators: tuple[str, ...] = ()
    authorised: tuple[str, ...] = ()
    accident: tuple[str, ...] = ()
    without_right: tuple[str, ...] = ()
    offences: dict[Slug, dict[Slug, tuple[str | Cue, ...]]]
