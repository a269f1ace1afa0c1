"""On what legal basis may one State ask another for a measure, on a day, and what has the letter to contain?

`find` is the whole of it: pure, from the data, and "unknown" is one of its answers.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.errors import BadQuestion
from backend.conventions.legal_basis.answer import Basis, BasisAnswer, JudgedGate, Reason, Reference, Standing
from backend.conventions.legal_basis.candidates import candidates, contents_unknown
from backend.conventions.legal_basis.composing import compose
from backend.conventions.legal_basis.expecting import with_likely_grounds
from backend.conventions.legal_basis.gates import judge_gates, open_gates
from backend.conventions.legal_basis.judging import judge
from backend.conventions.legal_basis.question import Question, ask
from backend.conventions.legal_basis.ranking import rank
from backend.conventions.legal_basis.remaining import remaining
from backend.conventions.legal_basis.requirements import requirements
from backend.conventions.legal_basis.stating import state_terms

__all__ = ["BasisAnswer", "Reference", "Standing", "find"]


def find(
    requesting: str,
    requested: str,
    measure: str,
    *,
    on: date,
    offences: Sequence[str] = (),
    catalogue: Catalogue | None = None,
) -> BasisAnswer:
    """How `requesting` may ask `requested` for `measure` on the day `on`; States by code, measure by id of the tree.

    A territory is named by its own code: what binds its State is looked up for it, and its own offices.
    `offences` are codes of the common list; without them a condition that depends on them stays open.
    Raises UnknownName for a name that the data do not know and BadQuestion for one that cannot be answered.
    """
    question = ask(catalogue or shipped(), requesting, requested, measure, on, offences)
    found = candidates(question)
    if found and all(any(reason.code == "not-existing" for reason in one.reasons) for one in found):
        raise BadQuestion(
            f"no instrument between {requesting!r} and {requested!r} existed on {on}: ask for a later day"
        )
    judged = [judge(candidate, question) for candidate in found]
    gates = judge_gates(question, frozenset(basis.instrument for basis in judged if basis.usable))
    gated = [_behind_gates(basis, gates) for basis in judged]
    bases = rank([*gated, *contents_unknown(question)])
    composition = compose(question, bases, gates)
    contents = requirements(question, bases, composition)
    return BasisAnswer(
        requesting,
        requested,
        measure,
        on,
        question.offences,
        with_likely_grounds(question, bases, composition),
        composition,
        contents,
        remaining(question, bases, gates),
        state_terms(question, bases, composition, contents),
        _warnings(question),
    )


def _behind_gates(basis: Basis, gates: tuple[JudgedGate, ...]) -> Basis:
    """A treaty that binds both still waits at a gate of domestic law that is not known to be met."""
    closed = tuple(gate.reason for gate in open_gates(gates))
    if not closed or not basis.usable:
        return basis
    return replace(basis, standing=Standing.WITH_CONDITIONS, reasons=(*basis.reasons, *closed))


def _warnings(question: Question) -> tuple[Reason, ...]:
    found = []
    for state in (question.requesting, question.requested):
        if question.on > state.as_of:
            text = (
                f"The data of {state.name.en} stand as of {state.as_of.isoformat()}; what changed later is not known."
            )
            found.append(Reason("later-than-data", text, (Reference(state.code, None, True),)))
    return tuple(found)
