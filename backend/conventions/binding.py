"""Whether an instrument binds a State on a day: a signature does not, nor a ratification alone, nor a scheme."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backend.conventions.schema.instruments import Instrument
from backend.conventions.schema.states import State, Territory, TreatyStanding


class Bound(StrEnum):
    """Three answers; unknown is one of them."""

    YES = "bound"
    NO = "not-bound"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Binding:
    """Whether a State is bound, why, and whether the row behind the answer was verified."""

    state: str
    instrument: str
    bound: Bound
    code: str
    text: str
    verified: bool
    source: str | None


_NOT_BOUND = {
    "signatory": "has signed and is not known to have ratified; a signature does not bind",
    "ratified-not-in-force": "has ratified, but the instrument is not known to be in force",
    "scheme-participant": "takes part in a scheme that binds nobody",
    "invited": "may accede and is not known to have done so",
    "none": "is not a party",
}


def binds(instrument: Instrument, state: State, on: date) -> Binding:
    """Whether `instrument` binds `state` on the day `on`, by the State's own row and both dates of entry into force."""
    row = state.standing_towards(instrument.id)
    code, bound, text = _judge(instrument, state, row, on)
    verified = row is not None and row.verified
    return Binding(state.code, instrument.id, bound, code, text, verified, row.source if row else None)


def _judge(instrument: Instrument, state: State, row: TreatyStanding | None, on: date) -> tuple[str, Bound, str]:
    name, short = state.name.en, instrument.short_title
    if not _existed(instrument, on):
        return "not-existing", Bound.NO, _not_existing(instrument, on)
    if instrument.kind == "model-law":
        return "model-law", Bound.NO, f"{short} is a model law: it binds nobody and is no basis."
    if instrument.kind == "scheme":
        return "scheme", Bound.NO, f"{short} is a scheme: it binds nobody; the legal basis is the domestic statute."
    if row is None:
        return "not-established", Bound.UNKNOWN, f"Whether {name} is bound by {short} was not established."
    if row.status != "party":
        return row.status, Bound.NO, f"{name} {_NOT_BOUND[row.status]} ({short}).{_invitation(row, on)}"
    if row.in_force is None:
        return "day-unknown", Bound.UNKNOWN, f"{name} is a party to {short}, but since which day was not established."
    if row.denounced is not None and on >= row.denounced:
        return "denounced", Bound.NO, f"{name} is no longer bound by {short}: denounced from {row.denounced}."
    since = max(row.in_force, instrument.in_force or row.in_force)
    if on < since:
        return "not-yet", Bound.NO, f"{short} is in force for {name} only since {since.isoformat()}."
    return "in-force", Bound.YES, f"{short} is in force for {name} since {since.isoformat()}."


def _existed(instrument: Instrument, on: date) -> bool:
    """Whether the instrument was adopted by the day; an adoption of which only year or month is known began then."""
    return instrument.adopted is None or on.isoformat()[: len(instrument.adopted)] >= instrument.adopted


def _not_existing(instrument: Instrument, on: date) -> str:
    return f"{instrument.short_title} was adopted on {instrument.adopted}: on {on.isoformat()} it did not exist."


def _invitation(row: TreatyStanding, on: date) -> str:
    """What is known of the end of an invitation: it lapses, and a lapsed one has to be renewed first."""
    if row.expires is not None:
        return f" The invitation {'lapsed' if on >= row.expires else 'lapses'} on {row.expires.isoformat()}."
    return f" The end of the invitation is not known: {row.expires_note}" if row.expires_note else ""


def extends(instrument: Instrument, state: State, territory: Territory, on: date) -> Binding:
    """Whether what binds `state` was extended to its `territory` by the day `on`.

    A territory with authorities of its own is not covered merely because its State is: without a row it is unknown.
    """
    short, row = instrument.short_title, territory.standing_towards(instrument.id)
    verified, place = bool(territory.verified) and row is not None, territory.name
    code, bound, text = "extension-unknown", Bound.UNKNOWN, f"Whether {short} extends to {place} was not established."
    if row is not None and row.status == "none-seen":
        code, text = "extension-none-seen", f"No extension of {short} to {place} was seen; there may still be one."
    elif row is not None and row.in_force is not None:
        began = on >= row.in_force
        code, bound = ("extended", Bound.YES) if began else ("extension-not-yet", Bound.NO)
        text = f"{short} extends to {place} {'since' if began else 'only since'} {row.in_force.isoformat()}."
    return Binding(state.code, instrument.id, bound, code, text, verified, territory.source)


def binds_pair(instrument: Instrument, first: State, second: State, on: date) -> tuple[Binding, Binding]:
    """Whether a bilateral instrument binds each of its two States on the day `on`, by their rows about each other."""
    return _binds_towards(instrument, first, second, on), _binds_towards(instrument, second, first, on)


def _binds_towards(instrument: Instrument, state: State, other: State, on: date) -> Binding:
    row = next(
        (row for row in state.bilateral if row.instrument == instrument.id and row.with_state == other.code), None
    )
    name, short = state.name.en, instrument.short_title
    if row is None:
        text = f"The data of {name} have no row for {short}."
        return Binding(state.code, instrument.id, Bound.UNKNOWN, "not-established", text, False, None)
    if not _existed(instrument, on):
        text = _not_existing(instrument, on)
        return Binding(state.code, instrument.id, Bound.NO, "not-existing", text, row.verified, row.source)
    if row.in_force is None:
        text = f"Whether and since when {short} is in force between the two was not established."
        return Binding(state.code, instrument.id, Bound.UNKNOWN, "day-unknown", text, row.verified, row.source)
    verified = row.verified and row.in_force_verified is not False
    if row.denounced is not None and on >= row.denounced:
        text = f"{name} is no longer bound by {short}: denounced from {row.denounced.isoformat()}."
        return Binding(state.code, instrument.id, Bound.NO, "denounced", text, verified, row.source)
    if on < row.in_force:
        text = f"{short} is in force for {name} only since {row.in_force.isoformat()}."
        return Binding(state.code, instrument.id, Bound.NO, "not-yet", text, verified, row.source)
    text = f"{short} is in force for {name} since {row.in_force.isoformat()}."
    return Binding(state.code, instrument.id, Bound.YES, "in-force", text, verified, row.source)
