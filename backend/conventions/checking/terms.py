"""References inside the lists: measures, letter fields, facts, concepts, national elements, risks, areas."""

from collections.abc import Iterator
from itertools import chain

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.elements import known_elements
from backend.conventions.checking.report import Problem


def term_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Ids that do not resolve in the files of the region."""
    yield from _measure_faults(catalogue)
    yield from _letter_faults(catalogue)
    yield from _fact_faults(catalogue)
    yield from _concept_faults(catalogue)
    yield from _mapping_faults(catalogue)
    yield from _national_faults(catalogue)
    yield from _risk_faults(catalogue)
    yield from _area_faults(catalogue)


def _measure_faults(catalogue: Catalogue) -> Iterator[Problem]:
    file, known = "measures.yaml", catalogue.measures
    for measure in known.values():
        parents = [measure.parent] if measure.parent else []
        for name in (*parents, *measure.falls_back_to):
            if name not in known:
                yield Problem(file, measure.id, f"no measure {name!r}")
        seen = [measure.id]
        while (parent := known[seen[-1]].parent if seen[-1] in known else None) is not None:
            if parent in seen:
                yield Problem(file, measure.id, "is wider than itself: the parents run in a circle")
                break
            seen.append(parent)
    for name in catalogue.measure_tree.no_inheritance:
        if name not in known:
            yield Problem(file, "no_inheritance", f"no measure {name!r}")


def _letter_faults(catalogue: Catalogue) -> Iterator[Problem]:
    file, content = "letter-fields.yaml", catalogue.letter_sections
    for field in content.fields:
        if field.section not in content.sections:
            yield Problem(file, field.field, f"no section {field.section!r}")
        for name in (*field.templates, *field.seen_in):
            if name not in content.templates:
                yield Problem(file, field.field, f"no template {name!r}")
        for ref in field.treaty_refs:
            if ref.partition(" ")[0] not in catalogue.instrument_ids:
                yield Problem(file, field.field, f"no instrument in {ref!r}")


def _fact_faults(catalogue: Catalogue) -> Iterator[Problem]:
    file, known = "facts.yaml", known_elements(catalogue)
    for fact in catalogue.facts.values():
        for bearing in (*fact.establishes, *fact.contradicts):
            if bearing.element not in known.get(bearing.offence, ()):
                yield Problem(file, fact.id, f"no element {bearing.element!r} of {bearing.offence!r}")
        for condition in (*fact.ask_when.any, *fact.ask_when.unless):
            if condition.fact not in catalogue.facts:
                yield Problem(file, fact.id, f"no fact {condition.fact!r}")
        for code in fact.ask_when.open:
            if code not in catalogue.offences:
                yield Problem(file, fact.id, f"no offence {code!r}")
    for row in catalogue.questions.cannot_both:
        for answer in (row.answer, *row.others):
            if answer.fact not in catalogue.facts:
                yield Problem(file, "cannot_both", f"no fact {answer.fact!r}")


def _concept_faults(catalogue: Catalogue) -> Iterator[Problem]:
    file, content = "concepts.yaml", catalogue.concepts
    known = {concept.id for concept in content.concepts}
    named = [(c.id, (*c.broader, *c.partition, *c.composed_of, *c.disjoint_with)) for c in content.concepts]
    named += [(test.id, (*test.conduct, *test.absent)) for test in content.tests]
    named += [(row.element, row.concept) for row in (*content.mapping, *content.mapping_ahead, *content.facts_mapping)]
    for path, names in named:
        for name in sorted(set(names) - known):
            yield Problem(file, path, f"no concept {name!r}")
    for test in content.tests:
        if test.offence != "any" and test.offence not in catalogue.offences:
            yield Problem(file, test.id, f"no offence {test.offence!r}")
        for code in {test.requesting, test.requested} - set(catalogue.state_codes):
            yield Problem(file, test.id, f"no State {code!r}")


def _mapping_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Every element of every instrument has a row, and every row an element."""
    file = "concepts.yaml"
    mapped = {(row.instrument, row.ref, row.offence, row.element) for row in catalogue.concepts.mapping}
    listed = {
        (instrument.id, article.ref, article.offence, element.id)
        for instrument in catalogue.instruments()
        for article in instrument.offences
        for element in article.elements
    }
    for instrument, ref, _, element in sorted(listed - mapped):
        yield Problem(file, "mapping", f"no row for {element!r} of {instrument} {ref}")
    for named, article, _, element in sorted(mapped - listed, key=str):
        yield Problem(file, "mapping", f"{named} {article} has no element {element!r}")


