"""References inside `states/*.yaml`."""

from collections.abc import Iterator
from itertools import chain

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.contents import contents_covered, uncovered
from backend.conventions.checking.report import Problem, dangling, misnamed
from backend.conventions.schema.states import BilateralStanding, State

_GROUPS = {"*", "commonwealth", "non-commonwealth"}


def state_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Ids that do not resolve, bilateral rows that the other State lacks or tells otherwise."""
    for code, state in zip(catalogue.state_codes, catalogue.states(), strict=True):
        file = f"states/{code}.yaml"
        if state.code != code:
            yield misnamed(file, "code", state.code)
        yield from _treaty_faults(catalogue, file, state)
        yield from _bilateral_faults(catalogue, file, state)
        yield from _territory_faults(catalogue, file, state)
        yield from _authority_faults(catalogue, file, state)
        yield from _gate_faults(catalogue, file, state)
        yield from _statute_faults(catalogue, file, state)


def _treaty_faults(catalogue: Catalogue, file: str, state: State) -> Iterator[Problem]:
    for index, row in enumerate(state.treaties):
        if row.instrument not in catalogue.instrument_ids:
            yield dangling(file, f"treaties[{index}].instrument", "instrument", row.instrument)


def _bilateral_faults(catalogue: Catalogue, file: str, state: State) -> Iterator[Problem]:
    for index, row in enumerate(state.bilateral):
        path = f"bilateral[{index}]"
        if row.with_state not in catalogue.state_codes:
            yield dangling(file, f"{path}.with", "State", row.with_state)
        else:
            yield from _mirror_faults(catalogue, file, path, state, row)
        if row.instrument is None:
            continue
        if row.instrument not in catalogue.instrument_ids:
            yield dangling(file, f"{path}.instrument", "instrument", row.instrument)
        elif not catalogue.instrument(row.instrument).bilateral:
            text = f"{row.instrument!r} is not bilateral: its file says so"
            yield Problem(file, f"{path}.instrument", text, "move the row to treaties, or correct the instrument")


def _mirror_faults(
    catalogue: Catalogue, file: str, path: str, state: State, row: BilateralStanding
) -> Iterator[Problem]:
    mirrors = [
        other
        for other in catalogue.state(row.with_state).bilateral
        if other.with_state == state.code and other.instrument == row.instrument
    ]
    if not mirrors:
        text = f"the file of {row.with_state!r} has no row that mirrors it"
        yield Problem(file, path, text, "add the row there, or take this one out", row.with_state)
    elif not any(_days(row) == _days(other) for other in mirrors):
        text = f"the row that mirrors it in the file of {row.with_state!r} has other days"
        yield Problem(
            file, path, text, "give both the same in_force, denounced, valid_from, valid_until", row.with_state
        )


def _days(row: BilateralStanding) -> tuple[object, ...]:
    return row.in_force, row.denounced, row.valid_from, row.valid_until


def _territory_faults(catalogue: Catalogue, file: str, state: State) -> Iterator[Problem]:
    codes = [territory.code for territory in state.territories]
    for index, territory in enumerate(state.territories):
        if codes.index(territory.code) != index or territory.code in catalogue.state_codes:
            text = f"the code {territory.code!r} stands for another territory or State"
            yield Problem(file, f"territories[{index}].code", text, "give each its own code")
        for row in territory.treaties:
            if row.instrument not in catalogue.instrument_ids:
                yield dangling(file, f"territories[{index}].treaties", "instrument", row.instrument)
    for index, authority in enumerate(state.authorities):
        if authority.territory is not None and authority.territory not in codes:
            yield dangling(file, f"authorities[{index}].territory", "territory", authority.territory)


def _authority_faults(catalogue: Catalogue, file: str, state: State) -> Iterator[Problem]:
    for index, row in enumerate(state.authorities):
        for name in row.instruments:
            if name != "*" and name not in catalogue.instrument_ids:
                yield dangling(file, f"authorities[{index}].instruments", "instrument", name)
        for name in row.measures:
            if name != "*" and name not in catalogue.measures:
                yield dangling(file, f"authorities[{index}].measures", "measure", name)


def _gate_faults(catalogue: Catalogue, file: str, state: State) -> Iterator[Problem]:
    known = _GROUPS | set(catalogue.state_codes)
    for index, gate in enumerate(state.gates or ()):
        for name in gate.measures:
            if name not in catalogue.measures:
                yield dangling(file, f"gates[{index}].measures", "measure", name)
        for name in gate.instruments:
            if name not in catalogue.instrument_ids:
                yield dangling(file, f"gates[{index}].instruments", "instrument", name)
        named = chain(gate.applies_to, *(order.states for order in gate.orders))
        for code in sorted(set(named) - known):
            yield dangling(file, f"gates[{index}]", "State or group", code)


def _statute_faults(catalogue: Catalogue, file: str, state: State) -> Iterator[Problem]:
    for index, row in enumerate(state.cybercrime_statute.offences):
        if row.offence not in catalogue.offences:
            yield dangling(file, f"cybercrime_statute.offences[{index}].offence", "offence", row.offence)
    covered = contents_covered(catalogue)
    wordings = [("mla_statute", state.mla_statute)]
    wordings += [(f"mla_statute_earlier[{i}]", row) for i, row in enumerate(state.mla_statute_earlier)]
    for name, statute in wordings:
        form = statute.request_form
        for index, content in enumerate(form.contents if form else ()):
            if content.field not in covered:
                yield uncovered(file, f"{name}.request_form.contents[{index}].field", content.field)
