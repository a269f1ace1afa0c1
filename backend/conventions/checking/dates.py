"""Dates that cannot be: entry into force before adoption, ratification before signature, an act after the data."""

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import PUT_IN_ORDER, Problem
from backend.conventions.checking.walking import rows
from backend.conventions.schema.common import DatedRow
from backend.conventions.schema.instruments import Instrument
from backend.conventions.schema.states import BilateralStanding, State, TerritoryStanding, TreatyStanding

Day = tuple[str, date | None]
# Acts and looks that lie behind whoever writes them down; entry into force and a change of law may be announced.
_PAST = ("signed", "ratified_or_acceded", "invited", "status_as_of", "last_tested", "date", "seen")


def date_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Dates of one row, or of a State's row and its instrument, that contradict each other."""
    for instrument in catalogue.instruments():
        yield from _instrument_faults(instrument)
    for state in catalogue.states():
        file = f"states/{state.code}.yaml"
        yield from _standing_faults(catalogue, file, state)
        yield from _future_faults(file, state)
        yield from _range_faults(file, state)
    yield from _range_faults("state-elements.yaml", catalogue.state_elements)


def _instrument_faults(instrument: Instrument) -> Iterator[Problem]:
    file = f"instruments/{instrument.id}.yaml"
    opened = instrument.opened_for_signature
    days: list[Day] = [("in_force", instrument.in_force), ("opened_for_signature", opened.date if opened else None)]
    yield from _after_adoption(file, "", instrument, days)
    for party in instrument.parties:
        path = f"parties ({party.iso})"
        days = [("deposit", party.deposit), ("in_force", party.in_force)]
        yield from _out_of_order(file, path, days)
        yield from _after_adoption(file, path, instrument, days)
    yield from _range_faults(file, instrument)


def _standing_faults(catalogue: Catalogue, file: str, state: State) -> Iterator[Problem]:
    for index, row in enumerate(state.treaties):
        path = f"treaties[{index}] ({row.instrument})"
        yield from _treaty_faults(file, path, row)
        if row.instrument in catalogue.instrument_ids:
            signed = [("signed", row.signed), ("ratified_or_acceded", row.ratified_or_acceded)]
            yield from _after_adoption(file, path, catalogue.instrument(row.instrument), signed)
            yield from _too_early(catalogue, file, path, row)
    for index, treaty in enumerate(state.bilateral):
        path = f"bilateral[{index}] ({treaty.with_state})"
        yield from _out_of_order(file, path, [("in_force", treaty.in_force), ("denounced", treaty.denounced)])
        yield from _too_early(catalogue, file, path, treaty)
    for index, territory in enumerate(state.territories):
        for standing in territory.treaties:
            path = f"territories[{index}] ({standing.instrument})"
            yield from _too_early(catalogue, file, path, standing)


def _treaty_faults(file: str, path: str, row: TreatyStanding) -> Iterator[Problem]:
    days = [("signed", row.signed), ("ratified_or_acceded", row.ratified_or_acceded), ("in_force", row.in_force)]
    yield from _out_of_order(file, path, [*days, ("denounced", row.denounced)])
    yield from _out_of_order(file, path, [("signed", row.signed), ("expires", row.expires)])
    yield from _out_of_order(file, path, [("invited", row.invited), ("expires", row.expires)])
    for name, day in (("entry into force", row.in_force), ("denunciation", row.denounced)):
        if row.status != "party" and day:
            yield Problem(file, path, f"is {row.status!r} and has a day of {name}", "correct the status or the day")
    if row.status in {"signatory", "none", "invited"} and row.ratified_or_acceded:
        text = f"is {row.status!r} and has a day of ratification"
        yield Problem(file, path, text, "correct the status or the day")


def _too_early(
    catalogue: Catalogue, file: str, path: str, row: TreatyStanding | BilateralStanding | TerritoryStanding
) -> Iterator[Problem]:
    """In force before the instrument was: before it was adopted, or entered into force itself."""
    if row.instrument is None or row.instrument not in catalogue.instrument_ids:
        return
    instrument = catalogue.instrument(row.instrument)
    yield from _after_adoption(file, path, instrument, [("in_force", row.in_force)])
    if row.in_force and instrument.in_force and row.in_force < instrument.in_force:
        text = f"in force {row.in_force}, before the instrument itself ({instrument.in_force})"
        yield Problem(file, path, text, PUT_IN_ORDER)


def _after_adoption(file: str, path: str, instrument: Instrument, days: Sequence[Day]) -> Iterator[Problem]:
    for name, day in days:
        # Some were adopted in a year or a month, no day being known: an ISO day begins with both.
        if day and instrument.adopted and day.isoformat() < instrument.adopted:
            text = f"{name} {day} is before {instrument.id} was adopted ({instrument.adopted})"
            yield Problem(file, path or name, text, PUT_IN_ORDER)


def _out_of_order(file: str, path: str, days: Sequence[Day]) -> Iterator[Problem]:
    known = [(name, day) for name, day in days if day is not None]
    for place, (later, day) in enumerate(known):
        for earlier, before in known[:place]:
            if day < before:
                yield Problem(file, path, f"{later} ({day}) is before {earlier} ({before})", PUT_IN_ORDER)


def _future_faults(file: str, state: State) -> Iterator[Problem]:
    for path, row in rows("", state):
        for name in _PAST:
            day = getattr(row, name, None)
            if isinstance(day, date) and day > state.as_of:
                text = f"{day} is after the day on which the data of the State stand ({state.as_of})"
                yield Problem(file, f"{path}.{name}", text, "correct the day, or set as_of to the day of the look")
        year = getattr(row, "year", None)
        if isinstance(year, int) and year > state.as_of.year:
            text = f"{year} is after the day on which the data of the State stand ({state.as_of})"
            yield Problem(file, f"{path}.year", text, "correct the year, or set as_of to the day of the look")


def _range_faults(file: str, content: msgspec.Struct) -> Iterator[Problem]:
    for path, row in rows("", content):
        if isinstance(row, DatedRow) and row.valid_from and row.valid_until and row.valid_until <= row.valid_from:
            text = f"holds on no day: valid_until ({row.valid_until}) is not after valid_from ({row.valid_from})"
            yield Problem(file, path, text, PUT_IN_ORDER)
