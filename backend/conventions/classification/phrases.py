"""Phrases as a lawyer writes them in the cue files, and the search for all of them at once.

word      that word            word*     any word that begins so      one/other   either of them
[word]    may be left out      ..        up to five words             ...         up to twelve words, same sentence
<number>  digits               <money>   a sign or name of a currency
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import msgspec

from backend.conventions.errors import LawDataError
from backend.conventions.tokens import Tokens, plain

_GAPS = {"..": 5, "...": 12}
_MONEY = frozenset(
    (
        "$",
        "€",
        "£",
        "¥",
        "₡",
        "usd",
        "eur",
        "gbp",
        "btc",
        "dollar",
        "dollars",
        "euro",
        "euros",
        "peso",
        "pesos",
        "colon",
    )
    + ("colones", "pound", "pounds", "livres", "gulden", "quetzal", "quetzales", "lempiras", "cordobas", "soles")
    + ("bitcoin", "bitcoins")
)
_KINDS = {"number", "money"}
_REMEMBERED = 50_000
_SEPARATORS = str.maketrans("", "", ".,")
_STEP = re.compile(r"^\[?[^\s\[\]]+\]?$")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a phrase: words, beginnings of words, or a class of words; or a gap of so many words."""

    words: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    gap: int = 0
    optional: bool = False


def _kinds_of(word: str) -> Iterator[str]:
    """The classes of words to which a word, in its plain form, belongs."""
    if word.translate(_SEPARATORS).isdecimal():
        yield "number"
    if word in _MONEY or word.lstrip("0123456789.").strip("kmb") in _MONEY:
        yield "money"


class Found(msgspec.Struct, frozen=True, gc=False):
    """A phrase found: its number in the list, and the words `[first, last)` that it takes."""

    phrase: int
    first: int
    last: int


@functools.lru_cache(maxsize=4_096)
def parse(phrase: str) -> tuple[Step, ...]:
    """The steps of a phrase. Raises LawDataError where it is not well written."""
    steps = tuple(_step(part, phrase) for part in phrase.split())
    if not steps or steps[0].gap or steps[0].optional or steps[-1].gap:
        raise LawDataError("cues", repr(phrase), "a phrase begins and ends with a word that is always there")
    return steps


def _step(part: str, phrase: str) -> Step:
    if part in _GAPS:
        return Step(gap=_GAPS[part])
    if not _STEP.match(part):
        raise LawDataError("cues", repr(phrase), f"{part!r} is neither a word nor a gap")
    optional = part.startswith("[") and part.endswith("]")
    parts = part.strip("[]").split("/")
    kinds = frozenset(word.strip("<>") for word in parts if word.startswith("<"))
    if kinds - _KINDS:
        raise LawDataError("cues", repr(phrase), f"{part!r} names a class of words that is none of {sorted(_KINDS)}")
    words = [plain(word) for word in parts if not word.startswith("<")]
    return Step(
        words=frozenset(word for word in words if not word.endswith("*")),
        beginnings=tuple(word[:-1] for word in words if word.endswith("*")),
        kinds=kinds,
        optional=optional,
    )


class _Known(NamedTuple):
    """Of a word: the phrases of this word alone, those that begin with it, and the steps of any phrase it takes.

    Of one that begins with it: its number, the next step that has to come (-1 for none), whether directly.
    """

    alone: tuple[int, ...]
    beginning: tuple[tuple[int, int, bool], ...]
    fits: frozenset[int]


_UNKNOWN = _Known((), (), frozenset())

# A step of a phrase: its number among all steps (-1 for a gap), the length of the gap, whether it may be missing.
_Ready = tuple[int, int, bool]


