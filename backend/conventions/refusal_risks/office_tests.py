"""Tests on offices, places, languages and form: who writes to whom, where, in which language, on what paper."""

from backend.conventions.refusal_risks.case import Case, Hit, Result, Unclear
from backend.conventions.refusal_risks.wording import names
from backend.conventions.schema.risks import (
    LanguageNotAccepted,
    OfficeNotEntitled,
    OfficeUnconfirmed,
    SignatureNotRecognised,
    TerritoryNotCovered,
)
from backend.conventions.schema.states import Territory


def office_not_entitled(test: OfficeNotEntitled, case: Case) -> Result:
    """An office of a kind that does not send, or receive, such a letter."""
    office = case.draft.sender if test.side == "requesting" else case.draft.addressee
    allowed = test.kinds.get(case.answer.composition.channel.kind)
    if office is None or allowed is None:
        return Unclear("no office is named" if office is None else office.title)
    return None if office.kind in allowed else Hit(f"{office.title} ({office.kind})")


def office_unconfirmed(test: OfficeUnconfirmed, case: Case) -> Result:
    """An office that neither the data nor a person vouches for."""
    channel = case.answer.composition.channel
    named, known = (
        (case.draft.sender, channel.sender) if test.side == "requesting" else (case.draft.addressee, channel.addressee)
    )
    if named is None or named.confirmed or (known is not None and known.title and known.ref.verified):
        return None
    return Unclear(named.title)


def territory_not_covered(test: TerritoryNotCovered, case: Case) -> Result:
    """A part of the requested State in which its own authorities and treaties do not simply hold."""
    own = [place for place in case.requested.territories if not place.national]
    meant = case.draft.requested_territory
    if meant is not None:
        place = next((place for place in own if place.code == meant.lower()), None)
        return Hit(_reach(place, case)) if place and not _covered(place, case) else None
    texts = case.texts(test.texts)
    named = [place for place in own if any(names(text, place.name) for text in texts)]
    if named:
        return Hit(" ".join(_reach(place, case) for place in named))
    return Unclear(", ".join(place.name for place in own)) if own else None


def language_not_accepted(test: LanguageNotAccepted, case: Case) -> Result:
    """A letter in no language that is read there."""
    accepted = {*case.answer.composition.languages, *test.also.get(case.answer.measure, ())}
    if not accepted:
        return Unclear()
    if accepted & set(case.draft.languages):
        return None
    return Hit(f"the letter is in {', '.join(case.draft.languages)}, accepted is {', '.join(sorted(accepted))}")


def signature_not_recognised(test: SignatureNotRecognised, case: Case) -> Result:
    """Whether an electronic letter counts there."""
    state = case.requested
    known = case.catalogue.cyberlaw_areas.states.get(state.code, {}).get(test.area, {}).get(test.key)
    if known == "yes" or known is True:  # YAML reads an unquoted yes as true.
        return None
    return Hit(f"{state.name.en}: {known if isinstance(known, str) else 'not known'}")


def _covered(place: Territory, case: Case) -> bool:
    """Whether an instrument that carries the measure was extended to the territory by the day."""
    rows = [place.standing_towards(name) for name in case.carriers]
    day = case.answer.on
    reached = any(row and row.status == "extended" and row.in_force and row.in_force <= day for row in rows)
    return reached and case.draft.addressee is not None and names(case.draft.addressee.title, place.name)


def _reach(place: Territory, case: Case) -> str:
    office = place.central_authority or "none is known"
    return f"{place.name} has an authority of its own ({office}); extension of {', '.join(sorted(case.carriers))}: " + (
        ", ".join(row.status for name in sorted(case.carriers) if (row := place.standing_towards(name)))
        or "not established"
    )
