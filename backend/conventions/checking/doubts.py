"""What is not wrong and deserves a lawyer's look: rows that say less than the rules on reading them expect."""

from collections.abc import Iterator

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import Problem
from backend.conventions.schema.instruments import Instrument
from backend.conventions.schema.states import State


def doubts(catalogue: Catalogue) -> Iterator[Problem]:
    """Protocols without a convention, parties that the file of their State lacks or gives another day, verified rows
    without a source, titles that say more than their row, days still to come."""
    for instrument in catalogue.instruments():
        file = f"instruments/{instrument.id}.yaml"
        if instrument.kind == "protocol" and instrument.parent is None:
            yield Problem(file, "parent", "is a protocol, and the file does not name the convention it belongs to")
        yield from _party_doubts(catalogue, file, instrument)
    for state in catalogue.states():
        yield from _source_doubts(state)
        yield from _bilateral_doubts(state)
        yield from _later_doubts(state)


def _party_doubts(catalogue: Catalogue, file: str, instrument: Instrument) -> Iterator[Problem]:
    for party in instrument.parties:
        code = party.iso.lower()
        if code not in catalogue.state_codes or instrument.bilateral:
            continue
        rows = [row for row in catalogue.state(code).treaties if row.instrument == instrument.id]
        row = rows[-1] if rows else None
        if row is None:
            yield Problem(file, f"parties ({party.iso})", "is listed, and the file of the State has no row", owner=code)
        elif party.deposit and row.ratified_or_acceded and party.deposit != row.ratified_or_acceded:
            text = f"deposit {party.deposit}, and {row.ratified_or_acceded} in the file of the State"
            yield Problem(file, f"parties ({party.iso})", text, owner=code)


def _source_doubts(state: State) -> Iterator[Problem]:
    for index, row in enumerate(state.treaties):
        if row.verified and row.source is None:
            yield Problem(f"states/{state.code}.yaml", f"treaties[{index}]", "is verified, and has no source")


def _bilateral_doubts(state: State) -> Iterator[Problem]:
    for index, row in enumerate(state.bilateral):
        if "NOT in force" in row.title:
            text = "says in its title that it is not in force, for which the row has no key"
            yield Problem(f"states/{state.code}.yaml", f"bilateral[{index}]", text)


def _later_doubts(state: State) -> Iterator[Problem]:
    """In force or denounced from a day after the data: it may be announced, and somebody has to look on that day."""
    listed = [
        (f"treaties[{i}] ({row.instrument})", row.in_force, row.denounced) for i, row in enumerate(state.treaties)
    ]
    listed += [(f"bilateral[{i}] ({row.title})", row.in_force, row.denounced) for i, row in enumerate(state.bilateral)]
    for path, *days in listed:
        for day in days:
            if day and day > state.as_of:
                text = f"{day} is after the day on which the data of the State stand ({state.as_of})"
                yield Problem(f"states/{state.code}.yaml", path, text, "look again on that day")
