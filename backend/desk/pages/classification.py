"""A stored classification as the incident's page shows it."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import Any

from django.utils.translation import get_language

from backend.conventions.catalogue import shipped
from backend.conventions.dual_criminality.meanings import meanings
from backend.desk.pages.stored import Element, Notice, Offence, Question, Span, Stored

# Names of taxonomies are names: the same in every language.
TAXONOMIES: Mapping[str, str] = MappingProxyType(
    {
        "rsit": "RSIT",
        "europol_incident": "europol-incident",
        "europol_event": "europol-event",
        "csirt_americas": "csirt-americas",
        "iccs": "ICCS",
    }
)


@dataclass(frozen=True)
class Piece:
    """A piece of the narrative; ``bearing`` is "for" or "against" where an element rests on it, else empty."""

    text: str
    bearing: str = ""


@dataclass(frozen=True)
class ShownElement:
    """An element with its standing and the words of the narrative that speak for and against it.

    ``name`` is what it means, in the language of the page; None where the data say it in English alone.
    """

    element: Element
    name: str | None
    words: tuple[str, ...]
    denied: tuple[str, ...]
    answers: int


@dataclass(frozen=True)
class ShownQuestion:
    """A question in the language of the page, or in English where the data have no other."""

    text: str
    help: str


@dataclass(frozen=True)
class ShownOffence:
    """An offence found, with articles and sections named as people name them."""

    found: Offence
    elements: tuple[ShownElement, ...]
    instruments: tuple[tuple[str, Any], ...]
    sections: tuple[tuple[str, Any], ...]
    warnings: tuple[Notice, ...]
    question: ShownQuestion | None
    tags: tuple[tuple[str, tuple[str, ...]], ...]


def offences(found: Stored, narrative: str) -> Iterator[ShownOffence]:
    """The offences, best first."""
    for offence in found.offences:
        yield ShownOffence(
            offence,
            tuple(_element(element, offence.code, narrative) for element in offence.elements),
            tuple((_instrument(article.instrument), article) for article in offence.articles),
            tuple((_state(section.state), section) for section in offence.sections),
            tuple(warning for warning in found.warnings if warning.offence == offence.code),
            question(offence.next_question),
            tuple(_tags(offence.crosswalk)),
        )


def general_warnings(found: Stored) -> tuple[Notice, ...]:
    """The warnings that stand with none of the offences shown."""
    codes = {offence.code for offence in found.offences}
    return tuple(warning for warning in found.warnings if warning.offence not in codes)


def question(asked: Question | None) -> ShownQuestion | None:
    """The question as shown; None where there is none."""
    text = _in_language(asked.text) if asked else ""
    return ShownQuestion(text, _in_language(asked.help)) if asked and text else None


def pieces(found: Stored | None, narrative: str) -> list[Piece]:
    """The narrative cut where marked words begin and end; spans are `[start, end)` in code points and may overlap.

    Words that speak for one element and against another are marked as speaking for.
    """
    elements = [element for offence in (found.offences if found else ()) for element in offence.elements]
    speaks_for = _merged({span for element in elements for span in element.spans})
    against = _merged({span for element in elements for span in element.denied_spans})
    edges = sorted({0, len(narrative)} | {edge for span in (*speaks_for, *against) for edge in span})

    def bearing(cut: Span) -> str:
        return "for" if _covers(speaks_for, cut[0]) else "against" if _covers(against, cut[0]) else ""

    alike = groupby(pairwise(edges), bearing)
    cut = (Piece("".join(narrative[start:end] for start, end in cuts), bears) for bears, cuts in alike)
    return [piece for piece in cut if piece.text]


def _element(element: Element, offence: str, narrative: str) -> ShownElement:
    words, denied = (
        tuple(dict.fromkeys(narrative[start:end] for start, end in spans))
        for spans in (element.spans, element.denied_spans)
    )
    return ShownElement(element, _meaning(offence, element.id), words, denied, len(element.facts))


def _meaning(offence: str, element: str) -> str | None:
    """The concepts that an element means, named in the language of the page: all of them, or one of several."""
    language = get_language() or "en"
    meant = meanings(shipped()).get((offence, element))
    if language == "en" or meant is None:
        return None
    concepts = shipped().concepts.concepts

    def named(ids: Collection[str]) -> list[str]:
        return [one.label.in_language(language) for one in concepts if one.id in ids]

    # An element means all of some concepts, or one of some, never both.
    return "; ".join(named(meant.all_of)) or " / ".join(named(meant.one_of)) or None


def _covers(spans: Sequence[Span], place: int) -> bool:
    """Whether a place lies in one of the spans, which are in order and apart."""
    before = bisect_right(spans, place, key=lambda span: span[0])
    return before > 0 and place < spans[before - 1][1]


def _merged(spans: set[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _in_language(texts: Mapping[str, str | None]) -> str:
    return texts.get(get_language() or "en") or texts.get("en") or ""


def _instrument(name: str) -> str:
    """An instrument by its short title; by its id where later data know it no more."""
    law = shipped()
    return law.instrument(name).short_title if name in law.instrument_ids else name


def _state(code: str) -> str:
    law = shipped()
    return str(law.state(code).name.in_language(get_language() or "en")) if code in law.state_codes else code.upper()


def _tags(crosswalk: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each taxonomy that has classes for the offence, with them."""
    for name, title in TAXONOMIES.items():
        if classes := crosswalk.get(name):
            yield title, tuple(map(_class, classes))


def _class(one: Any) -> str:
    if isinstance(one, Mapping):
        return " ".join(str(one[part]) for part in ("code", "title") if one.get(part))
    return str(one)
