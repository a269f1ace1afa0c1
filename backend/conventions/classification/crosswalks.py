"""From an offence to the classes of incident taxonomies and of crime statistics, and to the nearest articles.

An incident class describes facts, an offence describes law: that a tag is named here says only that the two often meet.
"""

import functools
from dataclasses import dataclass

from backend.conventions.catalogue import Catalogue
from backend.conventions.schema.terms import Crosswalk

# The columns of `offences.yaml` that hold tags; each has the name of its namespace.
INCIDENT_COLUMNS = ("rsit", "europol_incident", "europol_event", "csirt_americas")
_RELATED = "_related"


@dataclass(frozen=True, slots=True)
class StatisticalClass:
    """A class of the International Classification of Crime for Statistical Purposes."""

    code: str
    title: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Tags:
    """The classes to which an offence leads; empty where a taxonomy has none that truly corresponds."""

    rsit: tuple[str, ...] = ()
    europol_incident: tuple[str, ...] = ()
    europol_event: tuple[str, ...] = ()
    csirt_americas: tuple[str, ...] = ()
    iccs: tuple[StatisticalClass, ...] = ()


@dataclass(frozen=True, slots=True)
class Absence:
    """An instrument that has no such offence, and its nearest articles, which may be none."""

    instrument: str
    nearest: tuple[str, ...]


def tags(catalogue: Catalogue, code: str) -> Tags:
    """The classes of every taxonomy for an offence. Raises UnknownName for a code that the data do not know."""
    row = catalogue.offence(code).crosswalk
    iccs = tuple(StatisticalClass(found.code, found.title, found.verified) for found in row.iccs)
    return Tags(iccs=iccs, **{column: getattr(row, column) for column in INCIDENT_COLUMNS})


def absences(catalogue: Catalogue, code: str) -> tuple[Absence, ...]:
    """The instruments that have no such offence, of those for which the crosswalk says which articles come nearest.

    A protocol that only adds some offences has no such column: that it lacks the others says nothing.
    Raises UnknownName.
    """
    row = catalogue.offence(code).crosswalk
    return tuple(
        Absence(instrument, getattr(row, column + _RELATED))
        for column, instrument in instrument_columns().items()
        if hasattr(row, column + _RELATED) and not getattr(row, column)
    )


@functools.cache
def instrument_columns() -> dict[str, str]:
    """The columns that hold articles, with the id of the instrument of each."""
    columns = [name for name in Crosswalk.__struct_fields__ if name not in {*INCIDENT_COLUMNS, "iccs"}]
    return {name: name.replace("_", "-") for name in columns if not name.endswith(_RELATED)}
