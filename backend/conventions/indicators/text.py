"""A report's text as the finders see it: where something was already found, and which words stand before a place."""

import re
from dataclasses import dataclass, field

from backend.conventions.tokens import plain

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something by which a person, machine or account can be found.

    `value` is normalised; `raw` is as it stands in the text, save that a card number is masked at once; `span` is
    `[start, end)` in code points.
    """

    type: str
    value: str
    raw: str
    span: tuple[int, int]


@dataclass(slots=True)
class Taken:
    """The text with the places that are taken, so that a domain inside a URL is not found again."""

    text: str
    found: list[Indicator] = field(default_factory=list)
    _places: set[int] = field(default_factory=set)

    def free(self, start: int, end: int) -> bool:
        """Whether nothing was found here yet."""
        return start not in self._places and end - 1 not in self._places

    def take(self, kind: str, value: str, start: int, end: int, raw: str | None = None) -> None:
        """Keep a finding and its place."""
        self._places.update(range(start, end))
        self.found.append(Indicator(kind, value, self.text[start:end] if raw is None else raw, (start, end)))

    def words_before(self, start: int, reach: int) -> list[str]:
        """The words in the `reach` characters before a place, in plain form, the nearest last."""
        return [plain(word) for word in _WORD.findall(self.text[max(0, start - reach) : start])]
