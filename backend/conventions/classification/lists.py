"""The element lists of each offence, and which elements of one list say what an element of another says."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from backend.conventions.catalogue import Catalogue
from backend.conventions.classification.answer import ElementStanding, Standing
from backend.conventions.schema.concepts import ConceptMapping
from backend.conventions.schema.instruments import Element

_KINDS = {"treaty": 0, "protocol": 1, "model-law": 2, "scheme": 3}


# Elements that say the same of every offence: that the act was not permitted, done by computer, done on purpose. Cues
# for them are kept once per language.
WITHOUT_RIGHT = ("without-right", "no-lawful-excuse", "no-consent")
COMPUTER = ("by-computer-system", "use-of-computer", "computer-system", "ict-system")
INTENT = ("intent", "wilful", "intent-or-recklessness")
GENERAL = (WITHOUT_RIGHT, COMPUTER, INTENT)


@dataclass(frozen=True)
class ElementList:
    """The elements by which one instrument describes an offence. A model law is a list to think by, never a charge."""

    instrument: str
    kind: str
    ref: str
    title: str
    verified: bool
    elements: tuple[Element, ...]

    @functools.cached_property
    def unproven(self) -> tuple[ElementStanding, ...]:
        """The elements as they stand where nothing is said of them."""
        return tuple(
            ElementStanding(row.id, row.text, row.kind, row.required, row.any_of, Standing.OPEN, (), ())
            for row in self.elements
        )

    @functools.cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The places of the required elements, of those that are alternatives together."""
        return required_groups(self.elements)


@dataclass(frozen=True, slots=True)
class OffenceLists:
    """All lists of one offence, treaties first, and for each element the elements that prove it too.

    `proves` is the same the other way round; `general` has the elements that GENERAL prove, matter by matter.
    """

    lists: tuple[ElementList, ...]
    proved_by: dict[str, tuple[str, ...]]
    proves: dict[str, tuple[str, ...]]
    general: tuple[tuple[str, ...], ...]


def required_groups(elements: Iterable[Element | ElementStanding]) -> tuple[tuple[int, ...], ...]:
    """The places of the required elements, of those that are alternatives together."""
    groups: dict[str, list[int]] = {}
    for place, element in enumerate(elements):
        if element.required:
            groups.setdefault(f"any:{element.any_of}" if element.any_of else element.id, []).append(place)
    return tuple(map(tuple, groups.values()))


@functools.lru_cache(maxsize=8)
def offence_lists(catalogue: Catalogue) -> dict[str, OffenceLists]:
    """The lists of every offence by code."""
    found: dict[str, list[ElementList]] = {code: [] for code in catalogue.offences}
    for instrument in catalogue.instruments():
        for row in instrument.offences:
            entry = ElementList(instrument.id, instrument.kind, row.ref, row.title, row.verified, row.elements)
            found.setdefault(row.offence, []).append(entry)
    for code, introduced in _introduced(catalogue).items():
        # What the questions introduce completes the lists, and is the only list where no instrument has one.
        if not found.setdefault(code, []):
            found[code].append(ElementList("", "model-law", "", "elements in common use", False, introduced))
    meanings = _meanings(catalogue)
    return {code: _lists(rows, meanings.get(code, {})) for code, rows in found.items()}


def _introduced(catalogue: Catalogue) -> dict[str, tuple[Element, ...]]:
    found: dict[str, tuple[Element, ...]] = {}
    for row in catalogue.questions.introduces:
        element = Element(id=row.element, text=row.text, kind=row.kind, required=row.required)
        found[row.offence] = (*found.get(row.offence, ()), element)
    return found


def _lists(rows: list[ElementList], meanings: dict[str, list[frozenset[str]]]) -> OffenceLists:
    ordered = sorted(rows, key=lambda row: (_KINDS[row.kind], row.instrument))
    ids = {element.id for row in ordered for element in row.elements} | set(meanings)
    proved_by = {
        name: tuple(sorted({name, *(other for other in ids if _proves(other, name, meanings))})) for name in ids
    }
    proves = {name: tuple(shown for shown, ways in proved_by.items() if name in ways) for name in sorted(ids)}
    reached = ({shown for name in names for shown in proves.get(name, (name,))} for names in GENERAL)
    return OffenceLists(tuple(ordered), proved_by, proves, tuple(tuple(sorted(names)) for names in reached))


def _proves(first: str, second: str, meanings: dict[str, list[frozenset[str]]]) -> bool:
    """Whether every way of meaning `first` contains some way of meaning `second`."""
    ways = meanings.get(first, [])
    return bool(ways) and all(any(way >= wanted for wanted in meanings.get(second, [])) for way in ways)


def _meanings(catalogue: Catalogue) -> dict[str, dict[str, list[frozenset[str]]]]:
    """For each offence and element the sets of concepts that it proves, the broader ones included."""
    wider = _closure(catalogue)
    found: dict[str, dict[str, list[frozenset[str]]]] = {}
    for row in (*catalogue.concepts.mapping, *catalogue.concepts.facts_mapping):
        if row.offence is not None and row.mode == "all":
            way = frozenset().union(*(wider[concept] for concept in row.concept if concept in wider))
            found.setdefault(row.offence, {}).setdefault(row.element, []).append(_narrow(row, way))
    return found


def _narrow(row: ConceptMapping, way: Iterable[str]) -> frozenset[str]:
    return frozenset(way) | frozenset(row.concept)


def _closure(catalogue: Catalogue) -> dict[str, frozenset[str]]:
    broader = {concept.id: concept.broader for concept in catalogue.concepts.concepts}
    found: dict[str, frozenset[str]] = {}
    for start in broader:
        seen, todo = {start}, list(broader[start])
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += broader.get(name, ())
        found[start] = frozenset(seen)
    return found
