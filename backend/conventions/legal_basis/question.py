"""The question, checked: two different States, a measure in scope, known offences, a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.conventions.catalogue import Catalogue
from backend.conventions.dating import as_of
from backend.conventions.errors import BadQuestion
from backend.conventions.legal_basis.reasons import Reference
from backend.conventions.schema.instruments import Instrument
from backend.conventions.schema.states import State, Territory
from backend.conventions.schema.terms import Measure


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks whom for what, on which day, about which offences. The catalogue is that of the day.

    A territory is set where the question names one that has authorities and treaty relations of its own.
    """

    catalogue: Catalogue
    requesting: State
    requested: State
    measure: Measure
    chain: tuple[str, ...]
    on: date
    offences: tuple[str, ...]
    requesting_territory: Territory | None = None
    requested_territory: Territory | None = None

    def speaks_of(self, measure: str) -> bool:
        """Whether a row about `measure` holds for the measure asked: the same, a wider one, or any."""
        return measure == "*" or measure in self.chain

    def territory_of(self, state: State) -> Territory | None:
        """The territory of `state` that the question is about."""
        return self.requesting_territory if state is self.requesting else self.requested_territory

    def name_of(self, state: State) -> str:
        """The name of the State, or of its territory that the question is about, in English."""
        territory = self.territory_of(state)
        return territory.name if territory else state.name.en


def ask(
    catalogue: Catalogue, requesting: str, requested: str, measure: str, on: date, offences: Sequence[str]
) -> Question:
    """The question with its names looked up. Raises UnknownName or BadQuestion."""
    sought = catalogue.measure(measure)
    if not sought.in_scope:
        raise BadQuestion(f"the measure {measure!r} is outside the scope of this system: choose another measure")
    for code in offences:
        catalogue.offence(code)
    law = as_of(catalogue, on)
    (first, here), (second, there) = law.place(requesting), law.place(requested)
    if first is second:
        named = repr(requesting) if requesting == requested else f"{requesting!r} and {requested!r}, of one State"
        raise BadQuestion(f"requesting and requested State are both {named}: name two different States")
    chain = law.measure_chain(measure)
    return Question(law, first, second, sought, chain, on, tuple(dict.fromkeys(offences)), _own(here), _own(there))


def _own(territory: Territory | None) -> Territory | None:
    """A territory in which the State's own law and treaties hold is the State."""
    return None if territory is None or territory.national else territory


def instrument_ref(instrument: Instrument, ref: str | None, verified: bool, doubtful: bool = False) -> Reference:
    """A reference to a row of an instrument."""
    return Reference(instrument.id, ref, verified, doubtful)


def state_ref(state: State, ref: str | None, verified: bool, seen_at: str | None = None) -> Reference:
    """A reference to a row of a State's file."""
    return Reference(state.code, ref, verified, False, seen_at)
