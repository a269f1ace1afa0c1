"""Rows that say two things of the same matter on the same day; law that changed has rows that follow each other."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import Problem
from backend.conventions.schema.common import DatedRow
from backend.conventions.schema.instruments import Instrument
from backend.conventions.schema.states import State

# What a row is about: two rows of one list that are about the same may not hold on the same day.
Matter = tuple[object, ...]
_DO = "give the earlier row the day on which the later begins as valid_until, or take one out"


def overlap_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Two rows of a State or an instrument about the same that are valid on the same day."""
    for state in catalogue.states():
        for name, listed in _lists_of_state(state):
            yield from _overlaps(f"states/{state.code}.yaml", name, listed)
    for instrument in catalogue.instruments():
        for name, listed in _lists_of_instrument(instrument):
            yield from _overlaps(f"instruments/{instrument.id}.yaml", name, listed)
    national: dict[str, list[tuple[Matter, DatedRow]]] = {}
    for row in catalogue.state_elements.offences:
        national.setdefault(row.state, []).append(((row.state, row.ref, row.offence, row.limb), row))
    for code, listed in national.items():
        yield from _overlaps("state-elements.yaml", "offences", listed, owner=code)


def _lists_of_state(state: State) -> Iterable[tuple[str, Sequence[tuple[Matter, DatedRow]]]]:
    yield "treaties", [((row.instrument,), row) for row in state.treaties]
    yield "bilateral", [((row.with_state, row.instrument or row.title), row) for row in state.bilateral]
    yield (
        "gates",
        [
            ((row.ref, row.direction, row.needs, row.applies_to, row.measures, row.any_of), row)
            for row in state.gates or ()
        ],
    )
    for index, gate in enumerate(state.gates or ()):
        yield f"gates[{index}].orders", [((order.citation, order.states), order) for order in gate.orders]
    yield "domestic_powers", [((row.power, row.ref), row) for row in state.domestic_powers or ()]
    yield (
        "authorities",
        [
            ((row.title, row.kind, row.instruments, row.measures, row.basis, row.territory), row)
            for row in state.authorities
        ],
    )
    offences = state.cybercrime_statute.offences
    # Without a number nobody can say whether two rows are about the same provision.
    yield "cybercrime_statute.offences", [((row.ref, row.offence), row) for row in offences if row.ref]
    yield "mla_statute", [((), row) for row in (state.mla_statute, *state.mla_statute_earlier)]


def _lists_of_instrument(instrument: Instrument) -> Iterable[tuple[str, Sequence[tuple[Matter, DatedRow]]]]:
    yield "cooperation", [((row.ref, row.measure, row.title), row) for row in instrument.cooperation]
    yield "request_contents", [((row.ref, row.measure, row.field), row) for row in instrument.request_contents]
    yield "refusal_grounds", [((row.ref, row.measure, row.ground), row) for row in instrument.refusal_grounds]
    wordings = list(instrument.rules.items())
    wordings += [(name, row) for name, earlier in instrument.rules_earlier.items() for row in earlier]
    yield "rules", [((name,), row) for name, row in wordings]


def _overlaps(file: str, name: str, listed: Sequence[tuple[Matter, DatedRow]], owner: str = "") -> Iterator[Problem]:
    same: dict[Matter, list[DatedRow]] = {}
    for matter, row in listed:
        same.setdefault(matter, []).append(row)
    for matter, group in same.items():
        for first, second in combinations(group, 2):
            if _meet(first, second):
                told = ", ".join(str(part) for part in matter if isinstance(part, str)) or "the statute"
                text = f"two rows on {told} hold on the same day ({_span(first)}; {_span(second)})"
                yield Problem(file, name, text, _DO, owner)


def _meet(first: DatedRow, second: DatedRow) -> bool:
    return not _ends_before(first, second) and not _ends_before(second, first)


def _ends_before(first: DatedRow, second: DatedRow) -> bool:
    return bool(first.valid_until and second.valid_from and first.valid_until <= second.valid_from)


def _span(row: DatedRow) -> str:
    if row.valid_from is None and row.valid_until is None:
        return "without days"
    return f"from {row.valid_from or 'always'} until {row.valid_until or 'further notice'}"
