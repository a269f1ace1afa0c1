"""Which offences are still open to a question: those found, and those to which something points and nothing closes."""

from collections.abc import Iterable, Iterator, Mapping

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification.answer import ElementStanding, OffenceFound, Standing
from backend.conventions.classification.bearings import table
from backend.conventions.classification.evidence import Findings
from backend.conventions.classification.lists import OffenceLists, offence_lists
from backend.conventions.classification.questions import Case
from backend.conventions.classification.weighing import judge_each
from backend.conventions.schema.engine import OffenceRule

_SHOWN = (Standing.ESTABLISHED, Standing.INDICATED)


def case_of(
    law: Catalogue, found: Iterable[OffenceFound], findings: Findings, told: Findings, answers: Mapping[str, str]
) -> Case:
    """What is known of the incident. `findings` count the answers, `told` is the evidence of the narrative alone."""
    open_offences = {offence.code: offence.elements for offence in found}
    proposed = frozenset(open_offences)
    open_offences.update(
        (code, elements)
        for code, rule, lists in _pointed_to(law, findings)
        if code not in proposed
        and not (rule.needs_computer and answers.get(table(law).gate or "") == "no")
        and (elements := _unclosed(law, code, lists, findings)) is not None
    )
    return Case(law, open_offences, proposed, told, answers)


def _pointed_to(law: Catalogue, findings: Findings) -> Iterator[tuple[str, OffenceRule, OffenceLists]]:
    """Offences of which some element that makes them is shown, though not enough to propose them."""
    lists = offence_lists(law)
    for code, rule in law.classification_rules.offences.items():
        said = findings.parts(code, lists[code])
        names = [name for group in rule.shows for name in group if name in said]
        if rule.propose and any(findings.weighed(code, name, lists[code]).standing in _SHOWN for name in names):
            yield code, rule, lists[code]


def _unclosed(law: Catalogue, code: str, lists: OffenceLists, findings: Findings) -> tuple[ElementStanding, ...] | None:
    """The elements of the first list that nothing has closed; None where every list is closed."""
    judged = judge_each(code, lists, findings, law.classification_rules.weights)
    return next((row.elements for row in judged if not row.contradicted), None)
