"""Contents for which instruments and statutes ask, and the fields of a letter that cover them."""

from collections.abc import Iterator
from itertools import chain

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import CORRECT_OR_ADD, Problem


def contents_covered(catalogue: Catalogue) -> frozenset[str]:
    """Every content that some field of the letter covers."""
    return frozenset(chain.from_iterable(field.covers for field in catalogue.letter_fields.values()))


def contents_asked(catalogue: Catalogue) -> Iterator[str]:
    """Every content for which an instrument or a statute asks."""
    for instrument in catalogue.instruments():
        yield from (row.field for row in instrument.request_contents)
    for state in catalogue.states():
        for statute in (state.mla_statute, *state.mla_statute_earlier):
            yield from (row.field for row in (statute.request_form.contents if statute.request_form else ()))


def uncovered(file: str, path: str, content: str) -> Problem:
    """A content that is asked for, and for which a letter has no field."""
    return Problem(file, path, f"no field of letter-fields.yaml covers {content!r}", CORRECT_OR_ADD)
