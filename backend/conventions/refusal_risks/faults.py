"""Names inside the risk files that lead nowhere: measures, letter fields, instruments, States, offences, terms."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from backend.conventions.catalogue import Catalogue
from backend.conventions.checking.report import Problem, dangling
from backend.conventions.classification.phrases import parse
from backend.conventions.errors import LawDataError
from backend.conventions.refusal_risks.rulebook import Rulebook, rulebook
from backend.conventions.schema.risks import RiskTest, When
from backend.conventions.schema.terms import RefusalRisk
from backend.conventions.tokens import tokenise

_FILES = "engine/risk-*.yaml"
_FIELDS = ("fields", "texts", "unless_in")
_TERMS = ("terms", "unless", "harm", "aggravating", "shared", "settled")


def risk_faults(catalogue: Catalogue) -> Iterator[Problem]:
    """What is wrong with rules and tests; the rules of `refusal-risks.yaml` itself are checked with the other terms."""
    book = rulebook(catalogue)
    own = {rule.id for rule in catalogue.refusal_risks}
    for rule in book.rules:
        if rule.id not in own:
            yield from _rule_faults(rule, catalogue)
    for name, tests in book.tests.items():
        for number, test in enumerate(tests):
            yield from _test_faults(f"tests.{name}[{number}]", test, catalogue, book)
    yield from _phrase_faults(book)


def _rule_faults(rule: RefusalRisk, catalogue: Catalogue) -> Iterator[Problem]:
    place = f"rules.{rule.id}"
    yield from _unknown(place, "measure", (name for name in rule.applies_to if name != "*"), catalogue.measures)
    yield from _unknown(place, "letter field", rule.looks_at, catalogue.letter_fields)
    instruments = (ref.instrument for ref in rule.why.refs)
    yield from _unknown(place, "instrument", instruments, catalogue.instrument_ids)


def _test_faults(place: str, test: RiskTest, catalogue: Catalogue, book: Rulebook) -> Iterator[Problem]:
    fields = (name for part in _FIELDS for name in _named(test, part))
    yield from _unknown(place, "letter field", fields, catalogue.letter_fields)
    yield from _unknown(place, "list of terms", (n for part in _TERMS for n in _named(test, part)), book.wording.terms)
    yield from _unknown(place, "instrument", _named(test, "instrument"), catalogue.instrument_ids)
    yield from _when_faults(place, test.when, catalogue)
    for said in (test.says, test.asks or ""):
        for slot in re.findall(r"\{[^}]*\}", said):
            if slot not in {"{detail}", "{words}"}:
                yield Problem(_FILES, place, f"{slot!r} stands for nothing", "write {detail} or {words}")


def _when_faults(place: str, when: When, catalogue: Catalogue) -> Iterator[Problem]:
    named = [*when.basis, *when.basis_not, *(name for name in (when.scheme, when.outside_offences_of) if name)]
    yield from _unknown(place, "instrument", named, catalogue.instrument_ids)
    yield from _unknown(place, "State", when.requested, catalogue.state_codes)
    yield from _unknown(place, "measure", (*when.measures, *when.measures_not), catalogue.measures)
    yield from _unknown(place, "offence", when.offences, catalogue.offences)
    yield from _unknown(place, "letter field", [when.filled] if when.filled else [], catalogue.letter_fields)


def _phrase_faults(book: Rulebook) -> Iterator[Problem]:
    lists = [(f"terms.{name}", by_language) for name, by_language in book.wording.terms.items()]
    lists += [(f"legal_terms[{number}]", term.words) for number, term in enumerate(book.wording.legal_terms)]
    for place, by_language in (*lists, ("explained", book.wording.explained)):
        for phrase in (phrase for phrases in by_language.values() for phrase in phrases):
            try:
                parse(phrase)
            except LawDataError as fault:
                yield Problem(_FILES, place, f"{fault.path}: {fault.problem}", "write it as docs/law.md tells")
                continue
            for word in re.split(r"[\s/]+", phrase):
                bare = word.strip("[]*")
                if not bare.startswith("<") and set(bare) != {"."} and len(tokenise(bare).plain) != 1:
                    yield Problem(
                        _FILES, place, f"{bare!r} is more than one word to the search; write it as it is read"
                    )


def _named(test: RiskTest, part: str) -> Iterable[str]:
    value = msgspec.structs.asdict(test).get(part, ())
    return (value,) if isinstance(value, str) else value


def _unknown(place: str, kind: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    have = set(known)
    for name in names:
        if name not in have:
            yield dangling(_FILES, place, kind, name)
