"""A rule decided: its tests put to the case, their answers as one finding."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from backend.conventions.refusal_risks import data_tests, law_tests, office_tests, words_tests
from backend.conventions.refusal_risks.case import Case, Hit, Result
from backend.conventions.refusal_risks.finding import Finding, Severity, digest_of
from backend.conventions.schema import risks
from backend.conventions.schema.risks import RiskTest
from backend.conventions.schema.terms import RefusalRisk

WORKING_DAYS_AFTER_URGENT_FORM = 3
"""Working days in which what the urgent form let pass is mended: refusal-risks.yaml, `severity`."""

_PREDICATES: Mapping[type, Callable[[Any, Case], Result]] = {
    risks.FieldEmpty: words_tests.field_empty,
    risks.TextHas: words_tests.text_has,
    risks.TextLacks: words_tests.text_lacks,
    risks.TextShort: words_tests.text_short,
    risks.ForeignTerm: words_tests.foreign_term,
    risks.PersonMustLook: words_tests.person_must_look,
    risks.IdentifierUntimed: data_tests.identifier_untimed,
    risks.IdentifierUnported: data_tests.identifier_unported,
    risks.IdentifierUntied: data_tests.identifier_untied,
    risks.PeriodTooLong: data_tests.period_too_long,
    risks.CustodianNotNamed: data_tests.custodian_not_named,
    risks.CustodianNotPlaced: data_tests.custodian_not_placed,
    risks.LossSmall: data_tests.loss_small,
    risks.PreservationEnding: data_tests.preservation_ending,
    risks.SensitiveEnclosed: data_tests.sensitive_enclosed,
    risks.NotBinding: law_tests.not_binding,
    risks.NotCarried: law_tests.not_carried,
    risks.GateOpen: law_tests.gate_open,
    risks.GatesUnknown: law_tests.gates_unknown,
    risks.PenaltyBelow: law_tests.penalty_below,
    risks.PenaltyUnstated: law_tests.penalty_unstated,
    risks.PenaltyUnverified: law_tests.penalty_unverified,
    risks.NotPunishableThere: law_tests.not_punishable_there,
    risks.Reserved: law_tests.reserved,
    risks.ReferencesOpen: law_tests.references_open,
    risks.ReferencesOld: law_tests.references_old,
    risks.TerritoryNotCovered: office_tests.territory_not_covered,
    risks.OfficeNotEntitled: office_tests.office_not_entitled,
    risks.OfficeUnconfirmed: office_tests.office_unconfirmed,
    risks.LanguageNotAccepted: office_tests.language_not_accepted,
    risks.SignatureNotRecognised: office_tests.signature_not_recognised,
}


@dataclass(frozen=True, slots=True)
class _Told:
    """What one test came to: a sentence, whether a person must judge it, and what was found."""

    sentence: str
    ask: bool
    hit: Hit


def decide(rule: RefusalRisk, case: Case) -> Iterator[Finding]:
    """The finding of the rule, or nothing."""
    told = [one for test in case.book.tests.get(rule.id, ()) for one in _put(test, case)]
    if rule.id not in case.book.tests:
        told = [_Told(rule.condition, True, Hit())]
    if told:
        finding = _finding(rule, told, case)
        yield replace(finding, digest=digest_of(finding, case.draft))


def _put(test: RiskTest, case: Case) -> Iterator[_Told]:
    if not case.holds(test.when):
        return
    result = _PREDICATES[type(test)](test, case)
    if isinstance(result, Hit):
        yield _Told(_sentence(test.says, result), test.answer == "ask", result)
    elif result is not None:
        hit = Hit(result.detail)
        yield _Told(_sentence(test.asks or test.says, hit), True, hit)


def _sentence(said: str, hit: Hit) -> str:
    words = ", ".join(f"“{words}”" for words in dict.fromkeys(found.words for found in hit.found))
    return said.replace("{detail}", hit.detail or words).replace("{words}", words or hit.detail)


def _finding(rule: RefusalRisk, told: list[_Told], case: Case) -> Finding:
    hits = [one for one in told if not one.ask]
    mandatory = any(field in case.obligatory for one in hits for field in one.hit.lacks)
    severity, due = _severity(rule, bool(hits), mandatory, case)
    return Finding(
        rule=rule.id,
        severity=severity,
        text=tuple(dict.fromkeys(one.sentence for one in hits)),
        to_look=tuple(dict.fromkeys(one.sentence for one in told if one.ask)),
        found=tuple(dict.fromkeys(found for one in told for found in one.hit.found)),
        ground=rule.why.ground,
        why=rule.why.text,
        references=tuple(
            case.reference(ref.instrument, ref.ref) for ref in rule.why.refs if ref.instrument in case.sources
        ),
        mend=rule.mend,
        source=rule.source,
        looks_at=rule.looks_at,
        measures=(case.answer.measure,),
        mandatory_content=mandatory,
        due_in_working_days=due,
    )


def _severity(rule: RefusalRisk, hits: bool, mandatory: bool, case: Case) -> tuple[Severity, int | None]:
    """How grave it is: the mandatory contents of the basis are waived in no form, what else blocks only warns there."""
    if not hits:
        return Severity.ASK, None
    if rule.severity == "warns":
        return Severity.WARN, None
    return (Severity.WARN, WORKING_DAYS_AFTER_URGENT_FORM) if case.urgent and not mandatory else (Severity.BLOCK, None)
