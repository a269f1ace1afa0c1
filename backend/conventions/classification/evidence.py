"""What the narrative and the answers of the officer say of each element of each offence."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification.answer import Standing
from backend.conventions.classification.cues import Hit
from backend.conventions.errors import BadQuestion, UnknownName
from backend.conventions.schema.terms import Fact, FactBearing

Span = tuple[int, int]
# Elements that say the same of every offence: the act was not permitted. Cues for it are kept once per language.
WITHOUT_RIGHT = ("without-right", "no-lawful-excuse", "no-consent")
COMPUTER = ("by-computer-system", "use-of-computer", "computer-system", "ict-system")
MATTERS = frozenset({"computer", "authorised", "accident", "without_right"})
INTENT = ("intent", "wilful", "intent-or-recklessness")


# More passages than these for one element are counted, not listed: only what is no report of a case has so many.
MAX_PASSAGES = 500


class Weighed(NamedTuple):
    """All that speaks for an element and against it, weighed: where it stands, by which words and which answers."""

    standing: Standing
    spans: tuple[Span, ...]
    denied: tuple[Span, ...]
    facts_for: tuple[str, ...]
    facts_against: tuple[str, ...]


NOTHING = Weighed(Standing.OPEN, (), (), (), ())
"""What an element is worth of which nothing is said."""


@dataclass(slots=True)
class Evidence:
    """For one element of one offence: words for and against it, facts for and against it."""

    established: list[Span] = field(default_factory=list)
    indicated: list[Span] = field(default_factory=list)
    denied: list[Span] = field(default_factory=list)
    facts_for: dict[str, Standing] = field(default_factory=dict)
    facts_against: dict[str, Standing] = field(default_factory=dict)

    @property
    def standing(self) -> Standing:
        """An answer weighs more than a cue; a plain contradiction more than an indication; a tie is open."""
        told = self._told()
        if not self.facts_for and not self.facts_against:
            return told
        against, speaks_for = set(self.facts_against.values()), set(self.facts_for.values())
        if Standing.CONTRADICTED in against:
            return Standing.OPEN if Standing.ESTABLISHED in speaks_for else Standing.CONTRADICTED
        if Standing.ESTABLISHED in speaks_for:
            return Standing.ESTABLISHED
        if against:
            return Standing.OPEN if speaks_for or told in {Standing.ESTABLISHED, Standing.INDICATED} else told
        if speaks_for and told is not Standing.ESTABLISHED:
            return Standing.INDICATED
        return told

    def _told(self) -> Standing:
        if self.established:
            return Standing.INDICATED if self.denied else Standing.ESTABLISHED
        if self.indicated:
            return Standing.INDICATED
        return Standing.CONTRADICTED if self.denied else Standing.OPEN

    def weighed(self) -> Weighed:
        """What all of it comes to; spans in order, each once."""
        return Weighed(
            self.standing,
            tuple(sorted({*self.established, *self.indicated})),
            tuple(sorted(set(self.denied))),
            tuple(self.facts_for),
            tuple(self.facts_against),
        )

    def add(self, other: "Evidence") -> None:
        """Take in what another holds; of one answer that bears on both, the stronger standing counts."""
        self.established += other.established
        self.indicated += other.indicated
        self.denied += other.denied
        for mine, others in ((self.facts_for, other.facts_for), (self.facts_against, other.facts_against)):
            for fact, standing in others.items():
                if mine.get(fact, Standing.INDICATED) is Standing.INDICATED:
                    mine[fact] = standing


@dataclass(slots=True)
class Findings:
    """All evidence, by offence and element, and the matters that concern every offence.

    `consent_closes` says of each offence that has a rule whether permission takes it away. `in_part` is set where an
    element has more passages than are listed.
    """

    elements: dict[tuple[str, str], Evidence] = field(default_factory=dict)
    computer: list[Span] = field(default_factory=list)
    authorised: list[Span] = field(default_factory=list)
    accident: list[Span] = field(default_factory=list)
    without_right: list[Span] = field(default_factory=list)
    answered: bool = False
    consent_closes: Mapping[str, bool] = field(default_factory=dict)
    in_part: bool = False
    _weighed: dict[tuple[str, str], Weighed] = field(default_factory=dict)
    _general: dict[tuple[str, bool], Evidence] | None = None

    def at(self, offence: str, element: str) -> Evidence:
        """The evidence for an element, made when first asked for, to be added to; all is weighed anew after that."""
        self._weighed.clear()
        self._general = None
        if (found := self.elements.get((offence, element))) is None:
            found = self.elements[offence, element] = Evidence()
        return found

    def weighed(self, offence: str, element: str, names: Iterable[str]) -> Weighed:
        """What is said of an element, with that of the elements `names` which prove it; weighed once."""
        if (found := self._weighed.get((offence, element))) is None:
            found = self._weighed[offence, element] = self._weigh(offence, names)
        return found

    def _weigh(self, offence: str, names: Iterable[str]) -> Weighed:
        if self._general is None:
            self._general = dict(_general(self))
        closes = self.consent_closes.get(offence)
        parts = [part for name in names if (part := self.elements.get((offence, name))) is not None]
        if closes is not None and self._general:
            parts += [part for name in names if (part := self._general.get((name, closes))) is not None]
        if len(parts) < 2:
            return parts[0].weighed() if parts else NOTHING
        whole = Evidence()
        for part in parts:
            whole.add(part)
        return whole.weighed()


def gather(catalogue: Catalogue, hits: Iterable[Hit], facts: Mapping[str, str]) -> Findings:
    """The evidence of narrative and answers. Raises UnknownName or BadQuestion for an answer that cannot be read."""
    found = Findings(consent_closes=_consent_closes(catalogue))
    for hit in hits:
        _take(found, hit)
    for name, answer in facts.items():
        if name not in catalogue.facts:
            raise UnknownName("fact", name, catalogue.facts, "use an id of the questions")
        if answer not in {"yes", "no", "unknown"}:
            raise BadQuestion(f"the fact {name!r} is answered {str(answer)[:40]!r}: expected yes, no or unknown")
        _answer(found, catalogue.facts[name], answer)
        found.answered = True
    return found


@functools.lru_cache(maxsize=8)
def _consent_closes(catalogue: Catalogue) -> dict[str, bool]:
    return {code: rule.consent_closes for code, rule in catalogue.classification_rules.offences.items()}


def _take(found: Findings, hit: Hit) -> None:
    bearing, denied, start, end = hit
    if bearing.offence:
        evidence = found.at(bearing.offence, bearing.element)
        spans = evidence.denied if denied else evidence.established if bearing.established else evidence.indicated
    elif bearing.element in MATTERS and not denied:
        spans = getattr(found, bearing.element)
    else:
        return
    if len(spans) < MAX_PASSAGES:
        spans.append((start, end))
    else:
        found.in_part = True


def _answer(found: Findings, fact: Fact, answer: str) -> None:
    for bearing in _that_apply(fact.establishes, answer, "yes"):
        standing = Standing(bearing.standing or "established")
        found.at(bearing.offence, bearing.element).facts_for[fact.id] = standing
    for bearing in _that_apply(fact.contradicts, answer, "no"):
        standing = Standing(bearing.standing or "contradicted")
        found.at(bearing.offence, bearing.element).facts_against[fact.id] = standing


def _that_apply(bearings: Sequence[FactBearing], answer: str, default: str) -> list[FactBearing]:
    return [bearing for bearing in bearings if answer == (bearing.when or default)]


def _general(found: Findings) -> Iterator[tuple[tuple[str, bool], Evidence]]:
    """Permission and accident speak of every offence that they can take away; electronic means of every one.

    By element and whether permission takes the offence away.
    """
    for closes in (True, False):
        denied = found.authorised if closes and not found.without_right else []
        matters = (
            (WITHOUT_RIGHT, Evidence(indicated=found.without_right, denied=denied)),
            (COMPUTER, Evidence(indicated=found.computer)),
            (INTENT, Evidence(denied=found.accident if closes else [])),
        )
        for elements, evidence in matters:
            if evidence.indicated or evidence.denied:
                yield from (((element, closes), evidence) for element in elements)
