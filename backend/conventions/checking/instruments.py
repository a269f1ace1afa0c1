"""References inside `instruments/*.yaml`."""

from collections.abc import Iterator
from itertools import chain

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import Problem
from backend.conventions.schema.instruments import Instrument


def instrument_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Ids that do not resolve, elements named twice, mandatory contents that no field of the letter covers."""
    covered = set(chain.from_iterable(field.covers for field in catalogue.letter_fields.values()))
    for name, instrument in zip(catalogue.instrument_ids, catalogue.instruments(), strict=True):
        file = f"instruments/{name}.yaml"
        if instrument.id != name:
            yield Problem(file, "id", f"is {instrument.id!r} and has to equal the name of the file")
        if instrument.parent is not None and instrument.parent not in catalogue.instrument_ids:
            yield Problem(file, "parent", f"no instrument {instrument.parent!r}")
        yield from _measure_faults(catalogue, file, instrument)
        yield from _offence_faults(catalogue, file, instrument)
        yield from _content_faults(covered, file, instrument)


def _measure_faults(catalogue: Catalogue, file: str, instrument: Instrument) -> Iterator[Problem]:
    named = [(f"cooperation[{i}]", row.measure) for i, row in enumerate(instrument.cooperation)]
    optional = [(f"request_contents[{i}]", row.measure) for i, row in enumerate(instrument.request_contents)]
    optional += [(f"refusal_grounds[{i}]", row.measure) for i, row in enumerate(instrument.refusal_grounds)]
    named += [(path, measure) for path, measure in optional if measure != "*"]
    for path, measure in named:
        if measure not in catalogue.measures:
            yield Problem(file, f"{path}.measure", f"no measure {measure!r}")


def _offence_faults(catalogue: Catalogue, file: str, instrument: Instrument) -> Iterator[Problem]:
    for index, article in enumerate(instrument.offences):
        path = f"offences[{index}]"
        if article.offence not in catalogue.offences:
            yield Problem(file, f"{path}.offence", f"no offence {article.offence!r}")
        ids = [element.id for element in article.elements]
        for twice in sorted({name for name in ids if ids.count(name) > 1}):
            yield Problem(file, f"{path}.elements", f"the element {twice!r} stands twice")


def _content_faults(covered: set[str], file: str, instrument: Instrument) -> Iterator[Problem]:
    for index, row in enumerate(instrument.request_contents):
        if row.obligatory and row.field not in covered:
            path = f"request_contents[{index}].field"
            yield Problem(file, path, f"no field of letter-fields.yaml covers the mandatory {row.field!r}")
