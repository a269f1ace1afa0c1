"""What the answer to each question is worth for one offence: the mean, over yes and no, of the doubt that it removes.

The doubt of a required element, or group of alternatives, is its weight times what is lacking to being established. An
answer that closes an offence removes all doubt. What the narrative establishes no answer is asked to undo.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification.answer import ElementStanding, Standing
from backend.conventions.classification.bearings import DECIDED, Effect, table
from backend.conventions.classification.lists import required_groups

# An element that only some States or instruments ask for is worth asking about, but not first.
_OPTIONAL = 0.25
SETTLED = frozenset({Standing.ESTABLISHED, Standing.CONTRADICTED})


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives of which one is enough, by their places in the list; `closes` where the offence needs one."""

    members: tuple[int, ...]
    weight: float
    closes: bool


@dataclass(frozen=True, slots=True)
class Move:
    """What an answer does to the element at a place of the list."""

    place: int
    group: int
    standing: Standing


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """For one list of one offence: its groups and, by question, the moves of a yes and those of a no."""

    groups: tuple[Group, ...]
    moves: dict[str, tuple[tuple[Move, ...], ...]]
    gate: str | None
    indicated: float

    def worth(self, standings: tuple[Standing, ...]) -> dict[str, float]:
        """What each question is worth where the elements stand so; questions that are worth nothing are left out."""
        doubts = [self._doubt(group, standings, {}) for group in self.groups]
        unsure = sum(doubts)
        found = {}
        for fact, by_answer in self.moves.items():
            removed = sum(self._removed(moves, standings, doubts, unsure) for moves in by_answer)
            if removed > 0:
                found[fact] = round(removed / len(DECIDED), 6)
        if self.gate is not None and unsure > 0:
            found[self.gate] = max(found.get(self.gate, 0.0), unsure / len(DECIDED))
        return found

    def touched(self, fact: str, standings: tuple[Standing, ...]) -> list[int]:
        """The places, not settled yet and in no settled group, on which an answer to the question bears."""
        moves = [move for by_answer in self.moves.get(fact, ()) for move in by_answer]
        return sorted(
            {
                move.place
                for move in moves
                if standings[move.place] not in SETTLED
                and Standing.ESTABLISHED not in (standings[place] for place in self.groups[move.group].members)
            }
        )

    def _doubt(self, group: Group, standings: tuple[Standing, ...], moved: Mapping[int, Standing]) -> float:
        best = 0.0
        for place in group.members:
            standing = moved.get(place) or standings[place]
            sure = 1.0 if standing in SETTLED else self.indicated if standing is Standing.INDICATED else 0.0
            best = max(best, sure)
        return group.weight * (1 - best)

    def _removed(
        self, moves: tuple[Move, ...], standings: tuple[Standing, ...], doubts: list[float], unsure: float
    ) -> float:
        moved = {move.place: move.standing for move in moves if standings[move.place] not in SETTLED}
        removed = 0.0
        for number in {move.group for move in moves if move.place in moved}:
            group = self.groups[number]
            after = [moved.get(place, standings[place]) for place in group.members]
            if group.closes and all(standing is Standing.CONTRADICTED for standing in after):
                return unsure
            removed += max(0.0, doubts[number] - self._doubt(group, standings, moved))
        return removed


def plan(catalogue: Catalogue, code: str, elements: tuple[ElementStanding, ...]) -> Plan:
    """The plan for an offence and one of its lists, made once for each."""
    shape = tuple((element.id, element.kind, element.required, element.any_of) for element in elements)
    return _plan(catalogue, code, shape)


def worth_of(catalogue: Catalogue, code: str, elements: tuple[ElementStanding, ...]) -> Mapping[str, float]:
    """What each question is worth for an offence whose elements stand so, kept: the same standings recur."""
    return _worth(plan(catalogue, code, elements), tuple(element.standing for element in elements))


@functools.lru_cache(maxsize=4096)
def _worth(found: Plan, standings: tuple[Standing, ...]) -> Mapping[str, float]:
    return found.worth(standings)


@functools.lru_cache(maxsize=512)
def _plan(catalogue: Catalogue, code: str, shape: tuple[tuple[str, str, bool, str | None], ...]) -> Plan:
    rules = catalogue.classification_rules
    elements = [
        ElementStanding(name, "", kind, required, any_of, Standing.OPEN, (), ())
        for name, kind, required, any_of in shape
    ]
    places = {element.id: place for place, element in enumerate(elements)}
    groups = [
        Group(group, getattr(rules.weights, elements[group[0]].kind), closes=True)
        for group in required_groups(elements)
    ]
    groups += [
        Group((places[e.id],), _OPTIONAL * getattr(rules.weights, e.kind), closes=False)
        for e in elements
        if not e.required
    ]
    known, rule = table(catalogue), rules.offences.get(code)
    moves = {
        fact: tuple(_moves(catalogue, code, by_answer.get(answer), places, groups) for answer in DECIDED)
        for fact, by_answer in known.effects.get(code, {}).items()
    }
    gate = known.gate if rule is not None and rule.needs_computer else None
    return Plan(tuple(groups), moves, gate, rules.weights.indicated)


def _moves(
    catalogue: Catalogue, code: str, effect: Effect | None, places: Mapping[str, int], groups: Iterable[Group]
) -> tuple[Move, ...]:
    """Only plain contradictions count against an element; of two moves of one element the one for it is taken."""
    if effect is None:
        return ()
    proves = table(catalogue).proves.get(code, {})
    moved: dict[int, Standing] = {}
    for side in (
        effect.against,
        dict(sorted(effect.speaks_for.items(), key=lambda row: row[1] is Standing.ESTABLISHED)),
    ):
        for name, standing in side.items():
            if side is not effect.against or standing is Standing.CONTRADICTED:
                moved |= {places[reached]: standing for reached in proves.get(name, (name,)) if reached in places}
    of_place = {place: number for number, group in enumerate(groups) for place in group.members}
    return tuple(Move(place, of_place[place], standing) for place, standing in sorted(moved.items()))
