"""What can be wrong inside the risk files beside the names in tests, which the check of all rules follows."""

import re
from collections.abc import Iterable, Iterator
from typing import get_args

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import Problem, dangling
from backend.conventions.classification.phrases import parse
from backend.conventions.errors import LawDataError
from backend.conventions.refusal_risks.rulebook import FILES, Rulebook, rulebook
from backend.conventions.schema.risks import Language, RiskTest
from backend.conventions.schema.terms import RefusalRisk
from backend.conventions.tokens import tokenise


def risk_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """Names in further rules that lead nowhere, slots in sentences that nothing fills, terms that cannot be found."""
    book = rulebook(catalogue)
    own = {rule.id for rule in catalogue.refusal_risks}
    for rule in book.rules:
        if rule.id not in own:
            yield from _rule_faults(rule, catalogue)
    for name, tests in book.tests.items():
        for number, test in enumerate(tests):
            yield from _slot_faults(f"tests.{name}[{number}]", test)
    yield from _phrase_faults(book)


def _rule_faults(rule: RefusalRisk, catalogue: Catalogue) -> Iterator[Problem]:
    place = f"rules.{rule.id}"
    yield from _unknown(place, "measure", (name for name in rule.applies_to if name != "*"), catalogue.measures)
    yield from _unknown(place, "letter field", rule.looks_at, catalogue.letter_fields)
    instruments = (ref.instrument for ref in rule.why.refs)
    yield from _unknown(place, "instrument", instruments, catalogue.instrument_ids)


def _slot_faults(place: str, test: RiskTest) -> Iterator[Problem]:
    for said in (test.says, test.asks or ""):
        for slot in re.findall(r"\{[^}]*\}", said):
            if slot not in {"{detail}", "{words}"}:
                yield Problem(FILES, place, f"{slot!r} stands for nothing", "write {detail} or {words}")


def _phrase_faults(book: Rulebook) -> Iterator[Problem]:
    lists = [(f"terms.{name}", by_language) for name, by_language in book.wording.terms.items()]
    lists += [(f"legal_terms[{number}]", term.words) for number, term in enumerate(book.wording.legal_terms)]
    for place, by_language in (*lists, ("explained", dict(book.wording.explained))):
        yield from _unknown(place, "language", by_language, get_args(Language))
        for phrase in (phrase for phrases in by_language.values() for phrase in phrases):
            yield from _in_phrase(place, phrase)


def _in_phrase(place: str, phrase: str) -> Iterator[Problem]:
    try:
        parse(phrase)
    except LawDataError as fault:
        yield Problem(FILES, place, f"{fault.path}: {fault.problem}", "write it as docs/law.md tells")
        return
    for word in re.split(r"[\s/]+", phrase):
        bare = word.strip("[]*")
        if not bare.startswith("<") and set(bare) != {"."} and len(tokenise(bare).plain) != 1:
            yield Problem(FILES, place, f"{bare!r} is more than one word", "part it by spaces")


def _unknown(place: str, kind: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    have = set(known)
    for name in names:
        if name not in have:
            yield dangling(FILES, place, kind, name)
