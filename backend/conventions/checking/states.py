"""References inside `states/*.yaml`."""

from collections.abc import Iterator
from itertools import chain

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import Problem
from backend.conventions.schema.states import State

_GROUPS = {"*", "commonwealth", "non-commonwealth"}


def state_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Ids that do not resolve, rows that stand twice, bilateral rows that the other State lacks."""
    for code, state in zip(catalogue.state_codes, catalogue.states(), strict=True):
        file = f"states/{code}.yaml"
        if state.code != code:
            yield Problem(file, "code", f"is {state.code!r} and has to equal the name of the file")
        yield from _treaty_faults(catalogue, file, state)
        yield from _bilateral_faults(catalogue, file, state)
        yield from _authority_faults(catalogue, file, state)
        yield from _gate_faults(catalogue, file, state)
        yield from _statute_faults(catalogue, file, state)


def _treaty_faults(catalogue: Catalogue, file: str, state: State) -> Iterator[Problem]:
    named = [row.instrument for row in state.treaties]
    for index, name in enumerate(named):
        if name not in catalogue.instrument_ids:
            yield Problem(file, f"treaties[{index}].instrument", f"no instrument {name!r}")
        elif named.index(name) != index:
            yield Problem(file, f"treaties[{index}].instrument", f"{name!r} stands twice")


def _bilateral_faults(catalogue: Catalogue, file: str, state: State) -> Iterator[Problem]:
    for index, row in enumerate(state.bilateral):
        path = f"bilateral[{index}]"
        if row.with_state not in catalogue.state_codes:
            yield Problem(file, f"{path}.with", f"no State {row.with_state!r}")
        elif not any(
            other.with_state == state.code and other.instrument == row.instrument
            for other in catalogue.state(row.with_state).bilateral
        ):
            yield Problem(file, path, f"the file of {row.with_state!r} has no row that mirrors it")
        if row.instrument is not None and row.instrument not in catalogue.instrument_ids:
            yield Problem(file, f"{path}.instrument", f"no instrument {row.instrument!r}")


def _authority_faults(catalogue: Catalogue, file: str, state: State) -> Iterator[Problem]:
    for index, row in enumerate(state.authorities):
        for name in row.instruments:
            if name != "*" and name not in catalogue.instrument_ids:
                yield Problem(file, f"authorities[{index}].instruments", f"no instrument {name!r}")
        for name in row.measures:
            if name != "*" and name not in catalogue.measures:
                yield Problem(file, f"authorities[{index}].measures", f"no measure {name!r}")


def _gate_faults(catalogue: Catalogue, file: str, state: State) -> Iterator[Problem]:
    known = _GROUPS | set(catalogue.state_codes)
    for index, gate in enumerate(state.gates or ()):
        for name in gate.measures:
            if name not in catalogue.measures:
                yield Problem(file, f"gates[{index}].measures", f"no measure {name!r}")
        named = chain(gate.applies_to, *(order.states for order in gate.orders))
        for code in sorted(set(named) - known):
            yield Problem(file, f"gates[{index}]", f"no State or group {code!r}")


def _statute_faults(catalogue: Catalogue, file: str, state: State) -> Iterator[Problem]:
    for index, row in enumerate(state.cybercrime_statute.offences):
        if row.offence not in catalogue.offences:
            yield Problem(file, f"cybercrime_statute.offences[{index}].offence", f"no offence {row.offence!r}")
    form = state.mla_statute.request_form
    covered = set(chain.from_iterable(field.covers for field in catalogue.letter_fields.values()))
    for index, content in enumerate(form.contents if form else ()):
        if content.obligatory and content.field not in covered:
            path = f"mla_statute.request_form.contents[{index}].field"
            yield Problem(file, path, f"no field of letter-fields.yaml covers the mandatory {content.field!r}")
