"""What a classification consists of: codes, indicators, offences with their elements and the words for each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from backend.conventions.classification.crosswalks import Tags
from backend.conventions.indicators import Indicator


class Standing(StrEnum):
    """Where an element stands."""

    ESTABLISHED = "established"
    INDICATED = "indicated"
    CONTRADICTED = "contradicted"
    OPEN = "open"

    # That of its text, as equality is; the one of Enum is written in Python and takes ten times as long.
    __hash__ = str.__hash__


class ElementStanding(msgspec.Struct, frozen=True):
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
class Texts:
    """A sentence for people in the languages in which the data have it."""

    en: str
    es: str | None = None
    fr: str | None = None
    nl: str | None = None

    def in_language(self, language: str) -> str:
        """The sentence in `language` (en, es, fr or nl); in English where there is none."""
        return getattr(self, language, None) or self.en


@dataclass(frozen=True, slots=True)
class Settles:
    """The elements of an offence that the answer to a question would settle."""

    offence: str
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """The question whose answer tells most: its id in `facts.yaml`, and of which offences it would settle what."""

    fact: str
    text: Texts
    help: Texts
    settles: tuple[Settles, ...]


@dataclass(frozen=True, slots=True)
class OffenceFound:
    """An offence that the narrative or the facts point to. `score` from 0 to 1 is a measure of what is shown."""

    code: str
    label: str
    score: float
    articles: tuple[Article, ...]
    sections: tuple[Section, ...]
    elements: tuple[ElementStanding, ...]
    crosswalk: Tags = Tags()
    next_question: NextQuestion | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a reader of the classification has to know; `code` is for translation.

    `facts` are the answers that it is about, `spans` the words of the narrative, `instrument` the one that it names.
    """

    code: str
    text: str
    offence: str | None = None
    instrument: str | None = None
    facts: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Classification:
    """The answer: codes with the best first, empty where nothing is found."""

    languages: tuple[str, ...]
    codes: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    offences: tuple[OffenceFound, ...]
    warnings: tuple[Notice, ...]
    next_question: NextQuestion | None = None

    def to_json(self) -> dict[str, Any]:
        """The answer as JSON-ready dictionaries and lists. Spans are `[start, end)` in code points."""
        # Forty times as fast as dataclasses.asdict, which copies every string.
        ready: dict[str, Any] = msgspec.to_builtins(self)
        return ready
