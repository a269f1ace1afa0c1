"""References inside the lists: measures, letter fields, facts, risks, areas."""

from collections.abc import Iterator
from typing import get_args, get_type_hints

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.contents import contents_asked
from backend.conventions.checking.elements import known_elements
from backend.conventions.checking.report import CORRECT_OR_ADD, Problem, dangling
from backend.conventions.provisions import provisions_of
from backend.conventions.schema.states import DomesticPower

_POWERS = frozenset(get_args(get_type_hints(DomesticPower)["power"]))


def term_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Ids that do not resolve in the files of the region."""
    yield from _measure_faults(catalogue)
    yield from _letter_faults(catalogue)
    yield from _fact_faults(catalogue)
    yield from _risk_faults(catalogue)
    yield from _area_faults(catalogue)


def _measure_faults(catalogue: Catalogue) -> Iterator[Problem]:
    file, known = "measures.yaml", catalogue.measures
    for measure in known.values():
        parents = [measure.parent] if measure.parent else []
        for name in (*parents, *measure.falls_back_to):
            if name not in known:
                yield dangling(file, measure.id, "measure", name)
        seen = [measure.id]
        while (parent := known[seen[-1]].parent if seen[-1] in known else None) is not None:
            if parent in seen:
                yield Problem(file, measure.id, "is wider than itself: the parents run in a circle", "correct a parent")
                break
            seen.append(parent)
        for power in measure.domestic_power:
            if power not in _POWERS:
                yield dangling(file, measure.id, "power of domestic law", power)
    for name in catalogue.measure_tree.no_inheritance:
        if name not in known:
            yield dangling(file, "no_inheritance", "measure", name)


def _letter_faults(catalogue: Catalogue) -> Iterator[Problem]:
    file, content = "letter-fields.yaml", catalogue.letter_sections
    for field in content.fields:
        if field.section not in content.sections:
            yield dangling(file, field.field, "section", field.section)
        for name in (*field.templates, *field.seen_in):
            if name not in content.templates:
                yield dangling(file, field.field, "template", name)
        for ref in field.treaty_refs:
            if ref.partition(" ")[0] not in catalogue.instrument_ids:
                yield dangling(file, field.field, "instrument", ref.partition(" ")[0])
    asked = set(contents_asked(catalogue))
    for field in content.fields:
        for name in field.covers:
            if name not in asked:
                yield dangling(file, f"{field.field}.covers", "content of a request", name)


def _fact_faults(catalogue: Catalogue) -> Iterator[Problem]:
    file, known = "facts.yaml", known_elements(catalogue)
    for fact in catalogue.facts.values():
        for bearing in (*fact.establishes, *fact.contradicts):
            if bearing.element not in known.get(bearing.offence, ()):
                yield dangling(file, fact.id, f"element of {bearing.offence!r} named", bearing.element)
        for condition in (*fact.ask_when.any, *fact.ask_when.unless):
            if condition.fact not in catalogue.facts:
                yield dangling(file, fact.id, "fact", condition.fact)
        for code in fact.ask_when.open:
            if code not in catalogue.offences:
                yield dangling(file, fact.id, "offence", code)
    for row in catalogue.questions.cannot_both:
        for answer in (row.answer, *row.others):
            if answer.fact not in catalogue.facts:
                yield dangling(file, "cannot_both", "fact", answer.fact)


def _risk_faults(catalogue: Catalogue) -> Iterator[Problem]:
    file = "refusal-risks.yaml"
    for risk in catalogue.refusal_risks:
        for name in risk.applies_to:
            if name != "*" and name not in catalogue.measures:
                yield dangling(file, risk.id, "measure", name)
        for name in risk.looks_at:
            if name not in catalogue.letter_fields:
                yield dangling(file, risk.id, "field of a letter", name)
        for ref in risk.why.refs:
            if ref.instrument not in catalogue.instrument_ids:
                yield dangling(file, risk.id, "instrument", ref.instrument)
            elif ref.ref not in _refs(catalogue, ref.instrument):
                text = f"{ref.instrument} has no row {ref.ref!r}"
                yield Problem(file, risk.id, text, CORRECT_OR_ADD, ref.instrument)


def _refs(catalogue: Catalogue, name: str) -> set[str]:
    """Every reference that stands alone or in a list in a row of the instrument: what a letter may cite, and more."""
    instrument = catalogue.instrument(name)
    uncited = [row.ref for row in instrument.definitions] + [row.ref for row in instrument.channels_24_7]
    whole = {ref for ref in (*provisions_of(catalogue, name), *uncited) if ref}
    return whole | {part.strip() for ref in whole for part in ref.replace(";", ",").split(",")}


def _area_faults(catalogue: Catalogue) -> Iterator[Problem]:
    areas, view = catalogue.cyberlaw_areas, catalogue.harmonisation
    for file, codes in (("cyberlaw-areas.yaml", set(areas.states)), ("harmonisation.yaml", set(view.states))):
        for code in sorted(codes ^ set(catalogue.state_codes)):
            text = "stands here or among the files of States, and not in both"
            yield Problem(file, f"states.{code}", text, "add it to the other, or take it out here", code)
    for floor in areas.treaty_floor:
        if floor.instrument not in catalogue.instrument_ids:
            yield dangling("cyberlaw-areas.yaml", "treaty_floor", "instrument", floor.instrument)
    for code in sorted(set(view.codes) ^ set(catalogue.offences)):
        text = "stands here or among the offences, and not in both"
        yield Problem("harmonisation.yaml", f"codes.{code}", text, "compute the view anew")
