"""Which grounds of refusal the question itself makes likely. The others depend on facts that it does not tell."""

from collections.abc import Sequence
from dataclasses import replace

from backend.conventions.legal_basis.answer import Basis, Composition, Refusal
from backend.conventions.legal_basis.gates import open_gates
from backend.conventions.legal_basis.question import Question, state_ref
from backend.conventions.legal_basis.reasons import Reason

# Rules under which the requested State cannot refuse for want of dual criminality.
_NOT_ASKED = {"not-required", "not-applicable"}


def with_likely_grounds(question: Question, bases: Sequence[Basis], composition: Composition) -> tuple[Basis, ...]:
    """The bases, each ground of refusal with the reasons for which it is to be expected."""
    signs: dict[str, tuple[Reason, ...]] = {
        "gate-open": tuple(gate.reason for gate in open_gates(composition.gates) if gate.direction == "incoming"),
        "power-not-seen": tuple(reason for reason in composition.unknowns if reason.code == "power-not-seen"),
        "office-not-established": tuple(row for row in composition.unknowns if row.code == "no-requested-office"),
        "offence-not-seen": _offences_not_seen(question),
    }
    return tuple(_expected(question, basis, signs) for basis in bases)


def _expected(question: Question, basis: Basis, signs: dict[str, tuple[Reason, ...]]) -> Basis:
    if not basis.usable or not basis.refusal_grounds:
        return basis
    own = {**signs, "outside-instrument": _outside(question, basis)}
    rules = question.catalogue.basis_rules.likely
    grounds, changed = [], False
    for ground in basis.refusal_grounds:
        likely = tuple(reason for sign in rules.get(ground.ground, ()) for reason in own[sign])
        expected = bool(likely) and _can_be_raised(basis, ground)
        grounds.append(replace(ground, likely=likely) if expected else ground)
        changed = changed or expected
    return replace(basis, refusal_grounds=tuple(grounds)) if changed else basis


def _can_be_raised(basis: Basis, ground: Refusal) -> bool:
    """A measure for which dual criminality is not asked cannot be refused for want of it, save by reservation."""
    rule = basis.dual_criminality.rule if basis.dual_criminality else None
    return ground.ground != "no-dual-criminality" or rule not in _NOT_ASKED


def _offences_not_seen(question: Question) -> tuple[Reason, ...]:
    state = question.requested
    seen = {row.offence for row in state.cybercrime_statute.offences if not row.doubtful}
    refs, name = (state_ref(state, state.cybercrime_statute.title, False),), question.name_of(state)
    return tuple(
        Reason("offence-not-seen", f"No provision of {name} on {code} is in the data; there may still be one.", refs)
        for code in question.offences
        if code not in seen or question.requested_territory is not None
    )


def _outside(question: Question, basis: Basis) -> tuple[Reason, ...]:
    instrument = question.catalogue.instrument(basis.instrument)
    family = [instrument, question.catalogue.instrument(instrument.parent)] if instrument.parent else [instrument]
    described = {article.offence for one in family for article in one.offences}
    refs = (basis.measure_ref,) if basis.measure_ref else ()
    return tuple(
        Reason("outside-instrument", f"{basis.title} does not describe {code}.", refs)
        for code in question.offences
        if code not in described
    )
