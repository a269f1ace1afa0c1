"""Tests on law: whether the basis binds and carries the measure, gates, penalties, dual criminality, reservations."""

import re
from collections.abc import Iterator
from datetime import timedelta

from backend.conventions.legal_basis.answer import Basis
from backend.conventions.refusal_risks.case import Case, Hit, Result, Unclear, closed_gates
from backend.conventions.refusal_risks.draft import Text
from backend.conventions.refusal_risks.finding import Found
from backend.conventions.refusal_risks.wording import place_of, plain_text
from backend.conventions.schema.risks import (
    GateOpen,
    GatesUnknown,
    NotBinding,
    NotCarried,
    NotPunishableThere,
    PenaltyBelow,
    PenaltyUnstated,
    PenaltyUnverified,
    ReferencesOld,
    ReferencesOpen,
    Reserved,
)
from backend.conventions.tokens import plain, tokenise

_LIFE = 100  # years: more than any threshold
_APART = 3  # words between a number and the word for years


def not_binding(test: NotBinding, case: Case) -> Result:
    """A treaty that does not bind both, cited as if it did."""
    cited = {one.source for one in case.draft.references if one.role and one.role != "power"}
    loose = [_why(basis, test) for basis in case.answer.bases if basis.instrument in cited and _unbound(basis, test)]
    if loose:
        return Hit(" ".join(dict.fromkeys(loose)))
    reciprocity = any(one.role == "reciprocity" for one in case.draft.references)
    if case.answer.best is None and not reciprocity and not case.filled("reciprocity-assurance"):
        return Hit("No instrument that binds both States on the day is known.")
    named = [pair for basis in case.answer.bases if _unbound(basis, test) for pair in _named(basis, case)]
    binding = tuple(found for basis, found in named if _is_treaty(basis, case))
    if binding:
        return Hit(found=binding)
    return Unclear(", ".join(dict.fromkeys(basis.title for basis, _ in named))) if named else None


def not_carried(test: NotCarried, case: Case) -> Result:
    """No head of the basis reaches the measure, or the one that does is not cited."""
    best = case.answer.best
    if best is None:
        return Hit("No instrument between the two States has it.")
    cited = {(one.source, one.ref) for one in case.draft.references if one.role == "measure"}
    for source, _ in sorted(cited, key=str):
        basis = case.basis(source) if source else None
        if basis is not None and any(reason.code == "no-such-measure" for reason in basis.reasons):
            return Hit(f"{basis.title} has no head for it.")
    head = best.measure_ref
    if head is not None and (head.source, head.ref) not in cited and case.carriers == {best.instrument}:
        return Hit(f"{best.title}, {head.ref}, which carries it, is not cited.")
    if any(reason.code in {"no-duty", "hook"} for reason in best.reasons):
        return Unclear(f"Under {best.title} it may be asked for, but nobody must do it.")
    return None


def gate_open(test: GateOpen, case: Case) -> Result:
    """A condition of domestic law that is not known to be met."""
    closed = list(closed_gates(case, test.needs))
    return Hit(" ".join(closed)) if closed else None


def gates_unknown(test: GatesUnknown, case: Case) -> Result:
    """Of a State without a single gate in the data nothing is known."""
    unknown = [state.name.en for state in (case.requested, case.requesting) if state.gates is None]
    return Unclear(" and ".join(unknown)) if unknown else None


def penalty_below(test: PenaltyBelow, case: Case) -> Result:
    """No penalty that reaches what the instrument asks for."""
    stated = [charge.penalty for charge in case.draft.offences if charge.penalty]
    if not stated:
        return Hit("No penalty is stated.", lacks=("maximum-penalty",))
    years = [found for found in (_years(case, penalty) for penalty in stated) if found is not None]
    if any(found >= test.years for found in years):
        return None
    if len(years) < len(stated):
        return Unclear()
    return Hit(f"The highest stated is {max(years)} year(s).")


