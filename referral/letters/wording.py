"""Words in one language: fixed sentences, days, instants, and the text of a content in that language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from referral.letters.content import LegalReference
from referral.letters.strings import sentences


@dataclass(frozen=True)
class Wording:
    """One language version's words."""

    language: str

    def __call__(self, key: str, **values: str) -> str:
        """The fixed sentence under `key`, with its names filled in; the values are never read as a format."""
        return sentences(self.language)[key].format_map(values)

    def of(self, text: Mapping[str, str] | None) -> str:
        """The text in this language; in the letter's other language where a translation still follows (urgent form)."""
        if not text:
            return ""
        return text.get(self.language) or next(iter(text.values()))

    def day(self, day: date) -> str:
        """A day in words."""
        month = self("months").split(",")[day.month - 1]
        return self("day-format", day=str(day.day), month=month, year=str(day.year))

    def moment(self, at: datetime, zone: str | None = None) -> str:
        """An instant to the second, always with its offset, and with the name of its zone where one is given."""
        named = f" ({zone})" if zone and zone != "UTC" else ""
        return f"{at.strftime('%Y-%m-%d %H:%M:%S')} {_offset(at)}{named}"

    def standing(self, reference: LegalReference) -> str:
        """Whether a reference was verified, was confirmed by a person, or neither."""
        if reference.verified:
            return self("standing-verified")
        if (confirmed := reference.confirmed) is None:
            return self("standing-unverified")
        return self("standing-confirmed", by=confirmed.by, on=self.day(confirmed.on), source=confirmed.source)

    def listing(self, names: list[str]) -> str:
        """Names as words: a, b and c."""
        *first, last = names
        return f"{', '.join(first)} {self('and')} {last}" if first else last


def _offset(at: datetime) -> str:
    text = at.strftime("%z")
    return "UTC" if text == "+0000" else f"UTC{text[:3]}:{text[3:5]}"
