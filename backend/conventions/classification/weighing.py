"""From evidence to offences: which elements of which list are shown, what is open, and how much that is worth."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.conventions.classification.answer import ElementStanding, Standing
from backend.conventions.classification.evidence import Findings, Weighed
from backend.conventions.classification.lists import ElementList, OffenceLists
from backend.conventions.schema.engine import OffenceRule, Weights

_ESTABLISHED, _INDICATED, _CONTRADICTED = Standing.ESTABLISHED, Standing.INDICATED, Standing.CONTRADICTED
_SHOWN = (_ESTABLISHED, _INDICATED)


@dataclass(frozen=True, slots=True)
class JudgedList:
    """One element list with the standing of each element.

    `open` has the required elements that are not shown: a group of alternatives as a whole, by its first member;
    `contradicted` those that are denied: a group only when every alternative of it is.
    """

    source: ElementList
    elements: tuple[ElementStanding, ...]
    score: float
    open: tuple[str, ...]
    contradicted: tuple[str, ...]


def judge_lists(code: str, lists: OffenceLists, findings: Findings, weights: Weights) -> tuple[JudgedList, ...]:
    """Every list of the offence that has elements, judged; treaties first, as the lists are."""
    return tuple(judge_each(code, lists, findings, weights))


def judge_each(code: str, lists: OffenceLists, findings: Findings, weights: Weights) -> Iterator[JudgedList]:
    """The same one by one, for whom the first are enough."""
    return (_judge(code, source, lists, findings, weights) for source in lists.lists if source.elements)


def _judge(code: str, source: ElementList, lists: OffenceLists, findings: Findings, weights: Weights) -> JudgedList:
    said = findings.parts(code, lists)
    elements = tuple(
        [
            blank if (parts := said.get(blank.id)) is None else _stand(blank, findings.weigh(parts))
            for blank in source.unproven
        ]
    )
    unshown, contradicted = [], []
    total = reached = 0.0
    for group in source.groups:
        first = elements[group[0]]
        standings = [elements[place].standing for place in group]
        weight = getattr(weights, first.kind)
        total += weight
        if _ESTABLISHED in standings:
            reached += weight * weights.established
        elif _INDICATED in standings:
            reached += weight * weights.indicated
        elif standings.count(_CONTRADICTED) == len(standings):
            contradicted.append(first.id)
        else:
            unshown.append(first.id)
    # The share of the required elements that is shown, each weighed by its kind and its standing.
    score = reached / total if total else 0.0
    return JudgedList(source, elements, score, tuple(unshown), tuple(contradicted))


def _stand(blank: ElementStanding, found: Weighed) -> ElementStanding:
    # By place, which is twice as quick as by name: the order of the fields of ElementStanding.
    what = (blank.id, blank.text, blank.kind, blank.required, blank.any_of)
    return ElementStanding(*what, found.standing, found.spans, found.facts_for + found.facts_against, found.denied)


def is_shown(code: str, rule: OffenceRule, lists: OffenceLists, findings: Findings) -> bool:
    """Whether one element of each group that the rule names is shown, and a computer is not answered away."""
    if lacks_computer(rule, findings):
        return False
    return all(any(evidence(code, name, lists, findings).standing in _SHOWN for name in group) for group in rule.shows)


def lacks_computer(rule: OffenceRule, findings: Findings) -> bool:
    """Whether the offence needs a computer, an answer says that there was none, and the narrative names none."""
    return rule.needs_computer and findings.without_computer and not findings.computer


def shown_by_answers(code: str, rule: OffenceRule, lists: OffenceLists, findings: Findings) -> bool:
    """Whether the offence is shown, and an answer of the officer has a part in it."""
    if not is_shown(code, rule, lists, findings):
        return False
    names = {name for group in rule.shows for name in group}
    return any(evidence(code, name, lists, findings).facts_for for name in names)


def closed_by_answers(code: str, judged: JudgedList, lists: OffenceLists, findings: Findings) -> bool:
    """Whether an answer of the officer denies a required element. Words that deny are weighed with all others."""
    return any(evidence(code, name, lists, findings).facts_against for name in judged.contradicted)


def evidence(code: str, element: str, lists: OffenceLists, findings: Findings) -> Weighed:
    """The evidence for an element: its own, and that of the elements which prove it."""
    return findings.weighed(code, element, lists)
