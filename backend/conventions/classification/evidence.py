"""What the narrative and the answers of the officer say of each element of each offence."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification.answer import Standing
from backend.conventions.classification.bearings import table
from backend.conventions.classification.cues import Hit
from backend.conventions.classification.lists import OffenceLists
from backend.conventions.errors import BadQuestion, UnknownName
from backend.conventions.schema.terms import Fact, FactBearing

Span = tuple[int, int]
MATTERS = frozenset({"computer", "authorised", "accident", "without_right"})
"""What cues say of every offence."""
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

    `consent_closes` says of each offence that has a rule whether permission takes it away; `without_computer` that the
    officer answered that none played a part. `in_part` is set where an element has more passages than are listed.
    """

    elements: dict[str, dict[str, Evidence]] = field(default_factory=dict)
    computer: list[Span] = field(default_factory=list)
    authorised: list[Span] = field(default_factory=list)
    accident: list[Span] = field(default_factory=list)
    without_right: list[Span] = field(default_factory=list)
    answered: bool = False
    without_computer: bool = False
    consent_closes: Mapping[str, bool] = field(default_factory=dict)
    in_part: bool = False
    _parts: dict[str, dict[str, list[Evidence]]] = field(default_factory=dict)
    _general: dict[bool, list[tuple[int, Evidence]]] = field(default_factory=dict)
    _weighed: dict[int | tuple[int, ...], Weighed] = field(default_factory=dict)

    def at(self, offence: str, element: str) -> Evidence:
        """The evidence for an element, made when first asked for, to be added to; all is weighed anew after that."""
        if self._parts:
            self._parts, self._general, self._weighed = {}, {}, {}
        if (of_offence := self.elements.get(offence)) is None:
            of_offence = self.elements[offence] = {}
        if (found := of_offence.get(element)) is None:
            found = of_offence[element] = Evidence()
        return found

    def weighed(self, offence: str, element: str, lists: OffenceLists) -> Weighed:
        """What is said of an element, with that of the elements which prove it; weighed once."""
        parts = self.parts(offence, lists).get(element)
        return NOTHING if parts is None else self.weigh(parts)

    def weigh(self, parts: list[Evidence]) -> Weighed:
        """What the parts come to together; means and permission speak of many elements, with the same words."""
        key: int | tuple[int, ...] = id(parts[0]) if len(parts) == 1 else tuple(map(id, parts))
        if (found := self._weighed.get(key)) is None:
            found = self._weighed[key] = _whole(parts)
        return found

    def parts(self, offence: str, lists: OffenceLists) -> dict[str, list[Evidence]]:
        """For each element of an offence all evidence that bears on it; empty where nothing is said of any."""
        if (found := self._parts.get(offence)) is None:
            found = self._parts[offence] = {}
            for name, evidence in sorted(self.elements.get(offence, {}).items()):
                for proved in lists.proves.get(name, (name,)):
                    found.setdefault(proved, []).append(evidence)
            if (closes := self.consent_closes.get(offence)) is not None:
                for matter, evidence in self._for_all(closes):
                    for name in lists.general[matter]:
                        found.setdefault(name, []).append(evidence)
        return found

    def _for_all(self, closes: bool) -> list[tuple[int, Evidence]]:
        """Permission and accident speak of every offence that they can take away; electronic means of every one.

        The evidence for lack of right (0), for a computer (1), for intent (2), as far as there is any.
        """
        if (found := self._general.get(closes)) is None:
            denied = self.authorised if closes and not self.without_right else []
            matters = (
                Evidence(indicated=self.without_right, denied=denied),
                Evidence(indicated=self.computer),
                Evidence(denied=self.accident if closes else []),
            )
            found = self._general[closes] = [row for row in enumerate(matters) if row[1].indicated or row[1].denied]
        return found


def _whole(parts: list[Evidence]) -> Weighed:
    whole = parts[0]
    if len(parts) > 1:
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
    found.without_computer = facts.get(table(catalogue).gate or "") == "no"
    return found


@functools.lru_cache(maxsize=8)
def _consent_closes(catalogue: Catalogue) -> dict[str, bool]:
    return {code: rule.consent_closes for code, rule in catalogue.classification_rules.offences.items()}


def _take(found: Findings, hit: Hit) -> None:
    bearing, denied = hit.bearing, hit.denied
    if bearing.offence:
        evidence = found.at(bearing.offence, bearing.element)
        spans = evidence.denied if denied else evidence.established if bearing.established else evidence.indicated
    elif bearing.element in MATTERS and not denied:
        spans = getattr(found, bearing.element)
    else:
        return
    if len(spans) < MAX_PASSAGES:
        spans.append((hit.start, hit.end))
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
