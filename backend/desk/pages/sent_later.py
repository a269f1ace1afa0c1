"""What was sent later on an incident, each part as it was sent, with the words that the classification rests on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
from django.utils.translation import gettext as _

from backend.desk.pages.classification import Piece
from backend.incidents.report import Report
from backend.incidents.whole import BETWEEN, Later, Whole


@dataclass(frozen=True)
class ShownLater:
    """A supplement or retraction; ``pieces`` is its narrative, marked where it stands; ``added`` names its blocks."""

    later: Later
    pieces: tuple[Piece, ...]
    added: tuple[str, ...]
    withdraws: int | None

    @property
    def as_sent(self) -> str:
        """Its JSON, indented for people."""
        return msgspec.json.format(self.later.body.strip(), indent=2).decode()


@dataclass(frozen=True)
class SentLater:
    """The narrative of the first report in marked pieces, and what was sent later in its order."""

    first: tuple[Piece, ...]
    later: tuple[ShownLater, ...]


def sent_later(whole: Whole, pieces: Iterable[Piece]) -> SentLater:
    """The marked pieces of the whole narrative, given back to those who wrote them."""
    written = [one for one in whole.standing if one.report.narrative]
    texts = [text for text in (whole.first.narrative, *(one.report.narrative for one in written)) if text]
    places = {one.row.pk: one.row.position for one in whole.later}
    cut = dict(zip([None, *(one.row.pk for one in written)], _cut(pieces, texts), strict=False))

    def shown(one: Later) -> ShownLater:
        own = cut.get(one.row.pk) or ((Piece(one.report.narrative),) if one.report.narrative else ())
        return ShownLater(one, own, added(one.report), places.get(one.row.withdraws_id))

    return SentLater(cut.get(None, ()), tuple(map(shown, whole.later)))


def added(report: Report) -> tuple[str, ...]:
    """The blocks that a supplement has, by name and number."""
    blocks = (
        (_("Victims"), len(report.victims)),
        (_("Persons suspected"), len(report.suspects)),
        (_("Losses"), len(report.losses)),
        (_("Places"), len(report.where)),
        (_("Addresses seen"), len(report.connections)),
        (_("Indicators"), len(report.indicators)),
        (_("Answers"), len(report.facts)),
        (_("Evidence"), len(report.evidence)),
    )
    return tuple(f"{name}: {count}" for name, count in blocks if count)


def _cut(pieces: Iterable[Piece], texts: Iterable[str]) -> Iterator[tuple[Piece, ...]]:
    """Pieces of the texts joined, as pieces of each text."""
    left = list(pieces)[::-1]
    for text in texts:
        yield _taken(left, len(text))
        _taken(left, len(BETWEEN))


def _taken(left: list[Piece], count: int) -> tuple[Piece, ...]:
    """The next `count` characters in pieces, taken off what is left, whose next piece stands last."""
    own = []
    while count and left:
        piece = left.pop()
        if len(piece.text) > count:
            left.append(Piece(piece.text[count:], piece.bearing))
            piece = Piece(piece.text[:count], piece.bearing)
        own.append(piece)
        count -= len(piece.text)
    return tuple(own)