class Index:
    """Phrases by the word with which they begin, so that one pass over a narrative finds all of them.

    Equal steps have one number in all phrases: what a word can be is looked up once, and kept up to a bound.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        self._steps: dict[Step, int] = {}
        self._phrases = tuple(self._made_ready(parse(phrase)) for phrase in phrases)
        self._by_first: dict[int, list[int]] = {}
        for number, steps in enumerate(self._phrases):
            self._by_first.setdefault(steps[0][0], []).append(number)
        self._by_word: dict[str, list[int]] = {}
        self._by_beginning: dict[str, list[int]] = {}
        for step, number in self._steps.items():
            for word in step.words:
                self._by_word.setdefault(word, []).append(number)
            for beginning in step.beginnings:
                self._by_beginning.setdefault(beginning, []).append(number)
        self._by_kind = {
            kind: [number for step, number in self._steps.items() if kind in step.kinds] for kind in sorted(_KINDS)
        }
        # By their first two letters the lengths of the beginnings: most words have the first two of few.
        self._lengths: dict[str, set[int]] = {}
        for beginning in self._by_beginning:
            self._lengths.setdefault(beginning[:2], set()).add(len(beginning))
        self._known: dict[str, _Known] = {}

    @classmethod
    def of(cls, phrases: Sequence[str]) -> "Index":
        """The index of phrases, numbered as they stand. Raises LawDataError where one is not well written."""
        return cls(phrases)

    def find(self, tokens: Tokens) -> Iterator[Found]:
        """Every place where a phrase stands, in order of the first word."""
        known = self._known
        row = [known.get(word) or self._look_up(word) for word in tokens.plain]
        fits = [one.fits for one in row]
        reach = tokens.until
        for place, (alone, beginning, _) in enumerate(row):
            for number in alone:
                yield Found(number, place, place + 1)
            for number, following, directly in beginning:
                if directly and (place + 1 >= reach[place] or following not in fits[place + 1]):
                    continue
                last = _match(self._phrases[number], 1, fits, place + 1, reach[place])
                if last:
                    yield Found(number, place, last)

    def _made_ready(self, steps: tuple[Step, ...]) -> tuple[_Ready, ...]:
        return tuple((-1 if step.gap else self._number(step), step.gap, step.optional) for step in steps)

    def _number(self, step: Step) -> int:
        bare = Step(step.words, step.beginnings, step.kinds)
        return self._steps.setdefault(bare, len(self._steps))

    def _look_up(self, word: str) -> _Known:
        """What a word can be; what was asked once is kept, up to a bound."""
        steps = set(self._by_word.get(word, ()))
        for length in chain.from_iterable(self._lengths.get(word[:size], ()) for size in range(3)):
            if begun := self._by_beginning.get(word[:length]):
                steps.update(begun)
        for kind in _kinds_of(word):
            steps.update(self._by_kind[kind])
        if not steps:
            return self._keep(word, _UNKNOWN)
        numbers = sorted(number for step in steps for number in self._by_first.get(step, ()))
        alone = tuple(number for number in numbers if len(self._phrases[number]) == 1)
        longer = tuple((number, *self._following(number)) for number in numbers if len(self._phrases[number]) > 1)
        return self._keep(word, _Known(alone, longer, frozenset(steps)))

    def _keep(self, word: str, known: _Known) -> _Known:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[word] = known
        return known

    def _following(self, number: int) -> tuple[int, bool]:
        step, gap, optional = self._phrases[number][1]
        return (step, True) if not gap and not optional else (-1, False)


def _match(steps: tuple[_Ready, ...], step: int, fits: list[frozenset[int]], place: int, end: int) -> int:
    """Where the phrase ends if the rest of it can be followed from `place` before `end`, else 0; the shortest way."""
    while step < len(steps):
        number, gap, optional = steps[step]
        if gap:
            return _after_gap(steps, step, fits, place, end)
        if place < end and number in fits[place]:
            place += 1
        elif not optional:
            return 0
        step += 1
    return place


def _after_gap(steps: tuple[_Ready, ...], step: int, fits: list[frozenset[int]], place: int, end: int) -> int:
    following, gap, optional = steps[step + 1]
    wanted = not gap and not optional
    for start in range(place, min(place + steps[step][1] + 1, end)):
        if wanted and following not in fits[start]:
            continue
        if last := _match(steps, step + 1, fits, start, end):
            return last
    return 0
