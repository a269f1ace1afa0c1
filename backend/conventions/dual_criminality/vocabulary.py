"""The shared concepts made ready for reasoning: which proves which, which exclude each other, which exhaust another."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from backend.conventions.catalogue import Catalogue
from backend.conventions.errors import UnknownName
from backend.conventions.schema.concepts import Concept


@dataclass(frozen=True)
class Vocabulary:
    """`wider[c]`: all that c proves, itself included; `narrower[c]`: all that prove c, itself included.

    On the mental scale a lower rank is wider than a higher one. `wholes` are pairs of a concept and the parts that
    together are the same as it; `partitions` pairs of a concept and the narrower ones that exhaust it.
    """

    concepts: Mapping[str, Concept]
    wider: Mapping[str, frozenset[str]]
    narrower: Mapping[str, frozenset[str]]
    disjoint: Mapping[str, frozenset[str]]
    wholes: tuple[tuple[str, frozenset[str]], ...]
    partitions: tuple[tuple[str, frozenset[str]], ...]

    def check(self, names: Iterable[str]) -> None:
        """Raises UnknownName for the first name that is no concept."""
        for name in sorted(names):
            if name not in self.concepts:
                # All of them, well over a hundred, would hide the message.
                near = get_close_matches(name, self.concepts, n=6, cutoff=0) or self.concepts
                raise UnknownName("concept", name, near, "use an id of concepts.yaml, of which these are the nearest")


@functools.lru_cache(maxsize=8)
def vocabulary(catalogue: Catalogue) -> Vocabulary:
    """The vocabulary of the catalogue."""
    concepts = {concept.id: concept for concept in catalogue.concepts.concepts}
    wider = _closed({name: {*row.broader, *_lower_ranks(row, concepts)} for name, row in concepts.items()})
    disjoint: dict[str, set[str]] = {name: set() for name in concepts}
    for name, row in concepts.items():
        for other in row.disjoint_with:
            disjoint[name].add(other)
            disjoint[other].add(name)
    return Vocabulary(
        concepts,
        wider,
        {name: frozenset(other for other in concepts if name in wider[other]) for name in concepts},
        {name: frozenset(others) for name, others in disjoint.items()},
        tuple((name, frozenset(row.composed_of)) for name, row in concepts.items() if row.composed_of),
        tuple((name, frozenset(row.partition)) for name, row in concepts.items() if row.partition),
    )


def _lower_ranks(concept: Concept, concepts: Mapping[str, Concept]) -> set[str]:
    if concept.scale is None:
        return set()
    return {other.id for other in concepts.values() if other.scale is not None and other.scale < concept.scale}


def _closed(direct: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    found = {}
    for start in direct:
        seen, todo = {start}, [start]
        while todo:
            new = direct[todo.pop()] - seen
            seen |= new
            todo += new
        found[start] = frozenset(seen)
    return found
