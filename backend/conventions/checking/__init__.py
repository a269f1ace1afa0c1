"""Validation of the law data: schema, duplicate keys, dangling references, impossible dates, rows that contradict each
other; and what is unverified or out of date."""

import functools
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.concepts import concept_faults
from backend.conventions.checking.crosswalks import crosswalk_faults
from backend.conventions.checking.dates import date_faults
from backend.conventions.checking.doubts import doubts
from backend.conventions.checking.engine import engine_faults
from backend.conventions.checking.instruments import instrument_faults
from backend.conventions.checking.open_rows import open_rows
from backend.conventions.checking.overlaps import overlap_faults
from backend.conventions.checking.report import OpenRow, Problem, Report
from backend.conventions.checking.rules import rule_faults
from backend.conventions.checking.states import state_faults
from backend.conventions.checking.terms import term_faults
from backend.conventions.errors import LawDataError

__all__ = ["OpenRow", "Problem", "Report", "check"]

_CHECKS = (
    instrument_faults,
    state_faults,
    term_faults,
    concept_faults,
    crosswalk_faults,
    engine_faults,
    rule_faults,
    date_faults,
    overlap_faults,
)
_MEND = "write it as data/README.md says; the other files are checked once every one can be read"


def check(folder: Path, *, on: date) -> Report:
    """Everything that is wrong, doubtful, unverified or out of date on the day `on` in the data of `folder`.

    References are followed only when every file can be read: a file that cannot would make others look wrong.
    """
    catalogue = Catalogue(folder)
    unreadable = _unreadable(catalogue)
    files = len(list(folder.rglob("*.yaml")))
    if unreadable:
        return Report(on, files, False, tuple(unreadable), (), ())
    faults = tuple(problem for find in _CHECKS for problem in find(catalogue))
    return Report(on, files, True, faults, tuple(doubts(catalogue)), tuple(open_rows(catalogue, on)))


def _unreadable(catalogue: Catalogue) -> list[Problem]:
    found = []
    for read in _readers(catalogue):
        try:
            read()
        except LawDataError as fault:
            found.append(Problem(fault.file, fault.path, fault.problem, _MEND))
    return list(dict.fromkeys(found))


def _readers(catalogue: Catalogue) -> Iterable[Callable[[], object]]:
    """What reads a file: by name for States, instruments and cues, and every property of the catalogue for the rest."""
    yield from (functools.partial(catalogue.instrument, name) for name in catalogue.instrument_ids)
    yield from (functools.partial(catalogue.state, code) for code in catalogue.state_codes)
    yield from (functools.partial(catalogue.cues, language) for language in catalogue.cue_languages)
    yield from (functools.partial(catalogue.comparison_words, language) for language in catalogue.comparison_languages)
    for name, member in vars(Catalogue).items():
        if isinstance(member, functools.cached_property):
            yield functools.partial(getattr, catalogue, name)
