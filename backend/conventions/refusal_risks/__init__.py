"""What makes a letter of request come back: every rule put to a draft, with the reason and how to mend it.

`check` is the whole of it: pure, from the data. A rule ends in a finding, in none, or in a question to a person where
the draft does not tell; a rule without a test of its own is always such a question. docs/refusal-risks.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.dating import as_of
from backend.conventions.dual_criminality.answer import Assessment
from backend.conventions.errors import BadQuestion, UnknownName
from backend.conventions.legal_basis.answer import BasisAnswer
from backend.conventions.refusal_risks.case import Case
from backend.conventions.refusal_risks.deciding import decide
from backend.conventions.refusal_risks.draft import Draft
from backend.conventions.refusal_risks.finding import Finding, Found, Severity
from backend.conventions.refusal_risks.rulebook import rulebook
from backend.conventions.schema.terms import RefusalRisk

__all__ = ["Draft", "Finding", "Found", "Severity", "check", "merge"]


def check(
    draft: Draft,
    answer: BasisAnswer,
    *,
    assessments: Sequence[Assessment] = (),
    urgent: bool = False,
    catalogue: Catalogue | None = None,
) -> tuple[Finding, ...]:
    """What speaks against the draft under the answer for one of its measures; blocks first, in the order of the rules.

    `urgent`: the urgent form, in which a block that is no mandatory content of the basis only warns. Raises BadQuestion
    where the draft does not seek the measure of the answer, UnknownName for a letter field that is none.
    """
    whole = catalogue or shipped()
    law = as_of(whole, answer.on)
    _must_fit(draft, answer, law)
    case = Case(draft, answer, assessments, urgent, law, rulebook(whole))
    found = [finding for rule in case.book.rules if _applies(rule, case) for finding in decide(rule, case)]
    return _ordered(found)


def merge(answers: Iterable[Sequence[Finding]]) -> tuple[Finding, ...]:
    """The findings for several measures of one draft: one for each rule, the gravest severity, everything said once."""
    kept: dict[str, Finding] = {}
    for finding in (one for findings in answers for one in findings):
        before = kept.get(finding.rule)
        kept[finding.rule] = _together(before, finding) if before else finding
    return _ordered(kept.values())


def _together(first: Finding, second: Finding) -> Finding:
    graver = min(first, second, key=_grade)
    return replace(
        graver,
        text=tuple(dict.fromkeys((*first.text, *second.text))),
        to_look=tuple(dict.fromkeys((*first.to_look, *second.to_look))),
        found=tuple(dict.fromkeys((*first.found, *second.found))),
        references=tuple(dict.fromkeys((*first.references, *second.references))),
        mandatory_content=first.mandatory_content or second.mandatory_content,
        measures=tuple(dict.fromkeys((*first.measures, *second.measures))),
        digest=first.digest if first.digest == second.digest else f"{first.digest}{second.digest}",
    )


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=_grade))


def _grade(finding: Finding) -> int:
    return list(Severity).index(finding.severity)


def _applies(rule: RefusalRisk, case: Case) -> bool:
    return "*" in rule.applies_to or bool(set(rule.applies_to) & set(case.chain))


def _must_fit(draft: Draft, answer: BasisAnswer, law: Catalogue) -> None:
    sought = [measure.measure for measure in draft.measures]
    if answer.measure not in sought:
        raise BadQuestion(f"the answer is about {answer.measure!r}, the draft seeks {sought}: ask for one of these")
    for field in draft.texts:
        if field not in law.letter_fields:
            raise UnknownName("letter field", field, law.letter_fields, "use an id of the list of letter fields")
    for charge in draft.offences:
        law.offence(charge.code)
