"""Whether conduct is an offence of the requested State too: any offence, element by element, whatever its heading.

`assess` is the whole of it: pure, from the data, and "unknown" is one of its answers.
"""

from datetime import date

from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.dating import as_of
from backend.conventions.dual_criminality.answer import (
    ANY,
    Assessment,
    Conduct,
    ElementAnswer,
    Outcome,
    ProvisionAnswer,
    Statement,
    Verdict,
)
from backend.conventions.dual_criminality.combining import combine, for_state, nearest, reasons
from backend.conventions.dual_criminality.provisions import answer_for, coverage_of, nearest_first, provisions_of
from backend.conventions.dual_criminality.stating import Stated, state
from backend.conventions.dual_criminality.thresholds import thresholds
from backend.conventions.dual_criminality.vocabulary import vocabulary
from backend.conventions.dual_criminality.wording import Words, statement
from backend.conventions.errors import BadQuestion, UnknownName

__all__ = ["ANY", "Assessment", "Conduct", "ElementAnswer", "Outcome", "ProvisionAnswer", "Verdict", "assess"]


def assess(
    conduct: Conduct,
    requesting: str,
    requested: str,
    *,
    offence: str = ANY,
    rule: str | None = None,
    on: date | None = None,
    catalogue: Catalogue | None = None,
) -> Assessment:
    """Whether `conduct` fulfils a provision of `requested`; States by code.

    `offence` restricts the question to the provisions on one offence of the common list: "not met" then speaks of these
    alone, and `whole_state` of the State. `rule` is the legal basis' rule on dual criminality, `on` the day of the
    law (None: that of the data).
    Raises UnknownName for a name that the data do not know, and BadQuestion for one State twice or a conduct that
    contradicts itself.
    """
    law = catalogue or shipped()
    day = on or law.state_elements.as_of
    law = as_of(law, day)
    _check(law, requesting, requested, offence, rule)
    words = Words(law, "en")
    stated = state(conduct, vocabulary(law))
    rows = _compared(law, requested, stated, words)
    asked = tuple(row for row in rows if offence in (ANY, row.offence))
    coverage = coverage_of(law, requested)
    combined = combine(row.verdict for row in asked)
    compared = for_state(combined, coverage.level) if offence == ANY else combined
    needed = _needed(law, rule)
    counterparts = _counterparts(_compared(law, requesting, stated, words), offence, asked)
    return Assessment(
        requesting,
        requested,
        offence,
        day,
        law.state_elements.as_of,
        conduct,
        rule,
        compared if needed else Verdict.NOT_REQUIRED,
        compared,
        for_state(combine(row.verdict for row in rows), coverage.level),
        combine(row.provisional for row in asked),
        coverage.level,
        coverage.note,
        (*_of_rule(law, words, rule), *reasons(words, requested, offence, asked, coverage.level)),
        asked,
        tuple(row for row in rows if row not in asked),
        counterparts,
        thresholds(law, (requesting, requested), day, counterparts, _bearing(asked, offence)),
        _to_settle(asked, compared, offence),
        _warnings(law, words, day),
    )


def _check(law: Catalogue, requesting: str, requested: str, offence: str, rule: str | None) -> None:
    law.state(requesting)
    law.state(requested)
    if requesting == requested:
        raise BadQuestion(f"requesting and requested State are both {requested!r}: name two different States")
    if offence != ANY:
        law.offence(offence)
    known = law.comparison_rules.asks
    if rule is not None and rule not in known:
        raise UnknownName("rule on dual criminality", rule, known, "use the rule of the instrument's measure")


def _compared(law: Catalogue, code: str, stated: Stated, words: Words) -> tuple[ProvisionAnswer, ...]:
    return nearest_first(answer_for(provision, stated, words) for provision in provisions_of(law, code))


def _needed(law: Catalogue, rule: str | None) -> bool:
    return rule is None or law.comparison_rules.asks[rule] != "never"


def _of_rule(law: Catalogue, words: Words, rule: str | None) -> tuple[Statement, ...]:
    return () if rule is None else (statement(words, f"rule-{law.comparison_rules.asks[rule]}", rule=rule),)


def _counterparts(
    rows: tuple[ProvisionAnswer, ...], offence: str, asked: tuple[ProvisionAnswer, ...]
) -> tuple[ProvisionAnswer, ...]:
    """The requesting State's rows on the offence; with "any", those that are touched or answer rows that count."""
    if offence != ANY:
        return tuple(row for row in rows if row.offence == offence)
    codes = {row.offence for row in _bearing(asked, offence)}
    return tuple(row for row in rows if row.touched or row.offence in codes)


def _bearing(asked: tuple[ProvisionAnswer, ...], offence: str) -> tuple[ProvisionAnswer, ...]:
    """The rows on which the answer turns: those met, else those that do not fail; with "any", that are touched too."""
    met = tuple(row for row in asked if row.verdict is Verdict.MET)
    left = (row for row in asked if row.provisional is not Verdict.NOT_MET)
    return met or tuple(row for row in left if row.touched or offence != ANY)


def _to_settle(asked: tuple[ProvisionAnswer, ...], compared: Verdict, offence: str) -> tuple[str, ...]:
    if compared is not Verdict.UNKNOWN:
        return ()
    return tuple(dict.fromkeys(element.concept for row in nearest(asked, offence) for element in row.open))


def _warnings(law: Catalogue, words: Words, day: date) -> tuple[Statement, ...]:
    if day <= law.state_elements.as_of:
        return ()
    return (statement(words, "later-than-data", day=law.state_elements.as_of.isoformat()),)
