"""The gates of domestic law: conditions of both States, each with its direction."""

import re
from datetime import date

from backend.conventions.legal_basis.answer import GateStanding, JudgedGate, Reason
from backend.conventions.legal_basis.question import Question, state_ref
from backend.conventions.schema.states import Gate, Order, State

_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")

# Steps that asking or executing consists of; they are taken, not proved beforehand.
_STEPS = {
    "judge-order": "a judge's order is needed to execute it",
    "minister-consent": "the Minister has to consent",
    "form": "the request has to be in the statutory form",
    "letters-rogatory": "it is asked for by letters rogatory",
    "central-authority": "it passes through the central authority",
    "fiscalia-decision": "the Fiscalía decides on it",
}
_OPEN = {
    "order": "an Order has to apply the statute to the other State, and none naming it was seen",
    "designation": "the other State has to be designated, and no designation was seen",
    "commencement": "the statute has to be in operation, which was not established",
    "reciprocity": "reciprocity is asked for",
    "treaty": "a treaty between the two States is needed",
    "commonwealth": "it is open to Commonwealth States only",
}


def judge_gates(question: Question, treaties: frozenset[str]) -> tuple[JudgedGate, ...]:
    """Every gate of either State that matches the question. `treaties`: those that bind both and carry the measure."""
    asked, asking = question.requested, question.requesting
    judged = [_judge(gate, asked, asking, question, treaties) for gate in _matching(question, asked, asking)]
    judged += [_judge(gate, asking, asked, question, treaties) for gate in _matching(question, asking, asked)]
    return tuple(judged)


def open_gates(gates: tuple[JudgedGate, ...]) -> tuple[JudgedGate, ...]:
    """The gates that are not known to be met, alternatives counted: one that is met opens its group."""
    met = {(gate.state, gate.alternative) for gate in gates if gate.alternative and gate.standing is GateStanding.MET}
    return tuple(
        gate for gate in gates if gate.standing is GateStanding.OPEN and (gate.state, gate.alternative) not in met
    )


def _matching(question: Question, state: State, other: State) -> list[Gate]:
    direction = "incoming" if state is question.requested else "outgoing"
    return [
        gate
        for gate in (state.gates if question.territory_of(state) is None else None) or ()
        if gate.direction == direction
        and _reaches(gate, other)
        and (not gate.measures or any(measure in question.chain for measure in gate.measures))
    ]


def _reaches(gate: Gate, other: State) -> bool:
    commonwealth = "commonwealth" if "commonwealth" in other.memberships else "non-commonwealth"
    return bool({"*", other.code, commonwealth} & set(gate.applies_to))


def _judge(gate: Gate, state: State, other: State, question: Question, treaties: frozenset[str]) -> JudgedGate:
    standing = _standing(gate, other, question, treaties)
    refs = (state_ref(state, gate.ref, gate.verified, gate.source),)
    reason = Reason(f"gate-{gate.needs}", _sentence(gate, state), refs)
    return JudgedGate(state.code, gate.direction, gate.needs, standing, reason, gate.any_of)


def _sentence(gate: Gate, state: State) -> str:
    what = _STEPS.get(gate.needs) or _OPEN.get(gate.needs) or "nothing further is asked for"
    unsettled = " Whether it reaches this request was not established." if gate.unsettled else ""
    return f"{state.name.en}, {gate.ref}: {what}.{unsettled}" + (f" {gate.note}" if gate.note else "")


def _standing(gate: Gate, other: State, question: Question, treaties: frozenset[str]) -> GateStanding:
    if gate.needs in _STEPS:
        return GateStanding.TO_DO
    met = {
        "none": True,
        "treaty": bool(treaties & set(gate.instruments) if gate.instruments else treaties),
        "commonwealth": "commonwealth" in other.memberships,
    }.get(gate.needs, False)
    ordered = any(other.code in order.states and _made(order, question.on) for order in gate.orders)
    return GateStanding.MET if (met or ordered) and not gate.unsettled else GateStanding.OPEN


def _made(order: Order, on: date) -> bool:
    """Whether the Order was made by the day. Without a day its year counts, as its citation gives it, from its end on.

    An Order with neither is taken as made: what was listed was in operation.
    """
    if order.date is not None:
        return order.date <= on
    years = [int(year) for year in _YEAR.findall(order.citation)]
    return not years or on.year > max(years)
