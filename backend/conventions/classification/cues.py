"""The cues of one language made ready for the search, and what they find in a narrative."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import msgspec

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification.phrases import Found, Index
from backend.conventions.schema.engine import Cue, Cues
from backend.conventions.tokens import Tokens

# A negator this many words back, in the same clause, still denies what follows.
_REACH = 7


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a phrase speaks for: an element of an offence, or one of the general matters (then `offence` is empty)."""

    offence: str
    element: str
    established: bool
    negatable: bool


class Hit(msgspec.Struct, frozen=True, gc=False):
    """A phrase found in the narrative: what it bears on, whether it is denied, and its span in code points."""

    bearing: Bearing
    denied: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ReadyCues:
    """The cues of a language with their index."""

    index: Index
    bearings: tuple[Bearing, ...]
    negators: frozenset[str]
    breaks: frozenset[str]


# Phrases inside which a negator denies nothing.
_FIXED = frozenset({"without_right", "not_negators"})
GENERAL = ("computer", "authorised", "accident", "without_right", "not_negators")


@functools.lru_cache(maxsize=8)
def ready(catalogue: Catalogue, language: str) -> ReadyCues:
    """The cues of a language, parsed and indexed once for a catalogue."""
    cues = catalogue.cues(language)
    pairs = list(chain(_general(cues), _of_offences(cues)))
    index = Index.of([phrase for phrase, _ in pairs])
    return ReadyCues(index, tuple(bearing for _, bearing in pairs), frozenset(cues.negators), frozenset(cues.breaks))


def _general(cues: Cues) -> Iterator[tuple[str, Bearing]]:
    for matter in GENERAL:
        for phrase in getattr(cues, matter):
            yield phrase, Bearing("", matter, False, matter in {"authorised", "accident"})


def _of_offences(cues: Cues) -> Iterator[tuple[str, Bearing]]:
    for offence, elements in cues.offences.items():
        for element, listed in elements.items():
            for cue in listed:
                row = cue if isinstance(cue, Cue) else Cue(cue=cue)
                yield row.cue, Bearing(offence, element, row.standing == "established", row.negatable)


def find(cues: ReadyCues, tokens: Tokens) -> list[Hit]:
    """Every cue in the narrative, denied or not."""
    found = list(cues.index.find(tokens))
    deniers = _deniers(cues, tokens, found)
    return [_hit(cues, tokens, place, deniers) for place in found]


def _deniers(cues: ReadyCues, tokens: Tokens, found: list[Found]) -> frozenset[int]:
    """The words that deny something: negators that are no part of a fixed phrase such as "without permission"."""
    negators = cues.negators
    deniers = {place for place, word in enumerate(tokens.plain) if word in negators}
    if deniers:
        for hit in found:
            if cues.bearings[hit.phrase].element in _FIXED:
                deniers.difference_update(range(hit.first, hit.last))
    return frozenset(deniers)


def _hit(cues: ReadyCues, tokens: Tokens, place: Found, deniers: frozenset[int]) -> Hit:
    bearing = cues.bearings[place.phrase]
    denied = bearing.negatable and bool(deniers) and _denied(cues, tokens, place, deniers)
    return Hit(bearing, denied, tokens.starts[place.first], tokens.ends[place.last - 1])


def _denied(cues: ReadyCues, tokens: Tokens, place: Found, deniers: frozenset[int]) -> bool:
    if any(word in deniers for word in range(place.first + 1, place.last)):
        return True
    for word in range(place.first - 1, max(-1, place.first - 1 - _REACH), -1):
        if tokens.clause[word] != tokens.clause[place.first] or tokens.plain[word] in cues.breaks:
            return False
        if word in deniers:
            return True
    return place.first in deniers
