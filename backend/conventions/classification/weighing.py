"""From evidence to offences: which elements of which list are shown, what is open, and how much that is worth."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.conventions.classification.answer import ElementStanding, Standing
from backend.conventions.classification.evidence import Evidence, Findings
from backend.conventions.classification.lists import ElementList, OffenceLists
from backend.conventions.schema.engine import OffenceRule, Weights
from backend.conventions.schema.instruments import Element

_SHOWN = {Standing.ESTABLISHED, Standing.INDICATED}


@dataclass(frozen=True, slots=True)
class JudgedList:
    """One element list with the standing of each element."""

    source: ElementList
    elements: tuple[ElementStanding, ...]
    score: float

    @property
    def open(self) -> tuple[str, ...]:
        """Required elements that are not shown: a group of alternatives as a whole, by its first member."""
        return tuple(group[0].id for group in self._groups() if not self._shown(group) and not self._closed(group))

    @property
    def contradicted(self) -> tuple[str, ...]:
        """Required elements that are denied: a group only when every alternative of it is."""
        return tuple(group[0].id for group in self._groups() if self._closed(group))

    def _groups(self) -> list[list[ElementStanding]]:
        return required_groups(self.elements)

    @staticmethod
    def _shown(group: list[ElementStanding]) -> bool:
        return any(element.standing in _SHOWN for element in group)

    @staticmethod
    def _closed(group: list[ElementStanding]) -> bool:
        return all(element.standing is Standing.CONTRADICTED for element in group)


def required_groups(elements: Iterable[ElementStanding]) -> list[list[ElementStanding]]:
    """The required elements, those that are alternatives together."""
    groups: dict[str, list[ElementStanding]] = {}
    for element in elements:
        if element.required:
            groups.setdefault(f"any:{element.any_of}" if element.any_of else element.id, []).append(element)
    return list(groups.values())


def judge_lists(code: str, lists: OffenceLists, findings: Findings, weights: Weights) -> tuple[JudgedList, ...]:
    """Every list of the offence that has elements, judged; treaties first, as the lists are."""
    judged = []
    for source in lists.lists:
        elements = tuple(_stand(code, element, lists, findings) for element in source.elements)
        if elements:
            judged.append(JudgedList(source, elements, _score(elements, weights)))
    return tuple(judged)


def is_shown(code: str, rule: OffenceRule, lists: OffenceLists, findings: Findings) -> bool:
    """Whether one element of each group that the rule names is shown."""
    return all(any(evidence(code, name, lists, findings).standing in _SHOWN for name in group) for group in rule.shows)


def evidence(code: str, element: str, lists: OffenceLists, findings: Findings) -> Evidence:
    """The evidence for an element: its own, and that of the elements which prove it."""
    whole = Evidence()
    for name in lists.proved_by.get(element, (element,)):
        if (code, name) in findings.elements:
            whole = whole.together(findings.elements[code, name])
    return whole


def _stand(code: str, element: Element, lists: OffenceLists, findings: Findings) -> ElementStanding:
    found = evidence(code, element.id, lists, findings)
    return ElementStanding(
        id=element.id,
        text=element.text,
        kind=element.kind,
        required=element.required,
        any_of=element.any_of,
        standing=found.standing,
        spans=found.spans,
        facts=(*found.facts_for, *found.facts_against),
        denied_spans=tuple(sorted(set(found.denied))),
    )


def _score(elements: tuple[ElementStanding, ...], weights: Weights) -> float:
    """The share of the required elements that is shown, each weighed by its kind and its standing."""
    total = reached = 0.0
    for group in required_groups(elements):
        weight = getattr(weights, group[0].kind)
        total += weight
        reached += weight * max(_worth(element.standing, weights) for element in group)
    return reached / total if total else 0.0


def _worth(standing: Standing, weights: Weights) -> float:
    if standing is Standing.ESTABLISHED:
        return weights.established
    return weights.indicated if standing is Standing.INDICATED else 0.0
