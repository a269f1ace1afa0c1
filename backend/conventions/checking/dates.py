"""Dates that cannot be: entry into force before adoption, ratification before signature."""

from collections.abc import Iterator
from datetime import date

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import Problem
from backend.conventions.schema.instruments import Instrument
from backend.conventions.schema.states import State, TreatyStanding


def date_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Dates of one row, or of a State's row and its instrument, that contradict each other."""
    for instrument in catalogue.instruments():
        yield from _instrument_faults(instrument)
    for state in catalogue.states():
        for index, row in enumerate(state.treaties):
            path = f"treaties[{index}] ({row.instrument})"
            if row.instrument in catalogue.instrument_ids:
                yield from _standing_faults(state, path, row, catalogue.instrument(row.instrument))


def _instrument_faults(instrument: Instrument) -> Iterator[Problem]:
    file = f"instruments/{instrument.id}.yaml"
    if instrument.in_force and instrument.adopted and instrument.in_force.isoformat() < instrument.adopted:
        yield Problem(file, "in_force", f"{instrument.in_force} is before it was adopted ({instrument.adopted})")


def _standing_faults(state: State, path: str, row: TreatyStanding, instrument: Instrument) -> Iterator[Problem]:
    file = f"states/{state.code}.yaml"
    yield from _out_of_order(file, path, ("signed", row.signed), ("ratified_or_acceded", row.ratified_or_acceded))
    yield from _out_of_order(file, path, ("ratified_or_acceded", row.ratified_or_acceded), ("in_force", row.in_force))
    yield from _out_of_order(file, path, ("signed", row.signed), ("expires", row.expires))
    if row.in_force and instrument.in_force and row.in_force < instrument.in_force:
        yield Problem(file, path, f"in force {row.in_force}, before the instrument itself ({instrument.in_force})")
    if row.signed and instrument.adopted and row.signed.isoformat() < instrument.adopted:
        yield Problem(file, path, f"signed {row.signed}, before it was adopted ({instrument.adopted})")
    if row.status != "party" and row.in_force:
        yield Problem(file, path, f"is {row.status!r} and has a day of entry into force")
    if row.status in {"signatory", "none", "invited"} and row.ratified_or_acceded:
        yield Problem(file, path, f"is {row.status!r} and has a day of ratification")


def _out_of_order(
    file: str, path: str, first: tuple[str, date | None], second: tuple[str, date | None]
) -> Iterator[Problem]:
    if first[1] and second[1] and second[1] < first[1]:
        yield Problem(file, path, f"{second[0]} ({second[1]}) is before {first[0]} ({first[1]})")
