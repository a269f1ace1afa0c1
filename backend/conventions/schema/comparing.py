"""`engine/dual-criminality.yaml` and `engine/comparison/<language>.yaml`: how a comparison is made and told."""

from datetime import date
from typing import Literal

from backend.conventions.schema.common import Row

Asks = Literal["always", "never", "may", "national-law", "unknown"]
PenaltySide = Literal["requesting", "both", "either"]


class ComparisonRules(Row, frozen=True, kw_only=True):
    """`asks` by rule of an instrument, `penalty_limits` by name of a limit, `kinds` of instruments, the best first."""

    version: int
    as_of: date
    asks: dict[str, Asks]
    penalty_limits: dict[str, PenaltySide]
    kinds: tuple[Literal["treaty", "protocol", "model-law", "scheme"], ...]


class ComparisonWords(Row, frozen=True, kw_only=True):
    """The fixed sentences of a comparison in one language, by key; `{names}` are filled in."""

    language: Literal["en", "es", "fr", "nl"]
    as_of: date
    sentences: dict[str, str]
