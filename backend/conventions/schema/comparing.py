"""`engine/dual-criminality.yaml` and `engine/comparison/<language>.yaml`: how a comparison is made and told."""

from datetime import date
from typing import Literal

from backend.conventions.schema.common import Row, Slug

Asks = Literal["always", "never", "may", "national-law", "unknown"]
PenaltySide = Literal["requesting", "both", "either"]


class ComparisonRules(Row, frozen=True, kw_only=True):
    """`asks` by rule of an instrument, `penalty_limits` by name of a limit, `kinds` of instruments, the best first.

    `never_dropped`: concepts that no proposal to amend a law gives up.
    """

    version: int
    as_of: date
    asks: dict[str, Asks]
    penalty_limits: dict[str, PenaltySide]
    kinds: tuple[Literal["treaty", "protocol", "model-law", "scheme"], ...]
    never_dropped: tuple[Slug, ...]


class ComparisonWords(Row, frozen=True, kw_only=True):
    """The fixed sentences of a comparison in one language, by key; `{names}` are filled in."""

    language: Literal["en", "es", "fr", "nl"]
    as_of: date
    sentences: dict[str, str]
