"""The rules with their tests, read together from `refusal-risks.yaml` and every `engine/risk-*.yaml`."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from backend.conventions.catalogue import Catalogue
from backend.conventions.errors import LawDataError
from backend.conventions.refusal_risks.wording import Wording
from backend.conventions.schema.common import Label
from backend.conventions.schema.risks import Currency, RiskTest, Years
from backend.conventions.schema.terms import RefusalRisk

T = TypeVar("T")
FILES = "engine/risk-*.yaml"


@dataclass(frozen=True)
class Rulebook:
    """All rules in their order, the tests of each, and the words that tests look for."""

    rules: tuple[RefusalRisk, ...]
    tests: Mapping[str, tuple[RiskTest, ...]]
    wording: Wording
    titles: Mapping[str, Label]
    currencies: Mapping[str, Currency]
    years: Years


@functools.lru_cache(maxsize=4)
def rulebook(catalogue: Catalogue) -> Rulebook:
    """The rules of a catalogue. Raises LawDataError where two files give the same name, or a test has no rule."""
    files = catalogue.risk_files
    rules = _once("rule", [(rule.id, rule) for rule in chain(catalogue.refusal_risks, *(file.rules for file in files))])
    tests = _once("tests", [pair for file in files for pair in file.tests.items()])
    titles = _once("titles", [pair for file in files for pair in file.titles.items()])
    for name in (*tests, *titles):
        if name not in rules:
            raise LawDataError(FILES, name, "no such rule; write it as the rule's id")
    years = [file.years for file in files if file.years]
    if len(years) != 1:
        raise LawDataError(FILES, "years", f"stands {len(years)} times; it has to stand once")
    wording = Wording(
        terms=_once("terms", [pair for file in files for pair in file.terms.items()]),
        explained=_once("explained", [pair for file in files for pair in file.explained.items()]),
        legal_terms=tuple(chain.from_iterable(file.legal_terms for file in files)),
    )
    currencies = _once("currencies", [pair for file in files for pair in file.currencies.items()])
    return Rulebook(tuple(rules.values()), tests, wording, titles, currencies, years[0])


def _once(kind: str, pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for name, value in pairs:
        if name in found:
            raise LawDataError(FILES, f"{kind}.{name}", "stands in two files; keep one")
        found[name] = value
    return found
