"""A classification as it was stored, whatever engine wrote it: what is missing has a default, more is passed over."""

from collections.abc import Mapping
from typing import Any

import msgspec

Span = tuple[int, int]


class Element(msgspec.Struct, frozen=True):
    """An element with its standing and the spans of the narrative for and against it."""

    text: str
    id: str = ""
    standing: str = "open"
    required: bool = True
    spans: tuple[Span, ...] = ()
    denied_spans: tuple[Span, ...] = ()
    facts: tuple[str, ...] = ()


class Article(msgspec.Struct, frozen=True):
    """An article of an instrument that has the offence."""

    instrument: str
    ref: str
    title: str = ""
    verified: bool = False


class Section(msgspec.Struct, frozen=True):
    """A provision of a State's law that reaches the offence."""

    state: str
    title: str
    ref: str | None = None
    max_years: int | None = None
    verified: bool = False
    doubtful: bool = False


class Question(msgspec.Struct, frozen=True):
    """A question to ask next, with what helps to answer it, in the languages in which the data have both."""

    text: dict[str, str | None]
    help: dict[str, str | None] = {}


class Offence(msgspec.Struct, frozen=True):
    """An offence to which the narrative or the facts point."""

    code: str
    score: float = 0.0
    articles: tuple[Article, ...] = ()
    sections: tuple[Section, ...] = ()
    elements: tuple[Element, ...] = ()
    next_question: Question | None = None
    crosswalk: dict[str, Any] = {}


class Notice(msgspec.Struct, frozen=True):
    """Something that a reader of the classification has to know."""

    text: str
    offence: str | None = None


class Stored(msgspec.Struct, frozen=True):
    """What the engine found."""

    offences: tuple[Offence, ...] = ()
    warnings: tuple[Notice, ...] = ()
    next_question: Question | None = None


def read(stored: Mapping[str, Any]) -> Stored | None:
    """What was stored; None where it is of another shape altogether, so that the page can say so."""
    try:
        return msgspec.convert(stored, Stored, strict=False)
    except msgspec.ValidationError:
        return None
