"""Preservation first, disclosure after: which act goes before or after the one asked for, and on what basis."""

from dataclasses import replace

from backend.conventions.legal_basis.answer import Basis
from backend.conventions.legal_basis.candidates import candidates
from backend.conventions.legal_basis.judging import judge
from backend.conventions.legal_basis.question import Question, state_ref
from backend.conventions.legal_basis.ranking import rank
from backend.conventions.legal_basis.reasons import Reason
from backend.conventions.legal_basis.terms import Linked

_SENTENCES = {
    "follows": "Nothing is disclosed by it: the letter for {measure} has to follow, while the data are kept.",
    "precedes": "The data may be gone before the letter is read: ask for {measure} first.",
}


def linked(question: Question) -> tuple[Linked, ...]:
    """The acts that belong to the one asked for, each with the best basis that it has between the two States today."""
    rules, measure = question.catalogue.basis_rules, question.measure.id
    found = []
    for relation, table in (("precedes", rules.precedes), ("follows", rules.follows)):
        if measure in table:
            found.append(_linked(question, relation, table[measure]))
    return tuple(found)


def _linked(question: Question, relation: str, name: str) -> Linked:
    measure = question.catalogue.measure(name)
    other = replace(question, measure=measure, chain=question.catalogue.measure_chain(name))
    best = _best(other)
    text = _SENTENCES[relation].format(measure=measure.label.en.lower())
    if best is None or best.measure_ref is None:
        text += " No basis for it is established between the two States."
        return Linked(relation, name, None, Reason(relation, text, (state_ref(question.requested, None, False),)))
    text += f" Its basis is {best.title}, {best.measure_ref.ref}."
    return Linked(relation, name, best.instrument, Reason(relation, text, (best.measure_ref,)))


def _best(question: Question) -> Basis | None:
    judged = rank([judge(candidate, question) for candidate in candidates(question)])
    return next((basis for basis in judged if basis.usable), None)
