"""What each answer to each question of `facts.yaml` does to the elements of each offence, made ready once."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification.answer import Standing
from backend.conventions.classification.lists import offence_lists
from backend.conventions.schema.terms import Fact

DECIDED = ("yes", "no")
Place = tuple[str, str]
_STRENGTH = {Standing.INDICATED: 1, Standing.ESTABLISHED: 2, Standing.CONTRADICTED: 2}


@dataclass(slots=True)
class Effect:
    """Of one answer on one offence: elements it speaks for and elements it speaks against, each with how much.

    Only what the data name: `proves` of the table says which further elements each of them carries along.
    """

    speaks_for: dict[str, Standing] = field(default_factory=dict)
    against: dict[str, Standing] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """Effects by offence, question and answer; `gate` asks whether a computer played a part, if any question does."""

    effects: dict[str, dict[str, dict[str, Effect]]]
    proves: dict[str, dict[str, tuple[str, ...]]]
    gate: str | None

    def effect(self, offence: str, fact: str, answer: str) -> Effect | None:
        """What `answer` does to the offence; None where it does nothing."""
        return self.effects.get(offence, {}).get(fact, {}).get(answer)

    def offences_of(self, fact: str) -> Iterator[str]:
        """The offences on which the question bears."""
        return (offence for offence, facts in self.effects.items() if fact in facts)

    def strong(self, fact: str, answer: str) -> tuple[frozenset[Place], frozenset[Place]]:
        """The elements that the answer establishes and those that it contradicts, not merely indicates."""
        rows = [(code, self.effect(code, fact, answer)) for code in self.offences_of(fact)]
        effects = [(code, row) for code, row in rows if row]
        return (
            frozenset((c, e) for c, row in effects for e, s in row.speaks_for.items() if s is Standing.ESTABLISHED),
            frozenset((c, e) for c, row in effects for e, s in row.against.items() if s is Standing.CONTRADICTED),
        )


@functools.lru_cache(maxsize=8)
def table(catalogue: Catalogue) -> Table:
    """The effects of every answer."""
    effects: dict[str, dict[str, dict[str, Effect]]] = {}
    for fact in catalogue.facts.values():
        _enter(effects, fact)
    proves = {code: lists.proves for code, lists in offence_lists(catalogue).items()}
    gates = [fact.id for fact in catalogue.facts.values() if fact.told and "computer" in fact.told.yes]
    return Table(effects, proves, gates[0] if gates else None)


def _enter(effects: dict[str, dict[str, dict[str, Effect]]], fact: Fact) -> None:
    for bearings, default, name in ((fact.establishes, "yes", "speaks_for"), (fact.contradicts, "no", "against")):
        plain = Standing.ESTABLISHED if name == "speaks_for" else Standing.CONTRADICTED
        for row in bearings:
            answers = effects.setdefault(row.offence, {}).setdefault(fact.id, {})
            side = getattr(answers.setdefault(row.when or default, Effect()), name)
            side[row.element] = stronger(side.get(row.element), Standing(row.standing) if row.standing else plain)


def stronger(first: Standing | None, second: Standing) -> Standing:
    """The stronger of two standings that point the same way."""
    return first if first is not None and _STRENGTH[first] >= _STRENGTH[second] else second
