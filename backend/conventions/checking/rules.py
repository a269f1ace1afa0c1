"""References inside the rules by which answers are made: `engine/basis.yaml` and `engine/risk-*.yaml`."""

from collections.abc import Iterator, Mapping, Set
from itertools import chain

import msgspec

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import CORRECT_OR_ADD, Problem, dangling
from backend.conventions.checking.walking import rows
from backend.conventions.errors import LawDataError
from backend.conventions.refusal_risks import faults  # the module: it imports this package's report in turn
from backend.conventions.refusal_risks.rulebook import rulebook

_BASIS, _RISKS = "engine/basis.yaml", "engine/risk-*.yaml"
# What the parameters of a test and its conditions name.
_KINDS = {
    "basis": "instrument",
    "basis_not": "instrument",
    "outside_offences_of": "instrument",
    "scheme": "instrument",
    "instrument": "instrument",
    "measures": "measure",
    "measures_not": "measure",
    "requested": "State",
    "offences": "offence",
    "fields": "field of a letter",
    "texts": "field of a letter",
    "unless_in": "field of a letter",
    "filled": "field of a letter",
    "terms": "terms",
    "unless": "terms",
    "shared": "terms",
    "settled": "terms",
    "harm": "terms",
    "aggravating": "terms",
}


def rule_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Names that lead nowhere in the rules on the legal basis and in the tests of risks; tests that have no rule."""
    yield from _basis_faults(catalogue)
    try:
        rulebook(catalogue)
    except LawDataError as fault:
        yield Problem(fault.file, fault.path, fault.problem, CORRECT_OR_ADD)
    else:
        yield from faults.risk_faults(catalogue)
    known = {
        "instrument": set(catalogue.instrument_ids),
        "measure": set(catalogue.measures),
        "State": set(catalogue.state_codes),
        "offence": set(catalogue.offences),
        "field of a letter": set(catalogue.letter_fields),
        "terms": set(chain.from_iterable(file.terms for file in catalogue.risk_files)),
    }
    for file in catalogue.risk_files:
        for rule, tests in file.tests.items():
            for path, row in rows(rule, tests):
                yield from _test_faults(path, row, known)


def _test_faults(path: str, row: msgspec.Struct, known: Mapping[str, Set[str]]) -> Iterator[Problem]:
    for name, kind in _KINDS.items():
        value = getattr(row, name, None)
        named = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
        for one in sorted(set(named) - known[kind]):
            yield dangling(_RISKS, f"{path}.{name}", kind, one)


def _basis_faults(catalogue: Catalogue) -> Iterator[Problem]:
    instruments = list(catalogue.instruments())
    contents = {row.field for one in instruments for row in one.request_contents}
    grounds = {row.ground for one in instruments for row in one.refusal_grounds}
    content = catalogue.basis_rules
    for measure in dict.fromkeys(chain(*content.follows.items(), *content.precedes.items())):
        if measure not in catalogue.measures:
            yield dangling(_BASIS, "follows, precedes", "measure", measure)
    for name in content.likely:
        if name not in grounds:
            yield dangling(_BASIS, "likely", "ground of refusal", name)
    for name in content.documents:
        if name not in contents:
            yield dangling(_BASIS, "documents", "content of a request", name)
