"""What the narrative and the answers of the officer say of each element of each offence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification.answer import Standing
from backend.conventions.classification.cues import Hit
from backend.conventions.errors import BadQuestion, UnknownName
from backend.conventions.schema.engine import ClassificationRules
from backend.conventions.schema.terms import Fact, FactBearing

Span = tuple[int, int]
# Elements that say the same of every offence: the act was not permitted. Cues for it are kept once per language.
WITHOUT_RIGHT = ("without-right", "no-lawful-excuse", "no-consent")
COMPUTER = ("by-computer-system", "use-of-computer", "computer-system", "ict-system")
INTENT = ("intent", "wilful", "intent-or-recklessness")


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
        against, speaks_for = set(self.facts_against.values()), set(self.facts_for.values())
        if Standing.CONTRADICTED in against:
            return Standing.OPEN if Standing.ESTABLISHED in speaks_for else Standing.CONTRADICTED
        if Standing.ESTABLISHED in speaks_for:
            return Standing.ESTABLISHED
        told = self._told()
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

    @property
    def spans(self) -> tuple[Span, ...]:
        """The words that speak for the element."""
        return tuple(sorted({*self.established, *self.indicated}))

    def together(self, other: "Evidence") -> "Evidence":
        """Both, as one."""
        return Evidence(
            self.established + other.established,
            self.indicated + other.indicated,
            self.denied + other.denied,
            self.facts_for | other.facts_for,
            self.facts_against | other.facts_against,
        )


@dataclass(slots=True)
class Findings:
    """All evidence, by offence and element, and the matters that concern every offence."""

    elements: dict[tuple[str, str], Evidence] = field(default_factory=dict)
    computer: list[Span] = field(default_factory=list)
    authorised: list[Span] = field(default_factory=list)
    accident: list[Span] = field(default_factory=list)
    without_right: list[Span] = field(default_factory=list)
    answered: bool = False

    def at(self, offence: str, element: str) -> Evidence:
        """The evidence for an element, made when first asked for."""
        return self.elements.setdefault((offence, element), Evidence())


def gather(catalogue: Catalogue, hits: Iterable[Hit], facts: Mapping[str, str]) -> Findings:
    """The evidence of narrative and answers. Raises UnknownName or BadQuestion for an answer that cannot be read."""
    found = Findings()
    for hit in hits:
        _take(found, hit)
    for name, answer in facts.items():
        if name not in catalogue.facts:
            raise UnknownName("fact", name, catalogue.facts, "use an id of the questions")
        if answer not in {"yes", "no", "unknown"}:
            raise BadQuestion(f"the fact {name!r} is answered {str(answer)[:40]!r}: expected yes, no or unknown")
        _answer(found, catalogue.facts[name], answer)
        found.answered = True
    _general(found, catalogue.classification_rules)
    return found


def _take(found: Findings, hit: Hit) -> None:
    span, bearing = (hit.start, hit.end), hit.bearing
    if not bearing.offence:
        spans: list[Span] | None = getattr(found, bearing.element, None)
        if spans is not None and not hit.denied:
            spans.append(span)
        return
    evidence = found.at(bearing.offence, bearing.element)
    if hit.denied:
        evidence.denied.append(span)
    else:
        (evidence.established if bearing.established else evidence.indicated).append(span)


def _answer(found: Findings, fact: Fact, answer: str) -> None:
    for bearing in _that_apply(fact.establishes, answer, "yes"):
        standing = Standing(bearing.standing or "established")
        found.at(bearing.offence, bearing.element).facts_for[fact.id] = standing
    for bearing in _that_apply(fact.contradicts, answer, "no"):
        standing = Standing(bearing.standing or "contradicted")
        found.at(bearing.offence, bearing.element).facts_against[fact.id] = standing


def _that_apply(bearings: Sequence[FactBearing], answer: str, default: str) -> list[FactBearing]:
    return [bearing for bearing in bearings if answer == (bearing.when or default)]


def _general(found: Findings, rules: ClassificationRules) -> None:
    """Permission and accident speak of every offence that they can take away; electronic means of every one."""
    for code, rule in rules.offences.items():
        for element in WITHOUT_RIGHT:
            evidence = found.at(code, element)
            evidence.indicated += found.without_right
            if rule.consent_closes and not found.without_right:
                evidence.denied += found.authorised
        for element in COMPUTER:
            found.at(code, element).indicated.extend(found.computer)
        if rule.consent_closes:
            for element in INTENT:
                found.at(code, element).denied.extend(found.accident)
