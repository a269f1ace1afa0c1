"""A stored classification as the incident's page shows it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from backend.conventions.catalogue import shipped
from backend.conventions.classification import Classification
from backend.conventions.classification.answer import OffenceFound


@dataclass(frozen=True)
class Piece:
    """A piece of the narrative; ``marked`` where an element of an offence rests on it."""

    text: str
    marked: bool


@dataclass(frozen=True)
class ShownElement:
    """An element with its standing and the words of the narrative that bear on it."""

    text: str
    standing: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class ShownOffence:
    """An offence found, with articles and sections named as people name them."""

    found: OffenceFound
    elements: tuple[ShownElement, ...]
    instruments: tuple[tuple[str, Any], ...]
    sections: tuple[tuple[str, Any], ...]


def read(stored: Mapping[str, Any]) -> Classification | None:
    """The classification in what was stored; None where an earlier engine wrote it in another shape."""
    try:
        return msgspec.convert(dict(stored), Classification)
    except msgspec.ValidationError:
        return None


def offences(found: Classification, narrative: str) -> Iterator[ShownOffence]:
    """The offences, best first."""
    law = shipped()
    for offence in found.offences:
        yield ShownOffence(
            offence,
            tuple(
                ShownElement(
                    element.text, element.standing, tuple(narrative[start:end] for start, end in element.spans)
                )
                for element in offence.elements
            ),
            tuple((law.instrument(article.instrument).short_title, article) for article in offence.articles),
            tuple((law.state(section.state).name.en, section) for section in offence.sections),
        )


def pieces(found: Classification | None, narrative: str) -> list[Piece]:
    """The narrative cut where marked words begin and end; spans are `[start, end)` in code points and may overlap."""
    spans = sorted(
        {span for offence in (found.offences if found else ()) for e in offence.elements for span in e.spans}
    )
    cut: list[Piece] = []
    at = 0
    for start, end in _merged(spans):
        cut += [Piece(narrative[at:start], False), Piece(narrative[start:end], True)]
        at = end
    return [piece for piece in (*cut, Piece(narrative[at:], False)) if piece.text]


def _merged(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    current: tuple[int, int] | None = None
    for start, end in spans:
        if current and start <= current[1]:
            current = (current[0], max(current[1], end))
        else:
            if current:
                yield current
            current = (start, end)
    if current:
        yield current
