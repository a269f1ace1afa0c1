"""Parts that the rows of several files share."""

from datetime import date
from typing import Annotated, Literal

import msgspec

Confidence = Literal["high", "medium", "low"]
StateCode = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}$")]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*$")]
# Three instruments give the year or the month only.
PartialDay = Annotated[str, msgspec.Meta(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")]


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of the data: frozen, and a key that nobody declared is an error, so that a misspelt key is found."""


class DatedRow(Row, frozen=True, kw_only=True):
    """A row that law can change: it holds from `valid_from` until the day before `valid_until`; None: no end known.

    A change of law is a second row, and the first gets the day on which it ended; no row is edited in place.
    """

    valid_from: date | None = None
    valid_until: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the row holds on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day < self.valid_until
        )


class Label(Row, frozen=True, kw_only=True):
    """A name in the four languages."""

    en: str
    es: str
    fr: str
    nl: str

    def in_language(self, language: str) -> str:
        """The label in `language` (en, es, fr or nl); English for any other."""
        return str(getattr(self, language, self.en))


class Source(Row, frozen=True, kw_only=True):
    """Where something was, or could be, seen: `seen` is a day, or whether it was seen at all."""

    title: str
    url: str
    seen: date | bool
