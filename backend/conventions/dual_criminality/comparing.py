"""A national row against a conduct, element by element. A heading never decides, nor an unverified row."""

from dataclasses import dataclass

from backend.conventions.dual_criminality.answer import ElementAnswer, Outcome, Verdict
from backend.conventions.dual_criminality.stating import Stated
from backend.conventions.schema.concepts import NationalElement, NationalOffence

# Gives a court power and says nothing about the wrong: left out of every comparison (concepts.yaml, rules).
LEFT_OUT = "jurisdictional-link"
_NO_INFLUENCE = {"not-required": Outcome.NOT_ASKED, "aggravating": Outcome.AGGRAVATING}


def compare(row: NationalOffence, stated: Stated) -> tuple[ElementAnswer, ...]:
    """Each element of the row as the conduct leaves it, in the order of the row."""
    groups = _groups(row, stated)
    return tuple(_element(element, stated, groups) for element in row.elements)


def provisional(row: NationalOffence, elements: tuple[ElementAnswer, ...]) -> Verdict:
    """What the elements say, verified or not."""
    if row.absent:
        return Verdict.NOT_MET
    counted = [element for element in elements if element.outcome is not Outcome.LEFT_OUT]
    if any(decides(element, elements) for element in counted):
        return Verdict.NOT_MET
    asked = [element for element in counted if element.standing not in {*_NO_INFLUENCE, "excludes"}]
    if not asked or any(element.outcome is Outcome.UNKNOWN for element in asked):
        return Verdict.UNKNOWN
    return Verdict.MET


def decides(element: ElementAnswer, elements: tuple[ElementAnswer, ...]) -> bool:
    """Whether the row fails by this element: required and excluded, an exception alleged, or no alternative left."""
    if element.outcome is not Outcome.MISSING:
        return False
    members = [other for other in elements if element.group is not None and other.group == element.group]
    return all(other.outcome is Outcome.MISSING for other in members)


@dataclass(frozen=True, slots=True)
class _Group:
    """Alternatives of a row: which of them the conduct shows, and what shows them together.

    A wider concept that exhausts the group meets it without saying which member is true: then all may be.
    """

    shown: frozenset[str]
    by: frozenset[str] = frozenset()


def _groups(row: NationalOffence, stated: Stated) -> dict[str, _Group]:
    members: dict[str, set[str]] = {}
    for element in row.elements:
        if element.standing == "alternative":
            members.setdefault(_name(element), set()).add(element.concept)
    return {name: _group(frozenset(concepts), stated) for name, concepts in members.items()}


def _name(element: NationalElement) -> str:
    return element.group or element.concept


def _group(members: frozenset[str], stated: Stated) -> _Group:
    if shown := members & stated.proven.keys():
        return _Group(shown)
    if why := stated.choice_for(members):
        return _Group(members - stated.excluded.keys(), why)
    return _Group(frozenset())


def _element(element: NationalElement, stated: Stated, groups: dict[str, _Group]) -> ElementAnswer:
    group = _name(element) if element.standing == "alternative" else None
    outcome, by = _outcome(element, stated, groups[group] if group else None)
    kind = stated.words.concepts[element.concept].kind
    return ElementAnswer(element.concept, kind, element.standing, outcome, tuple(sorted(by)), group, element.note)


def _outcome(element: NationalElement, stated: Stated, group: _Group | None) -> tuple[Outcome, frozenset[str]]:
    nothing: frozenset[str] = frozenset()
    if element.concept == LEFT_OUT:
        return Outcome.LEFT_OUT, nothing
    if element.standing in _NO_INFLUENCE:
        return _NO_INFLUENCE[element.standing], nothing
    proven, excluded = stated.proven.get(element.concept), stated.excluded.get(element.concept)
    if element.standing == "excludes":
        return (Outcome.MISSING, proven) if proven else (Outcome.CAUTION, nothing)
    if proven:
        return Outcome.MATCHED, proven
    if group and group.shown:
        either = group.by and element.concept in group.shown
        return (Outcome.EITHER, group.by) if either else (Outcome.NOT_ASKED, nothing)
    # An element of which it is not known whether it is one cannot make the row fail.
    if excluded and element.standing != "unknown":
        return Outcome.MISSING, excluded
    return Outcome.UNKNOWN, nothing
