"""Which question to ask next: the one whose answer takes away most of what is open, for an offence or for all.

Never one that is answered already, by an answer (unknown is one) or plainly by the narrative, and never against the
conditions under `ask_when`. Of questions that are worth the same the first in `facts.yaml` is asked; worth.py says
what a question is worth.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification.answer import ElementStanding, NextQuestion, Settles, Standing, Texts
from backend.conventions.classification.bearings import DECIDED, Effect, table
from backend.conventions.classification.evidence import Findings, Weighed
from backend.conventions.classification.lists import offence_lists
from backend.conventions.classification.weighing import evidence
from backend.conventions.classification.worth import plan, worth_of
from backend.conventions.schema.terms import AskWhen, Fact

# To an offence that is not proposed a single word may point: what is proposed goes first.
_POINTED_TO = 0.25


@dataclass
class Case:
    """What is known when a question is chosen.

    `open` has for each offence that is still a candidate the elements of its leading list; `found` names those that
    are proposed; `told` is the evidence of the narrative alone; `answers` are those of the officer.
    """

    catalogue: Catalogue
    open: Mapping[str, tuple[ElementStanding, ...]]
    found: frozenset[str]
    told: Findings
    answers: Mapping[str, str]
    _implied: dict[str, str | None] = field(default_factory=dict)
    _askable: dict[str, bool] = field(default_factory=dict)

    @functools.cached_property
    def worth(self) -> dict[str, Mapping[str, float]]:
        """What each question is worth for each open offence."""
        return {code: worth_of(self.catalogue, code, elements) for code, elements in self.open.items()}

    def askable(self, fact: Fact) -> bool:
        """Whether a question may be asked at all: not yet answered, and its conditions hold."""
        if fact.id not in self._askable:
            unasked = fact.id not in self.answers and _condition(self, fact)
            self._askable[fact.id] = unasked and not _answered(self, fact)
        return self._askable[fact.id]

    def implied(self, fact: Fact) -> str | None:
        """The answer that the narrative plainly gives itself; None where it gives none, or both."""
        if fact.id not in self._implied:
            given = [answer for answer in DECIDED if _plainly(self, fact, answer)]
            self._implied[fact.id] = given[0] if len(given) == 1 else None
        return self._implied[fact.id]

    def holds(self, name: str, answer: str) -> bool:
        """Whether a question was answered so, or, where nobody was asked, the narrative plainly says so."""
        given = self.answers.get(name)
        return given == answer if given is not None else self.implied(self.catalogue.facts[name]) == answer


def of_offence(case: Case, code: str) -> NextQuestion | None:
    """The next question about one of the open offences; None where no answer would change anything."""
    return _best(case, case.worth[code], (code,))


def of_incident(case: Case) -> NextQuestion | None:
    """The next question about the incident: for all open offences together, then those that are asked always."""
    worth: dict[str, float] = {}
    for code, found in case.worth.items():
        share = 1.0 if code in case.found else _POINTED_TO
        for name, value in found.items():
            worth[name] = worth.get(name, 0.0) + share * value
    best = _best(case, worth, tuple(case.open))
    if best is not None or case.answers.get(table(case.catalogue).gate or "") == "no":
        return best
    for fact in case.catalogue.facts.values():
        routine = fact.ask_when.always or (not case.open and _pointed_to(case, fact.ask_when))
        if routine and case.askable(fact):
            return _question(case, fact, tuple(case.open))
    return None


def _best(case: Case, worth: Mapping[str, float], codes: tuple[str, ...]) -> NextQuestion | None:
    order = _order(case.catalogue)
    for name in sorted(worth, key=lambda name: (-round(worth[name], 6), order[name])):
        if case.askable(case.catalogue.facts[name]):
            return _question(case, case.catalogue.facts[name], codes)
    return None


@functools.lru_cache(maxsize=8)
def _order(catalogue: Catalogue) -> dict[str, int]:
    return {name: place for place, name in enumerate(catalogue.facts)}


def _question(case: Case, fact: Fact, codes: Iterable[str]) -> NextQuestion:
    settles = [Settles(code, _unsettled(case, code, fact.id)) for code in codes]
    return NextQuestion(fact.id, *_texts(case.catalogue, fact.id), tuple(row for row in settles if row.elements))


@functools.lru_cache(maxsize=512)
def _texts(catalogue: Catalogue, name: str) -> tuple[Texts, Texts]:
    text, advice = catalogue.facts[name].question, catalogue.facts[name].help
    return (
        Texts(text.en, text.es, text.fr, text.nl),
        Texts(advice["en"], advice.get("es"), advice.get("fr"), advice.get("nl")),
    )


def _unsettled(case: Case, code: str, fact: str) -> tuple[str, ...]:
    elements = case.open[code]
    places = plan(case.catalogue, code, elements).touched(fact, tuple(element.standing for element in elements))
    return tuple(elements[place].id for place in places)


# ── may it be asked


def _condition(case: Case, fact: Fact) -> bool:
    """`unless` looks at answers only: a remark in the narrative about some permission silences no question."""
    when = fact.ask_when
    if any(case.answers.get(row.fact) == row.answer for row in when.unless):
        return False
    return when.always or any(code in case.open for code in when.open) or _pointed_to(case, when)


def _pointed_to(case: Case, when: AskWhen) -> bool:
    return any(case.holds(row.fact, row.answer) for row in when.any)


def _answered(case: Case, fact: Fact) -> bool:
    return case.implied(fact) is not None and (fact.told is None or fact.told.settles)


def _plainly(case: Case, fact: Fact, answer: str) -> bool:
    """Whether the narrative says of some offence all that the answer would say of what makes that offence."""
    if fact.told is not None:
        matters: tuple[str, ...] = getattr(fact.told, answer)
        return any(getattr(case.told, matter) for matter in matters)
    known = table(case.catalogue)
    bearing = {place[0] for side in known.strong(fact.id, answer) for place in side} or known.offences_of(fact.id)
    return any(_says(case, code, known.effect(code, fact.id, answer)) for code in bearing)


def _says(case: Case, code: str, effect: Effect | None) -> bool:
    rule = case.catalogue.classification_rules.offences.get(code)
    if effect is None or rule is None:
        return False
    wanted, side = (
        (Standing.ESTABLISHED, effect.speaks_for) if effect.speaks_for else (Standing.CONTRADICTED, effect.against)
    )
    touched = [names for group in rule.shows if (names := side.keys() & set(group))]
    some_or_all = any if wanted is Standing.ESTABLISHED else all
    return bool(touched) and all(
        some_or_all(told(case, code, name).standing is wanted for name in names) for names in touched
    )


def told(case: Case, code: str, element: str) -> Weighed:
    """What the narrative alone says of an element."""
    return evidence(code, element, offence_lists(case.catalogue)[code], case.told)
