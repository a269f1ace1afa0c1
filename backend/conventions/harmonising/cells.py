"""Offence by State at element level: what the law of a State asks of the elements that the reference instrument has."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.dual_criminality.answer import ElementAnswer, Outcome, Verdict
from backend.conventions.dual_criminality.comparing import LEFT_OUT, compare, provisional
from backend.conventions.dual_criminality.meanings import elements_of, typical
from backend.conventions.dual_criminality.provisions import Provision, provisions_of
from backend.conventions.dual_criminality.stating import Stated, state
from backend.conventions.dual_criminality.vocabulary import Vocabulary, vocabulary
from backend.conventions.legal_basis.answer import Reference


class Asked(StrEnum):
    """What a provision says of a concept of the reference.

    `required`: asks it; `covered`: it is one of several, or the provision asks something wider; `narrower`: the
    provision asks something narrower; `not-asked`: the text was seen and does not ask it; `unknown`.
    """

    REQUIRED = "required"
    COVERED = "covered"
    NARROWER = "narrower"
    NOT_ASKED = "not-asked"
    UNKNOWN = "unknown"


class Meets(StrEnum):
    """What conduct as the reference requires it would be under the State's provisions on the offence.

    `met` and `asks-more` rest on verified text; `absent`: the text was seen and holds no such offence; `unverified`:
    elements are noted, nobody verified them; `heading-only`; `none-loaded`: no provision in the data.
    """

    MET = "met"
    ASKS_MORE = "asks-more"
    ABSENT = "absent"
    UNVERIFIED = "unverified"
    HEADING_ONLY = "heading-only"
    NONE_LOADED = "none-loaded"


@dataclass(frozen=True, slots=True)
class ProvisionCell:
    """A provision: what it says of each concept of the reference, and which concepts it asks beyond them.

    Concepts of `adds` that are alternatives stand in one tuple.
    """

    ref: Reference
    name: str
    basis: str
    absent: bool
    asked: dict[str, Asked]
    adds: tuple[tuple[str, ...], ...]
    would_be: Verdict


@dataclass(frozen=True, slots=True)
class Cell:
    """One offence in one State."""

    offence: str
    state: str
    meets: Meets
    basis: str
    provisions: tuple[ProvisionCell, ...]

    def to_json(self) -> dict[str, Any]:
        """The cell as JSON-ready values."""
        rows = [
            {
                "ref": None if row.ref.doubtful else row.ref.ref,
                "name": row.name,
                "verified": row.ref.verified,
                "doubtful": row.ref.doubtful,
                "seen_at": row.ref.seen_at,
                "basis": row.basis,
                "absent": row.absent,
                "asked": dict(row.asked),
                "adds": [list(names) for names in row.adds],
                "would_be": row.would_be,
            }
            for row in self.provisions
        ]
        return {"meets": self.meets, "basis": self.basis, "provisions": rows}


@dataclass(frozen=True, slots=True)
class Row:
    """One offence: the article compared with (None: what is commonly required), its concepts, a cell for each State."""

    offence: str
    article: Reference | None
    concepts: tuple[str, ...]
    cells: tuple[Cell, ...]

    def to_json(self) -> dict[str, Any]:
        """The row as JSON-ready values."""
        article = {"source": self.article.source, "ref": self.article.ref} if self.article else None
        cells = {cell.state: cell.to_json() for cell in self.cells}
        return {"article": article, "concepts": list(self.concepts), "cells": cells}


_BASES = ("seen", "knowledge", "heading-only")


def matrix(catalogue: Catalogue | None = None) -> tuple[Row, ...]:
    """Every offence of the common list against every State."""
    law = catalogue or shipped()
    words = vocabulary(law)
    rows = []
    for offence in law.offences:
        start = typical(law, offence)
        stated, concepts = state(start.conduct, words), elements_of(law, offence)
        cells = tuple(_cell(law, offence, code, stated, concepts) for code in law.state_codes)
        rows.append(Row(offence, start.article, concepts, cells))
    return tuple(rows)


def _cell(law: Catalogue, offence: str, code: str, stated: Stated, concepts: tuple[str, ...]) -> Cell:
    listed = [row for row in provisions_of(law, code) if row.row.offence == offence]
    found = tuple(sorted((_provision(row, stated, concepts) for row in listed), key=_order))
    basis = next((basis for basis in _BASES if any(row.basis == basis for row in found)), "none-loaded")
    return Cell(offence, code, _meets(found), basis, found)


def _order(row: ProvisionCell) -> tuple[int, bool, int, str]:
    return _BASES.index(row.basis), not row.ref.verified, len(row.adds), row.name


def _provision(provision: Provision, stated: Stated, concepts: tuple[str, ...]) -> ProvisionCell:
    row, elements = provision.row, compare(provision.row, stated)
    listed = () if row.absent else concepts
    asked = {name: _asked(name, provision, elements, stated.words) for name in listed}
    return ProvisionCell(
        provision.ref, provision.name, row.basis, row.absent, asked, adds_of(elements), provisional(row, elements)
    )


def adds_of(elements: tuple[ElementAnswer, ...]) -> tuple[tuple[str, ...], ...]:
    """What is asked beyond the conduct: a required concept alone, alternatives together."""
    groups: dict[str, list[str]] = {}
    for element in elements:
        if element.outcome in {Outcome.UNKNOWN, Outcome.MISSING} and element.standing in {"required", "alternative"}:
            groups.setdefault(element.group or element.concept, []).append(element.concept)
    return tuple(tuple(names) for names in groups.values())


def _asked(concept: str, provision: Provision, elements: tuple[ElementAnswer, ...], words: Vocabulary) -> Asked:
    wider, narrower = words.wider[concept], words.narrower[concept]
    counted = [element for element in elements if element.concept != LEFT_OUT]
    standings = {element.standing for element in counted if element.concept == concept}
    asks = {e.concept for e in counted if e.standing in {"required", "alternative"}}
    if "required" in standings:
        return Asked.REQUIRED
    if asks & wider:
        return Asked.COVERED
    if asks & narrower:
        # Alternatives that together are as wide as the concept ask nothing narrower.
        shown = {e.concept for e in counted if e.outcome in {Outcome.MATCHED, Outcome.EITHER}}
        return Asked.COVERED if shown & narrower else Asked.NARROWER
    if "unknown" in standings or not (provision.row.elements or provision.row.absent):
        return Asked.UNKNOWN
    if "not-required" in standings or provision.row.verified:
        return Asked.NOT_ASKED
    return Asked.UNKNOWN


def _meets(rows: tuple[ProvisionCell, ...]) -> Meets:
    if not rows:
        return Meets.NONE_LOADED
    verified = [row for row in rows if row.ref.verified]
    if any(row.would_be is Verdict.MET for row in verified):
        return Meets.MET
    if any(not row.absent for row in verified):
        return Meets.ASKS_MORE
    if any(row.basis != "heading-only" and not row.absent for row in rows):
        return Meets.UNVERIFIED
    return Meets.ABSENT if verified else Meets.HEADING_ONLY
