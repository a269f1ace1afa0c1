"""What can be done beside or without a treaty. None of it is a treaty basis; each says what it is worth."""

from collections.abc import Sequence

from backend.conventions.legal_basis.answer import Basis, JudgedGate, Reason, Reference, Remaining, Standing
from backend.conventions.legal_basis.gates import open_gates
from backend.conventions.legal_basis.question import Question, state_ref

# The root of the tree of letters: a wider question to put here, no way beside it.
_LETTERS = {"mla-general"}


def remaining(question: Question, bases: Sequence[Basis], gates: tuple[JudgedGate, ...]) -> tuple[Remaining, ...]:
    """The domestic statute of the requested State, reciprocity, and the advice of the tree of measures."""
    ways = [_statute(question, gates)]
    if not any(basis.usable for basis in bases):
        ways.append(_reciprocity(question))
    ways += [_fallback(question, name) for name in _advised(question)]
    return tuple(ways)


def _statute(question: Question, gates: tuple[JudgedGate, ...]) -> Remaining:
    state, statute = question.requested, question.requested.mla_statute
    if statute.title is None or question.requested_territory is not None:
        text = f"No statute of {question.name_of(state)} on mutual legal assistance was established."
        missing = Reason("statute-not-established", text, (state_ref(state, None, False),))
        return Remaining("domestic-statute", Standing.UNKNOWN, (missing,))
    title = f"{statute.title} ({statute.citation})" if statute.citation else statute.title
    refs = (state_ref(state, title, statute.verified, statute.source),)
    told = " ".join(part for part in (statute.gate, statute.note) if part)
    reason = Reason("statute", f"The law of {state.name.en} has: {title}. {told}".strip(), refs)
    incoming = tuple(gate for gate in gates if gate.direction == "incoming")
    # Without a single gate in the data nothing is known of what the statute asks.
    if state.gates is None:
        return Remaining("domestic-statute", Standing.UNKNOWN, (reason,))
    closed = tuple(gate.reason for gate in open_gates(incoming))
    standing = Standing.UNKNOWN if closed else Standing.WITH_CONDITIONS
    return Remaining("domestic-statute", standing, (reason, *closed))


def _reciprocity(question: Question) -> Remaining:
    text = (
        f"Without a treaty a request to {question.name_of(question.requested)} rests on reciprocity and goes by "
        "diplomatic channel; whether it is honoured was not established."
    )
    reason = Reason("reciprocity", text, (state_ref(question.requested, None, False),))
    return Remaining("reciprocity", Standing.UNKNOWN, (reason,))


def _advised(question: Question) -> tuple[str, ...]:
    """What the tree advises, followed to its end, without the measures that a letter would ask for."""
    found: dict[str, None] = {}
    todo = list(question.measure.falls_back_to)
    while todo:
        name = todo.pop(0)
        if name not in found:
            found[name] = None
            todo += question.catalogue.measure(name).falls_back_to
    beside = (question.catalogue.measure(name) for name in found if name != question.measure.id)
    return tuple(measure.id for measure in beside if measure.parent is None and measure.id not in _LETTERS)


def _fallback(question: Question, name: str) -> Remaining:
    measure = question.catalogue.measure(name)
    told = " ".join(part for part in (measure.definition, measure.note) if part)
    reasons = [Reason("advice", f"{measure.label.en}: {told}", (Reference("measures", measure.id, False),))]
    if name == "provider-request":
        state = question.requested
        reasons += [
            Reason("provider-law", row.text, (state_ref(state, row.ref, row.verified, row.source),))
            for row in state.provider_law
        ]
    return Remaining(name, Standing.WITH_CONDITIONS, tuple(reasons))
