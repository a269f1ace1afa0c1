"""The question, checked: two different States, a measure in scope, known offences, a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.conventions.catalogue import Catalogue
from backend.conventions.errors import BadQuestion
from backend.conventions.legal_basis.answer import Reference
from backend.conventions.schema.instruments import Instrument
from backend.conventions.schema.states import State
from backend.conventions.schema.terms import Measure


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks whom for what, on which day, about which offences."""

    catalogue: Catalogue
    requesting: State
    requested: State
    measure: Measure
    chain: tuple[str, ...]
    on: date
    offences: tuple[str, ...]

    def speaks_of(self, measure: str) -> bool:
        """Whether a row about `measure` holds for the measure asked: the same, a wider one, or any."""
        return measure == "*" or measure in self.chain


def ask(
    catalogue: Catalogue, requesting: str, requested: str, measure: str, on: date, offences: Sequence[str]
) -> Question:
    """The question with its names looked up. Raises UnknownName or BadQuestion."""
    if requesting == requested:
        raise BadQuestion(f"requesting and requested State are both {requested!r}: name two different States")
    sought = catalogue.measure(measure)
    if not sought.in_scope:
        raise BadQuestion(f"the measure {measure!r} is outside the scope of this system: choose another measure")
    for code in offences:
        catalogue.offence(code)
    first, second = catalogue.state(requesting), catalogue.state(requested)
    return Question(catalogue, first, second, sought, catalogue.measure_chain(measure), on, tuple(offences))


def instrument_ref(instrument: Instrument, ref: str | None, verified: bool, doubtful: bool = False) -> Reference:
    """A reference to a row of an instrument."""
    return Reference(instrument.id, ref, verified, doubtful)


def state_ref(state: State, ref: str | None, verified: bool, seen_at: str | None = None) -> Reference:
    """A reference to a row of a State's file."""
    return Reference(state.code, ref, verified, False, seen_at)
