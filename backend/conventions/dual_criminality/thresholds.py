"""Least maximum penalties that instruments between the two States ask for, and whether the provisions reach them."""

from collections.abc import Iterable
from datetime import date

from backend.conventions.binding import Bound, binds, binds_pair
from backend.conventions.catalogue import Catalogue
from backend.conventions.dual_criminality.answer import Penalty, ProvisionAnswer, Reached, Threshold
from backend.conventions.legal_basis.answer import Reference
from backend.conventions.schema.instruments import Instrument


def thresholds(
    catalogue: Catalogue,
    states: tuple[str, str],
    on: date,
    requesting: Iterable[ProvisionAnswer],
    requested: Iterable[ProvisionAnswer],
) -> tuple[Threshold, ...]:
    """The limits of the instruments that bind both States on the day, against the penalties of either side's rows."""
    sides = [tuple(row.penalty for row in rows if row.penalty) for rows in (requesting, requested)]
    found: dict[tuple[Reference, int, str], list[str]] = {}
    for instrument in catalogue.instruments():
        if _binds_both(catalogue, instrument, states, on):
            for measure, limit in _limits(catalogue, instrument):
                found.setdefault(limit, []).append(measure)
    return tuple(
        Threshold(years, side, tuple(dict.fromkeys(measures)), ref, reached(sides[0], years), reached(sides[1], years))
        for (ref, years, side), measures in found.items()
    )


def reached(penalties: tuple[Penalty, ...], years: int) -> Reached:
    """Whether the highest of the penalties reaches the years; a number that nobody verified only seems to."""
    known = [(penalty.years, penalty.ref.verified) for penalty in penalties if penalty.years is not None]
    enough = [verified for most, verified in known if most >= years]
    if enough:
        return Reached.YES if any(enough) else Reached.SEEMS_YES
    if not known or len(known) < len(penalties):
        return Reached.UNKNOWN
    return Reached.NO if all(verified for _, verified in known) else Reached.SEEMS_NO


def _binds_both(catalogue: Catalogue, instrument: Instrument, states: tuple[str, str], on: date) -> bool:
    first, second = (catalogue.state(code) for code in states)
    if instrument.bilateral:
        bound = binds_pair(instrument, first, second, on)
    else:
        bound = binds(instrument, first, on), binds(instrument, second, on)
    return all(side.bound is Bound.YES for side in bound)


def _limits(catalogue: Catalogue, instrument: Instrument) -> Iterable[tuple[str, tuple[Reference, int, str]]]:
    sides = catalogue.comparison_rules.penalty_limits
    for row in instrument.cooperation:
        for name in row.limits:
            if name in sides and (years := row.years(name)) is not None:
                ref = Reference(instrument.id, row.limits_ref.get(name, row.ref), row.verified, row.doubtful)
                yield row.measure, (ref, years, sides[name])
