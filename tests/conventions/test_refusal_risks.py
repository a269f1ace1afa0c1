"""What the check of a draft answers: findings, their order, words and digests, the urgent form."""

from dataclasses import replace

import pytest

from backend.conventions.catalogue import shipped
from backend.conventions.refusal_risks import Draft, Severity, check, merge
from backend.conventions.refusal_risks.draft import Identifier
from backend.conventions.refusal_risks.wording import place_of
from tests.conventions import test_refusal_risks_data as data
from tests.conventions import test_refusal_risks_form as form
from tests.conventions import test_refusal_risks_law as law
from tests.conventions.refusal_drafts import ASK, BLOCK, GOOD, KEEP, MET, STORED, WARN, ask, put, rule

ROWS = (*data.ROWS, *law.ROWS, *form.ROWS)


def test_a_good_letter_has_no_finding_and_what_is_asked_is_only_what_nobody_can_tell() -> None:
    found = check(GOOD, ask(), assessments=MET)
    assert {finding.rule: finding.severity for finding in found} == {
        "domestic-gate-closed": ASK,
        "standard-of-proof-not-met": ASK,
        "reference-unverified": ASK,
    }
    kept = check(KEEP, ask(measure="preservation"))
    assert {finding.rule: finding.severity for finding in kept} == {}


def test_every_rule_has_a_row_that_it_stops() -> None:
    assert {row.rule for row in ROWS if row.severity is not ASK} == {rule.id for rule in shipped().refusal_risks}
    assert len(shipped().refusal_risks) == 30


# The urgent form ------------------------------------------------------------------------------------------------------


def test_in_the_urgent_form_a_block_warns_and_is_due_unless_it_is_a_mandatory_content() -> None:
    keeping = ask(measure="preservation")
    french = replace(KEEP, languages=("fr",))
    ordinary, urgent = (rule(check(french, keeping, urgent=way), "translation-missing") for way in (False, True))
    assert ordinary is not None
    assert urgent is not None
    assert (ordinary.severity, ordinary.due_in_working_days) == (BLOCK, None)
    assert (urgent.severity, urgent.due_in_working_days) == (WARN, 3)
    bare = rule(check(put(KEEP, link_to_offence=None), keeping, urgent=True), "nexus-missing")
    assert bare is not None
    assert (bare.severity, bare.due_in_working_days) == (BLOCK, None)


def test_a_warning_stays_one_without_a_term_in_the_urgent_form() -> None:
    finding = rule(check(put(GOOD, purpose=None), ask(), urgent=True), "use-secrecy-or-personal-data-terms-conflict")
    assert finding is not None
    assert (finding.severity, finding.due_in_working_days) == (WARN, None)


# What a finding carries -----------------------------------------------------------------------------------------------


def test_the_words_found_are_where_the_finding_says() -> None:
    text = "There is probable cause to believe it; with probable cause they came."
    finding = rule(check(put(GOOD, necessity=text), ask()), "standard-of-proof-not-met")
    assert finding is not None
    assert [(one.field, one.language, text[one.start : one.end]) for one in finding.found] == [
        ("necessity", "en", "probable cause"),
        ("necessity", "en", "probable cause"),
    ]
    assert "“probable cause”" in finding.text[0]


def test_a_reference_counts_only_where_its_instrument_is_part_of_the_basis() -> None:
    finding = rule(check(put(KEEP, link_to_offence=None), ask(measure="preservation")), "nexus-missing")
    assert finding is not None
    assert [(str(ref), ref.verified) for ref in finding.references] == [("budapest Art. 29(2)(c)", True)]
    composed = rule(check(replace(GOOD, languages=("fr",)), ask()), "translation-missing")
    assert composed is not None
    assert [(str(ref), ref.verified) for ref in composed.references] == [("oas-mla Art. 28", False)]


def test_blocks_come_first_and_the_order_is_the_same_each_time() -> None:
    bad = put(replace(GOOD, languages=("en",), preserved=()), link_to_offence=None, purpose=None)
    found = check(bad, ask(), assessments=MET)
    grades = [list(Severity).index(one.severity) for one in found]
    assert grades == sorted(grades)
    assert len(set(grades)) == 3
    assert check(bad, ask(), assessments=MET) == found


def test_the_digest_changes_with_what_the_rule_looks_at_and_with_nothing_else() -> None:
    def digest(draft: Draft) -> str:
        finding = rule(check(draft, ask()), "translation-missing")
        assert finding is not None
        return finding.digest

    bad = replace(GOOD, languages=("en",))
    assert digest(bad) == digest(put(bad, necessity="Other words."))
    assert digest(bad) != digest(put(bad, translation="Follows."))
    assert digest(bad) != digest(replace(bad, languages=("fr",)))


def test_findings_for_two_measures_become_one_with_the_graver_severity() -> None:
    both = replace(
        GOOD, measures=(replace(STORED, identifiers=(Identifier(kind="account", value="other"),)), KEEP.measures[0])
    )
    found = [check(both, ask(), assessments=MET), check(replace(both, languages=("fr",)), ask(measure="preservation"))]
    merged = merge(found)
    assert len({one.rule for one in merged}) == len(merged)
    nexus = rule(merged, "nexus-missing")
    assert nexus is not None
    assert nexus.severity is ASK
    translation = rule(merged, "translation-missing")
    assert translation is not None
    assert (translation.severity, translation.measures) == (BLOCK, ("preservation",))
    gate = rule(merged, "domestic-gate-closed")
    assert gate is not None
    assert gate.measures == ("stored-data",)


def test_a_finding_is_told_as_json() -> None:
    body = check(put(GOOD, link_to_offence=None), ask())[0].to_json()
    assert (body["rule"], body["severity"]) == ("nexus-missing", "block")
    assert body["references"][0]["source"] == "budapest"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Under the CONVENCION de Prueba it is asked.", "CONVENCION de Prueba"),
        ("Straße: la Convencio\u0301n de Prueba.", "Convencio\u0301n de Prueba"),
        ("Preconvención de Prueba, then Convención de Prueba.", "Convención de Prueba"),
        ("Convención de Pruebas.", None),
    ],
)
def test_a_name_is_found_as_a_word_where_it_stands_however_it_is_written(text: str, found: str | None) -> None:
    place = place_of(text, "Convención de Prueba")
    assert (text[slice(*place)] if place else None) == found