def penalty_unstated(test: PenaltyUnstated, case: Case) -> Result:
    """An offence of which nobody can tell how it is punished."""
    bare = [charge.code for charge in case.draft.offences if not charge.penalty]
    return Hit(", ".join(bare), lacks=("maximum-penalty",)) if bare or not case.draft.offences else None


def penalty_unverified(test: PenaltyUnverified, case: Case) -> Result:
    """A penalty that nobody has compared with the official text."""
    codes = {charge.code for charge in case.draft.offences}
    rows = [row for row in case.requesting.cybercrime_statute.offences if row.offence in codes and row.ref]
    open_rows = dict.fromkeys(row.ref or "" for row in rows if not row.penalty_verified)
    return Hit(", ".join(open_rows)) if open_rows else None


def not_punishable_there(test: NotPunishableThere, case: Case) -> Result:
    """What the comparison of the conduct with the law of the requested State came to."""
    if not case.assessments:
        return Unclear("no comparison was made")
    verdicts = {assessment.verdict for assessment in case.assessments}
    # One offence of which the conduct is punishable on both sides is enough for the letter.
    if not verdicts <= set(test.verdicts):
        return None
    return Hit(", ".join(dict.fromkeys(one.verdict for one in case.assessments)))


def reserved(test: Reserved, case: Case) -> Result:
    """A reservation that the requested State has made, or may have made."""
    row = case.requested.standing_towards(test.instrument)
    if row is None or row.declarations == "none-seen":
        return Hit(f"The reservations of {case.requested.name.en} are not in the data.")
    if row.declarations == "none-exist":
        return None
    made = [one.text for one in row.declarations if test.ref in one.ref]
    if made:
        return Hit(" ".join(made))
    return Unclear(", ".join(one.ref for one in row.declarations if not isinstance(one, str)))


def references_open(test: ReferencesOpen, case: Case) -> Result:
    """Provisions that nobody has seen."""
    waiting = [one.label for one in case.draft.references if not one.verified and not one.confirmed]
    return Hit("; ".join(dict.fromkeys(waiting))) if waiting else None


def references_old(test: ReferencesOld, case: Case) -> Result:
    """Rows of a State that nobody has looked at for long."""
    since = case.answer.on - timedelta(test.days)
    states = {state.code: state for state in (case.requesting, case.requested)}
    old = [
        one.label
        for one in case.draft.references
        if not one.confirmed and one.source in states and states[one.source].as_of < since
    ]
    return Hit("; ".join(dict.fromkeys(old))) if old else None


def _unbound(basis: Basis, test: NotBinding) -> bool:
    return not basis.usable and any(reason.code in test.codes for reason in basis.reasons)


def _why(basis: Basis, test: NotBinding) -> str:
    return " ".join(dict.fromkeys(reason.text for reason in basis.reasons if reason.code in test.codes))


def _is_treaty(basis: Basis, case: Case) -> bool:
    known = basis.instrument in case.catalogue.instrument_ids
    return known and case.catalogue.instrument(basis.instrument).kind in {"treaty", "protocol"}


def _named(basis: Basis, case: Case) -> Iterator[tuple[Basis, Found]]:
    for place, language, text in case.draft.words("treaty-basis"):
        if span := place_of(text, basis.title):
            start, end = span
            yield basis, Found("treaty-basis", place, language, text[start:end], start, end)


def _years(case: Case, penalty: Text) -> int | None:
    """The highest number of years in a penalty as written; None where none can be read."""
    found: list[int] = []
    rule = case.book.years
    for text in penalty.values():
        words = tokenise(text).plain
        if any(plain(life) in plain_text(text) for life in rule.life):
            found.append(_LIFE)
        for place, word in enumerate(words):
            if any(word.startswith(year) for year in rule.words):
                near = words[max(0, place - _APART) : place]
                found += [number for one in near if (number := _as_number(one, rule.numbers)) is not None]
    return max(found, default=None)


def _as_number(word: str, numbers: dict[str, int]) -> int | None:
    return int(word) if re.fullmatch(r"\d{1,3}", word) else numbers.get(word)
