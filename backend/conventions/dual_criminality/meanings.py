"""What elements mean in concepts: of an instrument's list, of an answer, and of an offence as the texts require it."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from backend.conventions.catalogue import Catalogue
from backend.conventions.dual_criminality.answer import Conduct
from backend.conventions.legal_basis.answer import Reference
from backend.conventions.schema.concepts import ConceptMapping
from backend.conventions.schema.instruments import Element

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Meaning:
    """An element that is true makes all of `all_of` true, and one of `one_of` where that is not empty."""

    all_of: frozenset[str] = frozenset()
    one_of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Typical:
    """What is required for an offence as conduct, and the article that says so; None where no instrument has one."""

    conduct: Conduct
    article: Reference | None


@functools.lru_cache(maxsize=8)
def meanings(catalogue: Catalogue) -> dict[Place, Meaning]:
    """The meaning of every element by offence and id; where instruments differ, only what all of them say."""
    rows: dict[Place, list[ConceptMapping]] = {}
    for row in (*catalogue.concepts.mapping, *catalogue.concepts.facts_mapping):
        if row.offence is not None:
            rows.setdefault((row.offence, row.element), []).append(row)
    for row in catalogue.concepts.mapping_ahead:
        for offence in catalogue.offences:
            rows.setdefault((offence, row.element), [row])
    return {place: _common([_meaning(row) for row in found]) for place, found in rows.items()}


def _meaning(row: ConceptMapping) -> Meaning:
    names = frozenset(row.concept)
    return Meaning(one_of=names) if row.mode == "any" and len(names) > 1 else Meaning(all_of=names)


def _common(found: list[Meaning]) -> Meaning:
    if all(meaning == found[0] for meaning in found):
        return found[0]
    return Meaning(all_of=frozenset.intersection(*(meaning.all_of for meaning in found)))


def elements_of(catalogue: Catalogue, offence: str) -> tuple[str, ...]:
    """All concepts of the list that `typical` takes, optional elements too, in its order. Raises UnknownName."""
    _, elements = _widest(catalogue, offence)
    known = meanings(catalogue)
    said = [known.get((offence, element.id), Meaning()) for element in elements]
    return tuple(dict.fromkeys(name for meaning in said for name in sorted(meaning.all_of | meaning.one_of)))


@functools.lru_cache(maxsize=128)
def typical(catalogue: Catalogue, offence: str) -> Typical:
    """The required elements of the offence by the widest instrument: treaties before model laws, then by length.

    Where no instrument describes the offence, what the questions of `facts.yaml` introduce. Raises UnknownName.
    """
    article, elements = _widest(catalogue, offence)
    return Typical(_conduct(catalogue, offence, elements), article)


def _widest(catalogue: Catalogue, offence: str) -> tuple[Reference | None, tuple[Element, ...]]:
    catalogue.offence(offence)
    kinds = catalogue.comparison_rules.kinds
    found = [
        (kinds.index(instrument.kind), len(_required(article.elements)), instrument.id, article)
        for instrument in catalogue.instruments()
        for article in instrument.offences
        if article.offence == offence and _required(article.elements)
    ]
    if not found:
        rows = (row for row in catalogue.questions.introduces if row.offence == offence)
        return None, tuple(Element(id=row.element, text=row.text, kind=row.kind, required=row.required) for row in rows)
    _, _, instrument_id, article = min(found, key=lambda row: (*row[:3], row[3].ref))
    return Reference(instrument_id, article.ref, article.verified), article.elements


def _required(elements: Iterable[Element]) -> dict[str, list[Element]]:
    """Required elements, those that are alternatives together."""
    groups: dict[str, list[Element]] = {}
    for element in elements:
        if element.required:
            groups.setdefault(f"any:{element.any_of}" if element.any_of else element.id, []).append(element)
    return groups


def _conduct(catalogue: Catalogue, offence: str, elements: tuple[Element, ...]) -> Conduct:
    known, established, choices = meanings(catalogue), set[str](), set[frozenset[str]]()
    for group in _required(elements).values():
        said = [known.get((offence, element.id), Meaning()) for element in group]
        if len(said) == 1:
            established |= said[0].all_of
        choice = frozenset().union(*(meaning.one_of or meaning.all_of for meaning in said))
        if len(group) > 1 and all(meaning.one_of or meaning.all_of for meaning in said):
            choices.add(choice)
        elif said[0].one_of:
            choices.add(said[0].one_of)
    return Conduct(frozenset(established), one_of=frozenset(choices))
