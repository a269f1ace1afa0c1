"""Which instruments come into question between two States, and whether each binds both on the day."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.conventions.binding import Binding, Bound, binds, binds_pair, extends
from backend.conventions.legal_basis.answer import Basis, Reason, Reference, Standing
from backend.conventions.legal_basis.question import Question
from backend.conventions.schema.instruments import Instrument
from backend.conventions.schema.states import BilateralStanding, State


@dataclass(frozen=True, slots=True)
class Candidate:
    """An instrument with the answer whether it binds both States."""

    instrument: Instrument
    bound: Bound
    reasons: tuple[Reason, ...]


def candidates(question: Question) -> tuple[Candidate, ...]:
    """Every instrument of which one of the two States has a row, except those that only others share."""
    rows = {row.instrument for state in _pair(question) for row in state.treaties}
    between = {row.instrument for row in _bilateral(question) if row.instrument}
    found = [_multilateral(question, name) for name in sorted(rows)]
    return tuple(found + [_bilateral_candidate(question, name) for name in sorted(between)])


def contents_unknown(question: Question) -> tuple[Basis, ...]:
    """Bilateral treaties of which nothing but the existence is known: unknown, by their title."""
    unfiled = {row.title: row for row in _bilateral(question) if row.instrument is None}
    return tuple(_unfiled_basis(question, row) for row in unfiled.values())


def _pair(question: Question) -> tuple[State, State]:
    return question.requesting, question.requested


def _bilateral(question: Question) -> list[BilateralStanding]:
    first, second = _pair(question)
    return [row for row in first.bilateral if row.with_state == second.code] + [
        row for row in second.bilateral if row.with_state == first.code
    ]


def _multilateral(question: Question, name: str) -> Candidate:
    instrument = question.catalogue.instrument(name)
    bindings = [binds(instrument, state, question.on) for state in _pair(question)]
    if instrument.parent:
        parent = question.catalogue.instrument(instrument.parent)
        bindings += [binds(parent, state, question.on) for state in _pair(question)]
    return _candidate(question, instrument, bindings)


def _bilateral_candidate(question: Question, name: str) -> Candidate:
    instrument = question.catalogue.instrument(name)
    return _candidate(question, instrument, binds_pair(instrument, *_pair(question), question.on))


def _candidate(question: Question, instrument: Instrument, bindings: Sequence[Binding]) -> Candidate:
    found = list(bindings)
    # What does not bind the State cannot have been extended: only then is the territory worth a word.
    if all(binding.bound is Bound.YES for binding in found):
        sides = [(state, question.territory_of(state)) for state in _pair(question)]
        found += [extends(instrument, state, place, question.on) for state, place in sides if place]
    reasons = tuple(
        Reason(b.code, b.text, (Reference(b.state, b.instrument, b.verified, False, b.source),)) for b in found
    )
    return Candidate(instrument, _together([b.bound for b in found]), reasons)


def _together(bounds: list[Bound]) -> Bound:
    """One State that is not bound settles it; else one of which it is not known leaves it open."""
    if Bound.NO in bounds:
        return Bound.NO
    return Bound.UNKNOWN if Bound.UNKNOWN in bounds else Bound.YES


def _unfiled_basis(question: Question, row: BilateralStanding) -> Basis:
    first, second = sorted((question.requesting.code, question.requested.code))
    since = f", in force since {row.in_force.isoformat()}" if row.in_force else ""
    text = f"{row.title} between {first} and {second}{since}: nothing is known of its content. {row.note or ''}".strip()
    ref = Reference(question.requesting.code, row.ref, row.verified, False, row.source)
    reason = Reason("content-unknown", text, (ref,))
    return Basis(f"bilateral:{first}-{second}", row.title, True, Standing.UNKNOWN, (reason,))


def not_bound(candidate: Candidate) -> Basis:
    """The basis that is none, or of which it is not known, because a State is not known to be bound."""
    standing = Standing.NOT_APPLICABLE if candidate.bound is Bound.NO else Standing.UNKNOWN
    instrument = candidate.instrument
    return Basis(instrument.id, instrument.short_title, instrument.bilateral, standing, candidate.reasons)
