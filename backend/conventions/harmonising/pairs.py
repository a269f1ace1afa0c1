"""For each two States, in both directions: is what the one's own provision requires an offence in the other?

The conduct stated is exactly what the requesting State's provision requires, no more: where the requested State asks
more, the answer is unknown, since the facts of a case may show it, and `asks_more` says what they would have to show.
"""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.dual_criminality.answer import Conduct, ElementAnswer, Verdict
from backend.conventions.dual_criminality.combining import combine, for_state
from backend.conventions.dual_criminality.comparing import LEFT_OUT, compare, provisional
from backend.conventions.dual_criminality.provisions import Provision, coverage_of, provisions_of
from backend.conventions.dual_criminality.stating import Stated, state
from backend.conventions.dual_criminality.vocabulary import vocabulary
from backend.conventions.harmonising.cells import adds_of


class Cause(StrEnum):
    """Why it is not met, or not known.

    `asks-more`: provisions whose text was verified ask more than the conduct states; `no-such-offence`: the text was
    seen and has none; `not-verified`: what nobody verified would be met; `not-read`: only headings, or nothing, of the
    requested State; `own-not-read`: of the requesting State's own provision only the heading; `own-not-verified`.
    """

    ASKS_MORE = "asks-more"
    NO_SUCH_OFFENCE = "no-such-offence"
    NOT_VERIFIED = "not-verified"
    NOT_READ = "not-read"
    OWN_NOT_READ = "own-not-read"
    OWN_NOT_VERIFIED = "own-not-verified"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A provision of the requesting State heard in the requested one. `met_by`: the provision that it fulfils.

    `asks_more`: the requested State's provision on the same offence that comes nearest, and what it asks beyond;
    alternatives stand in one tuple.
    """

    offence: str
    provision: str
    verdict: Verdict
    provisional: Verdict
    cause: Cause | None
    met_by: str | None
    nearest: str | None
    asks_more: tuple[tuple[str, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """The meeting as JSON-ready values."""
        body: dict[str, Any] = {"offence": self.offence, "provision": self.provision, "verdict": self.verdict}
        body |= {"provisional": self.provisional, "cause": self.cause, "met_by": self.met_by, "nearest": self.nearest}
        return body | {"asks_more": [list(names) for names in self.asks_more]}


@dataclass(frozen=True, slots=True)
class Direction:
    """What `requesting` would ask of `requested`, provision by provision."""

    requesting: str
    requested: str
    meetings: tuple[Meeting, ...]

    def of(self, offence: str) -> Verdict:
        """Of an offence: not met or unknown where one of its provisions is; unknown where there is none."""
        verdicts = {meeting.verdict for meeting in self.meetings if meeting.offence == offence}
        for verdict in (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.MET):
            if verdict in verdicts:
                return verdict
        return Verdict.UNKNOWN

    def to_json(self) -> dict[str, Any]:
        """The direction as JSON-ready values."""
        offences = dict.fromkeys(meeting.offence for meeting in self.meetings)
        body: dict[str, Any] = {"from": self.requesting, "to": self.requested}
        body["offences"] = {offence: self.of(offence) for offence in offences}
        return body | {"meetings": [meeting.to_json() for meeting in self.meetings]}


@dataclass(frozen=True, slots=True)
class Charge:
    """A provision of the requesting State as conduct; None where its elements are not known."""

    provision: Provision
    stated: Stated | None


def pairs(
    states: Iterable[str] | None = None,
    offences: Iterable[str] | None = None,
    *,
    about: Iterable[str] = (),
    catalogue: Catalogue | None = None,
) -> tuple[Direction, ...]:
    """Every ordered pair of States, of those given (None: all); with `about`, only those of which one is among these.

    Raises UnknownName.
    """
    law, sought = catalogue or shipped(), frozenset(about)
    codes = tuple(sorted(law.state_codes if states is None else set(states)))
    kept = frozenset(law.offences if offences is None else offences)
    for code in (*codes, *sorted(sought)):
        law.state(code)
    for code in sorted(kept):
        law.offence(code)
    return tuple(
        Direction(first, second, tuple(_meetings(law, first, second, kept)))
        for first in codes
        for second in codes
        if first != second and (not sought or sought & {first, second})
    )


@functools.lru_cache(maxsize=512)
def charges(law: Catalogue, code: str) -> tuple[Charge, ...]:
    """The provisions of a State as conduct, in the order of offences and references."""
    words = vocabulary(law)
    rows = sorted(provisions_of(law, code), key=lambda row: (list(law.offences).index(row.row.offence), row.name))
    return tuple(
        Charge(row, state(conduct_required(row), words) if row.row.elements else None)
        for row in rows
        if not row.row.absent
    )


def conduct_required(provision: Provision) -> Conduct:
    """What the provision requires: each required concept, and one of each group of alternatives."""
    established, groups = set[str](), dict[str, set[str]]()
    for element in provision.row.elements:
        if element.concept != LEFT_OUT and element.standing == "required":
            established.add(element.concept)
        if element.standing == "alternative":
            groups.setdefault(element.group or element.concept, set()).add(element.concept)
    established |= {name for members in groups.values() if len(members) == 1 for name in members}
    return Conduct(frozenset(established), one_of=frozenset(frozenset(m) for m in groups.values() if len(m) > 1))


def _meetings(law: Catalogue, first: str, second: str, offences: frozenset[str]) -> Iterator[Meeting]:
    level = coverage_of(law, second).level
    for charge in charges(law, first):
        row = charge.provision.row
        if row.offence not in offences:
            continue
        if charge.stated is None:
            yield _unread(charge.provision)
        else:
            yield _heard(charge.provision, charge.stated, provisions_of(law, second), level)


def _unread(provision: Provision) -> Meeting:
    row, unknown = provision.row, Verdict.UNKNOWN
    return Meeting(row.offence, provision.name, unknown, unknown, Cause.OWN_NOT_READ, None, None, ())


@dataclass(frozen=True, slots=True)
class _Answer:
    row: Provision
    would_be: Verdict
    elements: tuple[ElementAnswer, ...]

    @property
    def verdict(self) -> Verdict:
        return self.would_be if self.row.row.verified else Verdict.UNKNOWN


def _heard(own: Provision, stated: Stated, rows: tuple[Provision, ...], level: str) -> Meeting:
    answers = [_answer(row, stated) for row in rows]
    verdict = for_state(combine(answer.verdict for answer in answers), level)
    would_be = combine(answer.would_be for answer in answers)
    same = [answer for answer in answers if answer.row.row.offence == own.row.offence]
    known = [answer for answer in same if answer.row.row.verified and answer.row.row.elements]
    nearest = min(known, key=lambda answer: (len(adds_of(answer.elements)), answer.row.name), default=None)
    if verdict is Verdict.MET:
        met_by = min(answer.row.name for answer in answers if answer.verdict is Verdict.MET)
        said, why = (Verdict.MET, None) if own.row.verified else (Verdict.UNKNOWN, Cause.OWN_NOT_VERIFIED)
        return Meeting(own.row.offence, own.name, said, Verdict.MET, why, met_by, None, ())
    cause = _cause(same, known, would_be)
    shown = nearest if cause is Cause.ASKS_MORE else None
    return Meeting(
        own.row.offence,
        own.name,
        verdict,
        would_be,
        cause,
        None,
        shown.row.name if shown else None,
        adds_of(shown.elements) if shown else (),
    )


def _answer(row: Provision, stated: Stated) -> _Answer:
    if not row.row.elements:  # Half of all rows: not worth a comparison.
        return _Answer(row, Verdict.NOT_MET if row.row.absent else Verdict.UNKNOWN, ())
    elements = compare(row.row, stated)
    return _Answer(row, provisional(row.row, elements), elements)


def _cause(same: list[_Answer], known: list[_Answer], would_be: Verdict) -> Cause:
    if would_be is Verdict.MET:
        return Cause.NOT_VERIFIED
    if known:
        return Cause.ASKS_MORE
    if any(answer.row.row.absent for answer in same):
        return Cause.NO_SUCH_OFFENCE
    return Cause.NOT_READ
