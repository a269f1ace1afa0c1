"""Whether the offences named carry the maximum penalty that an instrument asks for, and what else would."""

from backend.conventions.legal_basis.question import Question, instrument_ref, state_ref
from backend.conventions.legal_basis.reasons import Reason, Reference
from backend.conventions.schema.instruments import Cooperation, Instrument
from backend.conventions.schema.states import StatuteOffence

# Provisions named as advice; more would be a list to read, not advice.
_ADVISED = 3


def penalty(instrument: Instrument, row: Cooperation, question: Question) -> Reason | None:
    """What stands against the penalty that `row` asks for: too low, or not known; None where it is reached.

    Judged by the law of the requesting State, whose proceedings they are.
    """
    asked = least_penalty(row, question)
    if asked is None or _own_offence(instrument, asked[0], question):
        return None
    years, state = asked[1], question.requesting
    # The offences of a State are not those of a territory with a law of its own.
    statute = () if question.requesting_territory else state.cybercrime_statute.offences
    listed = [offence for offence in statute if not offence.doubtful]
    named = [offence for offence in listed if offence.offence in question.offences]
    known = [offence for offence in named if offence.max_years]
    if any((offence.max_years or 0) >= years for offence in known):
        return None
    limit_ref = instrument_ref(instrument, row.ref, row.verified, row.doubtful)
    short = f"{row.ref} asks for a maximum penalty of at least {years} year(s)"
    refs = (limit_ref, *(_penalty_ref(question, offence) for offence in known))
    if not known or {offence.offence for offence in known} != set(question.offences):
        told = "; ".join(_carries(offence) for offence in known)
        text = (
            f"{short}, and what the law of {question.name_of(state)} has for the offences is not known. {told}".strip()
        )
        return Reason("penalty-unknown", text, refs)
    told = "; ".join(_carries(offence) for offence in known)
    text = f"{short}; in {state.name.en} {told}. {_advice(question, known, listed, years)}"
    # A row that nobody has verified can make one careful; it cannot close a basis.
    certain = row.verified and all(offence.penalty_verified for offence in known)
    return Reason("penalty-too-low" if certain else "penalty-seems-too-low", text, refs)


def least_penalty(row: Cooperation, question: Question) -> tuple[str, int] | None:
    """The limit of the row that is a least penalty, and its years."""
    for name in question.catalogue.comparison_rules.penalty_limits:
        if (years := row.years(name)) is not None:
            return name, years
    return None


def _own_offence(instrument: Instrument, limit: str, question: Question) -> bool:
    """Whether an offence named is one that the instrument describes, of which this penalty is not asked."""
    described = {article.offence for article in instrument.offences}
    return limit in question.catalogue.basis_rules.beside_own_offences and bool(described & set(question.offences))


def _carries(offence: StatuteOffence) -> str:
    unsure = "" if offence.penalty_verified else " (unverified)"
    return f"{offence.offence} ({offence.ref}) carries {offence.max_years}{unsure}"


def _advice(question: Question, named: list[StatuteOffence], listed: list[StatuteOffence], years: int) -> str:
    """An aggravated form of what is named, where the data know one, and provisions that carry enough."""
    aggravated = _aggravated(question, named)
    heavier = [offence for offence in listed if (offence.max_years or 0) >= years and offence not in named]
    text = f"Consider an aggravated form{aggravated}"
    if heavier:
        text += f", or, if the facts support it, {'; '.join(_carries(offence) for offence in heavier[:_ADVISED])}"
    return f"{text}."


def _aggravated(question: Question, named: list[StatuteOffence]) -> str:
    concepts = {concept.id: concept.label.en.lower() for concept in question.catalogue.concepts.concepts}
    sections = {(offence.ref, offence.offence) for offence in named}
    found = [
        f"{row.ref}: {concepts[element.concept]}"
        for row in question.catalogue.state_elements.offences
        if row.state == question.requesting.code and (row.ref, row.offence) in sections
        for element in row.elements
        if element.standing == "aggravating"
    ]
    return f" ({'; '.join(found)})" if found else ""


def _penalty_ref(question: Question, offence: StatuteOffence) -> Reference:
    return state_ref(question.requesting, offence.ref, offence.penalty_verified, offence.source)
