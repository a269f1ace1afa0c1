"""References inside `concepts.yaml` and `state-elements.yaml`, and the rows that they mirror."""

from collections.abc import Iterator

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import CORRECT_OR_ADD, Problem, dangling

_CONCEPTS, _NATIONAL = "concepts.yaml", "state-elements.yaml"


def concept_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Concepts that are none, elements without a concept, national rows without their statute or the other way."""
    yield from _name_faults(catalogue)
    yield from _mapping_faults(catalogue)
    yield from _national_faults(catalogue)
    yield from _statute_faults(catalogue)


def _name_faults(catalogue: Catalogue) -> Iterator[Problem]:
    content = catalogue.concepts
    known = {concept.id for concept in content.concepts}
    named = [(c.id, (*c.broader, *c.partition, *c.composed_of, *c.disjoint_with)) for c in content.concepts]
    named += [(test.id, (*test.conduct, *test.absent)) for test in content.tests]
    mappings = (*content.mapping, *content.mapping_ahead, *content.facts_mapping)
    named += [(row.element, row.concept) for row in mappings]
    for path, names in named:
        for name in sorted(set(names) - known):
            yield dangling(_CONCEPTS, path, "concept", name)
    for row in mappings:
        if row.offence is not None and row.offence not in catalogue.offences:
            yield dangling(_CONCEPTS, row.element, "offence", row.offence)
    for test in content.tests:
        if test.offence != "any" and test.offence not in catalogue.offences:
            yield dangling(_CONCEPTS, test.id, "offence", test.offence)
        for code in sorted({test.requesting, test.requested} - set(catalogue.state_codes)):
            yield dangling(_CONCEPTS, test.id, "State", code)


def _mapping_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Every element of every instrument has a row, and every row an element."""
    mapped = {(row.instrument, row.ref, row.offence, row.element) for row in catalogue.concepts.mapping}
    listed = {
        (instrument.id, article.ref, article.offence, element.id)
        for instrument in catalogue.instruments()
        for article in instrument.offences
        for element in article.elements
    }
    for instrument, ref, offence, element in sorted(listed - mapped):
        text = f"no row for {element!r} of {instrument} {ref} ({offence})"
        yield Problem(_CONCEPTS, "mapping", text, "add a row that says what the element means", instrument)
    for named, article, code, element in sorted(mapped - listed, key=str):
        text = f"{named} {article} ({code}) has no element {element!r}"
        yield Problem(_CONCEPTS, "mapping", text, CORRECT_OR_ADD, named or "")


def _national_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Rows of national elements that name what is not there."""
    content, known = catalogue.state_elements, {concept.id for concept in catalogue.concepts.concepts}
    listed = _provisions(catalogue)
    for index, row in enumerate(content.offences):
        path, there = f"offences[{index}] ({row.state} {row.ref})", (row.state, row.ref, row.offence) in listed
        if row.state not in catalogue.state_codes:
            yield dangling(_NATIONAL, path, "State", row.state)
        elif not row.new and not row.absent and not there:
            text = f"the file of the State has no such row for {row.offence!r}"
            yield Problem(_NATIONAL, path, text, CORRECT_OR_ADD, row.state)
        elif row.new and there:
            text = "is marked new, and the file of the State has the row"
            yield Problem(_NATIONAL, path, text, "take out the mark", row.state)
        if row.offence not in catalogue.offences:
            yield dangling(_NATIONAL, path, "offence", row.offence, row.state)
        for element in row.elements:
            if element.concept not in known:
                yield dangling(_NATIONAL, path, "concept", element.concept, row.state)
    for coverage in content.coverage:
        if coverage.state != "*" and coverage.state not in catalogue.state_codes:
            yield dangling(_NATIONAL, "coverage", "State", coverage.state)


def _statute_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Provisions of a State that has rows of elements, without one: a comparison would pass over them."""
    rows = {(row.state, row.ref, row.offence) for row in catalogue.state_elements.offences}
    told = {state for state, _, _ in rows}
    for state, ref, offence in sorted(_provisions(catalogue) - rows, key=str):
        if state in told:
            text = f"no row for {state} {ref} ({offence}), which the file of the State has"
            yield Problem(_NATIONAL, "offences", text, "add one; basis: heading-only where nobody saw the text", state)


def _provisions(catalogue: Catalogue) -> set[tuple[str, str | None, str]]:
    return {
        (state.code, row.ref, row.offence) for state in catalogue.states() for row in state.cybercrime_statute.offences
    }
