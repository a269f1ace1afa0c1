"""References inside `instruments/*.yaml`."""

from collections.abc import Iterator, Set

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.contents import contents_covered, uncovered
from backend.conventions.checking.report import CORRECT_OR_ADD, Problem, dangling, misnamed
from backend.conventions.schema.instruments import Instrument


def instrument_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Ids that do not resolve, elements named twice, contents that no field of the letter covers."""
    covered = contents_covered(catalogue)
    for name, instrument in zip(catalogue.instrument_ids, catalogue.instruments(), strict=True):
        file = f"instruments/{name}.yaml"
        if instrument.id != name:
            yield misnamed(file, "id", instrument.id)
        yield from _parent_faults(catalogue, file, instrument)
        yield from _measure_faults(catalogue, file, instrument)
        yield from _offence_faults(catalogue, file, instrument)
        yield from _content_faults(covered, file, instrument)
        if instrument.bilateral:
            yield from _bilateral_faults(catalogue, file, instrument)


def _parent_faults(catalogue: Catalogue, file: str, instrument: Instrument) -> Iterator[Problem]:
    """A protocol leads to the convention that it supplements, and that one to none."""
    if instrument.parent is None:
        return
    if instrument.parent not in catalogue.instrument_ids:
        yield dangling(file, "parent", "instrument", instrument.parent)
    elif catalogue.instrument(instrument.parent).parent is not None:
        text = f"{instrument.parent!r} is itself the protocol of another instrument"
        yield Problem(file, "parent", text, "name the convention that both supplement")


def _measure_faults(catalogue: Catalogue, file: str, instrument: Instrument) -> Iterator[Problem]:
    named = [(f"cooperation[{i}].measure", row.measure) for i, row in enumerate(instrument.cooperation)]
    optional = [(f"request_contents[{i}].measure", row.measure) for i, row in enumerate(instrument.request_contents)]
    optional += [(f"refusal_grounds[{i}].measure", row.measure) for i, row in enumerate(instrument.refusal_grounds)]
    named += [(path, measure) for path, measure in optional if measure != "*"]
    for index, row in enumerate(instrument.cooperation):
        hooks = row.limits.get("hook_for", ())
        if isinstance(hooks, tuple):
            named += [(f"cooperation[{index}].limits.hook_for", name) for name in hooks]
    for path, measure in named:
        if measure not in catalogue.measures:
            yield dangling(file, path, "measure", measure)


def _offence_faults(catalogue: Catalogue, file: str, instrument: Instrument) -> Iterator[Problem]:
    for index, article in enumerate(instrument.offences):
        path = f"offences[{index}]"
        if article.offence not in catalogue.offences:
            yield dangling(file, f"{path}.offence", "offence", article.offence)
        ids = [element.id for element in article.elements]
        for twice in sorted({name for name in ids if ids.count(name) > 1}):
            yield Problem(file, f"{path}.elements", f"the element {twice!r} stands twice", "keep one")


def _content_faults(covered: Set[str], file: str, instrument: Instrument) -> Iterator[Problem]:
    for index, row in enumerate(instrument.request_contents):
        if row.field not in covered:
            yield uncovered(file, f"request_contents[{index}].field", row.field)


def _bilateral_faults(catalogue: Catalogue, file: str, instrument: Instrument) -> Iterator[Problem]:
    """Two States have it, with the day of the instrument's own file, and its authorities are theirs."""
    holders = {state.code for state in catalogue.states() for row in state.bilateral if row.instrument == instrument.id}
    if len(holders) != 2:
        text = f"is bilateral, and these States have a row for it: {', '.join(sorted(holders)) or 'none'}"
        yield Problem(file, "bilateral", text, "point a row under bilateral of both States to it by instrument")
    for index, authority in enumerate(instrument.central_authorities):
        if authority.state.lower() not in holders:
            path = f"central_authorities[{index}].state"
            yield Problem(file, path, f"{authority.state!r} has no row for this instrument", CORRECT_OR_ADD)
    for code in sorted(holders):
        for row in catalogue.state(code).bilateral:
            differs = row.in_force and instrument.in_force and row.in_force != instrument.in_force
            if row.instrument == instrument.id and differs:
                text = f"in force {instrument.in_force}, and {row.in_force} in the file of {code!r}"
                yield Problem(file, "in_force", text, "correct the day that is wrong", code)
