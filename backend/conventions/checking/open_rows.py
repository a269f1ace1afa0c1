"""Rows that nobody has verified, that are doubtful, or that are older than a year, by State and instrument."""

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import OpenRow, OwnerKind
from backend.conventions.checking.walking import rows
from backend.conventions.schema.states import State

_NAMES = ("title", "instrument", "ref", "power", "needs", "citation", "field", "ground", "capability", "id")
_A_YEAR = timedelta(days=365)
# Days on which somebody looked: what was seen then may have changed since.
_LOOKED = ("as_of", "status_as_of", "seen")


def open_rows(catalogue: Catalogue, on: date) -> Iterator[OpenRow]:
    """Every row that is `verified: false` or doubtful, invitations that expired, what was seen over a year ago."""
    for instrument in catalogue.instruments():
        yield from _unverified(instrument.id, "instrument", instrument)
        yield from _old(instrument.id, "instrument", instrument, on)
    for state in catalogue.states():
        yield from _unverified(state.code, "state", state)
        yield from _old(state.code, "state", state, on)
        yield from _expired(state, on)
    for national in catalogue.state_elements.offences:
        if not national.verified:
            name = f"{national.ref} {national.offence}"
            why = f"unverified ({national.basis})"
            yield OpenRow(national.state, "state", "state-elements.yaml", name, "unverified", why)
    yield from _old("state-elements", "list", catalogue.state_elements, on)
    yield from _old("concepts", "list", catalogue.concepts, on)
    yield from _old("measures", "list", catalogue.measure_tree, on)
    yield from _old("facts", "list", catalogue.questions, on)
    yield from _old("cyberlaw-areas", "list", catalogue.cyberlaw_areas, on)
    yield from _old("harmonisation", "list", catalogue.harmonisation, on)


def _expired(state: State, on: date) -> Iterator[OpenRow]:
    for index, row in enumerate(state.treaties):
        if row.expires is not None and row.expires < on:
            why = f"expired {row.expires.isoformat()}"
            yield OpenRow(state.code, "state", f"treaties[{index}]", row.instrument, "expired", why)


def _old(owner: str, kind: OwnerKind, content: msgspec.Struct, on: date) -> Iterator[OpenRow]:
    for path, row in (("", content), *rows("", content)):
        for name in _LOOKED:
            day = getattr(row, name, None)
            if isinstance(day, date) and on - day > _A_YEAR:
                place = f"{path}.{name}" if path else name
                yield OpenRow(owner, kind, place, f"{_name(row)} {day.isoformat()}".strip(), "old", "older than a year")


def _unverified(owner: str, kind: OwnerKind, row: msgspec.Struct) -> Iterator[OpenRow]:
    for path, found in rows("", row):
        if getattr(found, "doubtful", False):
            yield OpenRow(owner, kind, path, _name(found), "doubtful", "doubtful")
        elif getattr(found, "verified", None) is False:
            yield OpenRow(owner, kind, path, _name(found), "unverified", "unverified")


def _name(row: msgspec.Struct) -> str:
    values = (getattr(row, name, None) for name in _NAMES)
    return next((str(value) for value in values if value), "")
