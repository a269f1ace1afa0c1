"""Rules as data: a file adds one, what is wrong in a file is found or refused."""

from pathlib import Path

import pytest

from backend.conventions.catalogue import shipped
from backend.conventions.errors import LawDataError, UnknownName
from backend.conventions.refusal_risks import check
from backend.conventions.refusal_risks.faults import risk_faults
from backend.conventions.refusal_risks.rulebook import rulebook
from backend.conventions.schema.risks import RiskTest
from tests.conventions.refusal_drafts import ASK, BLOCK, FACTS, GOOD, ask, put, rule, with_file

LEARNT = """
version: 1
as_of: '2026-11-28'
rules:
  - id: weather-not-told
    applies_to: [stored-data]
    condition: The letter does not tell the weather.
    why: {ground: not-in-conformity, refs: [{instrument: budapest, ref: Art. 31}], text: A court there asked for it.}
    mend: Tell it.
    severity: blocks
    source: 'refusals received in 2027 (exercise)'
    looks_at: [facts-summary]
"""
TESTED = """tests:
  weather-not-told:
    - {test: text-lacks, fields: [facts-summary], terms: [weather], says: The weather is not told.}
terms:
  weather: {en: [rain*, sun/sunny]}
"""


def test_a_rule_that_refusals_have_taught_is_a_file(data: Path) -> None:
    law = with_file(data, LEARNT + TESTED)
    assert rule(check(GOOD, ask()), "weather-not-told") is None
    finding = rule(check(GOOD, ask(), catalogue=law), "weather-not-told")
    assert finding is not None
    assert (finding.severity, finding.text, finding.mend) == (BLOCK, ("The weather is not told.",), "Tell it.")
    assert [str(ref) for ref in finding.references] == ["budapest Art. 31"]
    rainy = put(GOOD, facts_summary=FACTS + " It was raining.")
    assert rule(check(rainy, ask(), catalogue=law), "weather-not-told") is None


def test_a_rule_that_no_test_decides_is_asked_and_never_passed(data: Path) -> None:
    finding = rule(check(GOOD, ask(), catalogue=with_file(data, LEARNT)), "weather-not-told")
    assert finding is not None
    assert (finding.severity, finding.to_look) == (ASK, ("The letter does not tell the weather.",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TESTED.replace("weather-not-told", "no-such-rule"), "no such rule"),
        (LEARNT.replace("weather-not-told", "nexus-missing"), "stands in two files"),
        (TESTED.replace("text-lacks", "magic"), "Invalid value 'magic'"),
        (TESTED.replace("terms: [", "words: 3, terms: ["), "unknown field"),
        ("years: {words: [], life: [], numbers: {}}", "stands 2 times"),
    ],
)
def test_a_risk_file_that_is_wrong_is_refused(data: Path, text: str, said: str) -> None:
    if not text.lstrip().startswith("version"):
        text = f"version: 1\nas_of: '2026-11-28'\n{text}"
    with pytest.raises(LawDataError, match=said):
        rulebook(with_file(data, text))


def test_a_list_of_terms_that_is_missing_is_named(data: Path) -> None:
    law = with_file(data, LEARNT + TESTED.replace("weather: {en", "wether: {en"))
    with pytest.raises(UnknownName, match="list of terms 'weather'"):
        check(GOOD, ask(), catalogue=law)


def test_the_shipped_files_name_only_what_there_is() -> None:
    assert list(risk_faults(shipped())) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LEARNT.replace("looks_at: [facts-summary]", "looks_at: [weather]"), "letter field 'weather'"),
        (LEARNT.replace("applies_to: [stored-data]", "applies_to: [weather]"), "measure 'weather'"),
        (LEARNT.replace("instrument: budapest", "instrument: weather"), "instrument 'weather'"),
        (LEARNT + TESTED.replace("{en: [rain*", "{eng: [rain*"), "language 'eng'"),
        (LEARNT + TESTED.replace("rain*", ".. rain"), "a phrase begins"),
        (LEARNT + TESTED.replace("sun/sunny", "sun-glass"), "'sun-glass' is more than one word"),
        (LEARNT + TESTED.replace("The weather is not told.", "'{lost}'"), "'{lost}'"),
    ],
)
def test_what_a_risk_file_names_and_nothing_has_is_found(data: Path, text: str, said: str) -> None:
    assert [said in str(fault) for fault in risk_faults(with_file(data, text))] == [True]


def test_every_kind_of_test_is_used_and_every_rule_has_a_title() -> None:
    book = rulebook(shipped())
    assert {type(test) for tests in book.tests.values() for test in tests} == set(RiskTest.__args__)
    assert set(book.titles) == {rule.id for rule in book.rules}