def _national_faults(catalogue: Catalogue) -> Iterator[Problem]:
    file, content = "state-elements.yaml", catalogue.state_elements
    known = {concept.id for concept in catalogue.concepts.concepts}
    listed = {
        (state.code, row.ref, row.offence) for state in catalogue.states() for row in state.cybercrime_statute.offences
    }
    for index, row in enumerate(content.offences):
        path = f"offences[{index}] ({row.state} {row.ref})"
        if row.state not in catalogue.state_codes:
            yield Problem(file, path, f"no State {row.state!r}")
        elif not row.new and not row.absent and (row.state, row.ref, row.offence) not in listed:
            yield Problem(file, path, f"the file of the State has no such row for {row.offence!r}")
        if row.offence not in catalogue.offences:
            yield Problem(file, path, f"no offence {row.offence!r}")
        for element in row.elements:
            if element.concept not in known:
                yield Problem(file, path, f"no concept {element.concept!r}")


def _risk_faults(catalogue: Catalogue) -> Iterator[Problem]:
    file = "refusal-risks.yaml"
    for risk in catalogue.refusal_risks:
        for name in risk.applies_to:
            if name != "*" and name not in catalogue.measures:
                yield Problem(file, risk.id, f"no measure {name!r}")
        for name in risk.looks_at:
            if name not in catalogue.letter_fields:
                yield Problem(file, risk.id, f"no field of a letter {name!r}")
        for ref in risk.why.refs:
            if ref.instrument not in catalogue.instrument_ids:
                yield Problem(file, risk.id, f"no instrument {ref.instrument!r}")
            elif ref.ref not in _refs(catalogue, ref.instrument):
                yield Problem(file, risk.id, f"{ref.instrument} has no row {ref.ref!r}")


def _refs(catalogue: Catalogue, name: str) -> set[str]:
    """Every reference that stands alone or in a list in a row of the instrument."""
    instrument = catalogue.instrument(name)
    rows: list[str | None] = [row.ref for row in instrument.offences]
    rows += [row.ref for row in instrument.cooperation] + [row.ref for row in instrument.request_contents]
    rows += [row.ref for row in instrument.refusal_grounds] + [row.ref for row in instrument.definitions]
    rows += [rule.ref for rule in instrument.rules.values()] + [row.ref for row in instrument.channels_24_7]
    rows += list(chain.from_iterable(row.limits_ref.values() for row in instrument.cooperation))
    rows += [row.dual_criminality.ref for row in instrument.cooperation]
    whole = {ref for ref in rows if ref}
    return whole | {part.strip() for ref in whole for part in ref.replace(";", ",").split(",")}


def _area_faults(catalogue: Catalogue) -> Iterator[Problem]:
    areas, view = catalogue.cyberlaw_areas, catalogue.harmonisation
    for file, codes in (("cyberlaw-areas.yaml", set(areas.states)), ("harmonisation.yaml", set(view.states))):
        for code in sorted(codes ^ set(catalogue.state_codes)):
            yield Problem(file, f"states.{code}", "stands here or among the files of States, and not in both")
    for floor in areas.treaty_floor:
        if floor.instrument not in catalogue.instrument_ids:
            yield Problem("cyberlaw-areas.yaml", "treaty_floor", f"no instrument {floor.instrument!r}")
    for code in sorted(set(view.codes) ^ set(catalogue.offences)):
        yield Problem("harmonisation.yaml", f"codes.{code}", "stands here or among the offences, and not in both")
