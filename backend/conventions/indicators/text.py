"""A report's text as the finders see it: refanged, where something was found already, which words stand before."""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from backend.conventions.indicators.refang import Refanged
from backend.conventions.tokens import plain

T = TypeVar("T")
_WORD = re.compile(r"[^\W\d_]+")
# A sentence ends at a mark before a capital, unless the mark ends a short word: `Tel. No. 440-0123`.
_BREAK = re.compile(
    r"[!?;\n.)\"'](?:(?<=[!?;])|(?<=\n)\s*\n|(?<=[^\W\d_]{5}\.)\s+(?=[^\W\d_])"
    r"|(?<=\d\.)\s+(?=[A-ZÁÉÍÓÚÀÈÊÇÑ])|(?<=[)\"'])\.\s)"
)


class Indicator(msgspec.Struct, frozen=True, gc=False):
    """Something by which a person, machine or account can be found.

    `value` is normalised; `raw` is as it stands in the text, save that a card number is masked at once; `span` is
    `[start, end)` in code points. `at` is the time that the sentence gives for it, ISO 8601: with `Z` or an offset
    where the text says one, without one where it does not, with a zone that is no offset as written in brackets
    (`2026-06-07T19:00[AST]`); None where the sentence has no date with a time. `field` names the field of a report
    (`where[0].value`) in whose text the span lies, None for the text given to `extract`.
    """

    type: str
    value: str
    raw: str
    span: tuple[int, int]
    at: str | None = None
    field: str | None = None


class Finding(msgspec.Struct, frozen=True, gc=False):
    """An indicator whose place is one of the refanged text; `masked` stands for its text where that may not be kept."""

    type: str
    value: str
    start: int
    end: int
    masked: str | None = None


@dataclass(slots=True)
class Taken:
    """The text with the places that are taken, so that a domain inside a URL is not found again."""

    refanged: Refanged
    text: str = ""
    found: list[Finding] = field(default_factory=list)
    _marks: bytearray = field(default_factory=bytearray)
    # What was worked out for a piece of this text, for texts that say the same ten thousand times. It ends with the
    # search: a report's words outlive it nowhere.
    _known: dict[Callable[..., Any], dict[Hashable, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.text = self.refanged.text
        self._marks = bytearray(len(self.text))

    def free(self, start: int, end: int) -> bool:
        """Whether nothing was found here yet."""
        return self._marks.find(1, start, end) < 0

    def take(self, kind: str, value: str, start: int, end: int, masked: str | None = None) -> None:
        """Keep a finding and its place."""
        self.found.append(Finding(kind, value, start, end, masked))
        self.close(start, end)

    def close(self, start: int, end: int) -> None:
        """Let nothing be found here any more."""
        self._marks[start:end] = b"\1" * (end - start)

    def token_around(self, place: int) -> tuple[int, int]:
        """The run of letters, digits, `.`, `-` and `_` around a place; one of more than 256 before it is left empty."""
        text, start, lowest = self.text, place, max(0, place - _LONGEST_TOKEN)
        while start > lowest and (text[start - 1].isalnum() or text[start - 1] in "._-"):
            start -= 1
        end = _TOKEN_REST.match(text, place).end()  # type: ignore[union-attr]  # matches the empty text, too
        return (end, end) if start == lowest and lowest else (start, end)

    def once(self, work: Callable[..., T], asked: tuple[Hashable, ...], *always: object) -> T:
        """What `work` answers when asked this, worked out once for this text; `always` is the same in every call."""
        of_work = self._known.get(work)
        if of_work is None:
            of_work = self._known[work] = {}
        if asked not in of_work:
            of_work[asked] = work(*asked, *always)
        answer: T = of_work[asked]
        return answer

    def before(self, start: int, reach: int) -> str:
        """What stands in the `reach` characters before a place, from the beginning of its sentence."""
        text = self.text[max(0, start - reach) : start]
        return self.once(_from_sentence_start, (text,))

    def words_before(self, start: int, reach: int) -> list[str]:
        """The words before a place in its sentence, in plain form, the nearest last."""
        return self.once(_plain_words, (self.before(start, reach),))

    def word_next_before(self, start: int) -> str:
        """The word directly before a place, with nothing but spaces, points, colons, `#` between; else empty."""
        match = _NEXT_BEFORE.search(self.text[max(0, start - 24) : start])
        return plain(match[1]) if match else ""

    def indicators(self, most: int | None = None) -> list[tuple[Finding, tuple[int, int], str]]:
        """Each of the first `most` findings in order of place, with its place and wording in the text as it came."""
        found = sorted(self.found, key=lambda finding: finding.start)[:most]
        spans = self.refanged.origins([(finding.start, finding.end) for finding in found])
        original = self.refanged.original
        return [
            (finding, span, original[slice(*span)] if finding.masked is None else finding.masked)
            for finding, span in zip(found, spans, strict=True)
        ]


def _from_sentence_start(text: str) -> str:
    ends = 0
    for match in _BREAK.finditer(text):
        ends = match.end()
    return text[ends:]


def _plain_words(text: str) -> list[str]:
    return [plain(word) for word in _WORD.findall(text)]


_LONGEST_TOKEN = 256
_TOKEN_REST = re.compile(r"[\w.-]*+")
_NEXT_BEFORE = re.compile(r"([^\W\d_]+)[ .:/#°º§\"'(]*$")
