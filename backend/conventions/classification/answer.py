"""What a classification consists of: codes, indicators, offences with their elements and the words for each."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from backend.conventions.indicators import Indicator


class Standing(StrEnum):
    """Where an element stands."""

    ESTABLISHED = "established"
    INDICATED = "indicated"
    CONTRADICTED = "contradicted"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class ElementStanding:
    """An element of an offence with its standing, the spans of the narrative and the facts that bear on it."""

    id: str
    text: str
    kind: str
    required: bool
    any_of: str | None
    standing: Standing
    spans: tuple[tuple[int, int], ...]
    facts: tuple[str, ...]
    denied_spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """An article that has the offence. `open` lists required elements not yet shown, `contradicted` those denied."""

    instrument: str
    ref: str
    title: str
    verified: bool
    open: tuple[str, ...]
    contradicted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A provision of a State's law that reaches the offence."""

    state: str
    ref: str | None
    title: str
    max_years: int | None
    general_offence: bool
    verified: bool
    doubtful: bool


@dataclass(frozen=True, slots=True)
class OffenceFound:
    """An offence that the narrative or the facts point to. `score` from 0 to 1 is a measure of what is shown."""

    code: str
    label: str
    score: float
    articles: tuple[Article, ...]
    sections: tuple[Section, ...]
    elements: tuple[ElementStanding, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a reader of the classification has to know; `code` is for translation."""

    code: str
    text: str
    offence: str | None = None


@dataclass(frozen=True, slots=True)
class Classification:
    """The answer: codes with the best first, empty where nothing is found."""

    languages: tuple[str, ...]
    codes: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    offences: tuple[OffenceFound, ...]
    warnings: tuple[Notice, ...]

    def to_json(self) -> dict[str, Any]:
        """The answer as JSON-ready dictionaries and lists. Spans are `[start, end)` in code points."""
        return asdict(self)
