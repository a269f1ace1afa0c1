"""Phrases as a lawyer writes them in the cue files, and the search for all of them at once.

word      that word            word*     any word that begins so      one/other   either of them
[word]    may be left out      ..        up to five words             ...         up to twelve words, same sentence
<number>  digits               <money>   a sign or name of a currency
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

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
_REMEMBERED = 20_000
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

    def fits(self, word: str) -> bool:
        """Whether a word, in its plain form, takes this step."""
        if word in self.words or (self.beginnings and word.startswith(self.beginnings)):
            return True
        if "number" in self.kinds and word.translate(_SEPARATORS).isdecimal():
            return True
        return "money" in self.kinds and (word in _MONEY or word.lstrip("0123456789.").strip("kmb") in _MONEY)


@dataclass(frozen=True, slots=True)
class Found:
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


@dataclass(frozen=True, slots=True)
class Index:
    """Phrases by the word with which they begin, so that one pass over a narrative finds all of them."""

    phrases: tuple[tuple[Step, ...], ...]
    by_word: dict[str, list[int]] = field(default_factory=dict)
    by_beginning: dict[str, list[int]] = field(default_factory=dict)
    by_kind: tuple[int, ...] = ()
    lengths: tuple[int, ...] = ()
    seen: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, phrases: Sequence[str]) -> "Index":
        """The index of phrases, numbered as they stand."""
        parsed = tuple(parse(phrase) for phrase in phrases)
        by_word: dict[str, list[int]] = {}
        by_beginning: dict[str, list[int]] = {}
        for number, steps in enumerate(parsed):
            for word in steps[0].words:
                by_word.setdefault(word, []).append(number)
            for beginning in steps[0].beginnings:
                by_beginning.setdefault(beginning, []).append(number)
        kinds = tuple(number for number, steps in enumerate(parsed) if steps[0].kinds)
        lengths = tuple(sorted({len(beginning) for beginning in by_beginning}))
        return cls(parsed, by_word, by_beginning, kinds, lengths)

    def find(self, tokens: Tokens) -> Iterator[Found]:
        """Every place where a phrase stands, in order of the first word."""
        for place, token in enumerate(tokens.words):
            for number in self._beginning_with(token.plain):
                last = _match(self.phrases[number], 0, tokens, place)
                if last is not None:
                    yield Found(number, place, last)

    def _beginning_with(self, word: str) -> tuple[int, ...]:
        """The phrases that can begin with a word; what was asked once is kept, up to a bound."""
        if (kept := self.seen.get(word)) is not None:
            return kept
        found = list(self.by_word.get(word, ()))
        for length in self.lengths:
            if length <= len(word):
                found += self.by_beginning.get(word[:length], ())
        found += [number for number in self.by_kind if self.phrases[number][0].fits(word)]
        if len(self.seen) < _REMEMBERED:
            self.seen[word] = tuple(found)
        return tuple(found)


def _match(steps: tuple[Step, ...], step: int, tokens: Tokens, place: int) -> int | None:
    """Where the phrase ends if it can be followed from `place` inside one sentence; the shortest way is taken."""
    words, sentence = tokens.words, tokens.sentence
    while step < len(steps):
        here = steps[step]
        if here.gap:
            return _after_gap(steps, step, tokens, place)
        if (
            place < len(words)
            and sentence[place] == sentence[place - 1 if step else place]
            and here.fits(words[place].plain)
        ):
            step, place = step + 1, place + 1
        elif here.optional:
            step += 1
        else:
            return None
    return place


def _after_gap(steps: tuple[Step, ...], step: int, tokens: Tokens, place: int) -> int | None:
    for skipped in range(steps[step].gap + 1):
        start = place + skipped
        if start >= len(tokens.words) or tokens.sentence[start] != tokens.sentence[place - 1]:
            return None
        last = _match(steps, step + 1, tokens, start)
        if last is not None:
            return last
    return None
