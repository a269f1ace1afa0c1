"""What holds for a letter beside its contents, territories, expected refusals, and laws that hold for every answer."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.conventions import legal_basis
from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.errors import BadQuestion
from backend.conventions.legal_basis import BasisAnswer, Standing
from backend.conventions.legal_basis.answer import Basis

ON = date(2026, 11, 24)
STATES = shipped().state_codes
MEASURES = tuple(measure.id for measure in shipped().measures.values() if measure.in_scope)


def ask(requesting: str, requested: str, measure: str, **more: object) -> BasisAnswer:
    return legal_basis.find(requesting, requested, measure, **({"on": ON} | more))  # type: ignore[arg-type]


def of(answer: BasisAnswer, instrument: str) -> Basis:
    return next(basis for basis in answer.bases if basis.instrument == instrument)


def codes(basis: Basis) -> set[str]:
    return {reason.code for reason in basis.reasons}


def test_sixty_days_are_a_duty_of_the_requested_state_and_ninety_a_limit_of_an_order_at_home() -> None:
    duties = {(duty.bound, duty.days, duty.duty, duty.ref.ref) for duty in ask("gd", "cr", "preservation").terms.duties}
    assert duties == {("at-least", 60, "requested", "Art. 29(7)"), ("at-most", 90, "ordering", "Art. 16(2)")}


def test_rules_come_from_the_basis_and_from_the_treaty_that_gives_the_procedure() -> None:
    terms = ask("gd", "cr", "stored-data").terms
    rules = {(rule.kind, str(rule.ref)) for rule in terms.rules}
    assert ("use-limitation", "budapest Art. 28(2)-(4)") in rules
    assert ("use-limitation", "oas-mla Art. 25") in rules
    assert ("form", "oas-mla Art. 27") in rules
    assert not {"no-rule-on-form", "no-rule-on-languages"} & {reason.code for reason in terms.unknowns}


def test_a_rule_that_nobody_saw_is_said_to_be_unseen() -> None:
    assert "no-rule-on-form" in {reason.code for reason in ask("gd", "cr", "preservation").terms.unknowns}


@pytest.mark.parametrize(
    ("pair", "measure", "code"),
    [
        ("cr gd", "stored-data", "signatory"),
        ("nl gd", "preservation", "signatory-24-7"),
        ("gd cr", "preservation", "signatory-unknown"),
    ],
)
def test_who_signs(pair: str, measure: str, code: str) -> None:
    assert ask(*pair.split(), measure).terms.signatory.code == code  # type: ignore[call-arg]


def test_a_commonwealth_letter_to_trinidad_needs_the_certificate_authenticated_as_its_schedule_says() -> None:
    papers = {paper.code for paper in ask("jm", "tt", "stored-data").terms.documents}
    assert {"document-central-authority-certificate", "authentication"} <= papers
    assert "authentication" not in {paper.code for paper in ask("cr", "tt", "stored-data").terms.documents}


def test_whether_an_electronic_letter_is_taken_has_three_answers_and_says_within_what() -> None:
    costa_rica = ask("gd", "cr", "stored-data").terms.electronic
    assert (costa_rica.transmission, costa_rica.original_to_follow, costa_rica.signature) == ("yes", "yes", "yes")
    assert costa_rica.scope == "urgent requests between Budapest Parties"
    assert ask("gd", "jm", "stored-data").terms.electronic.transmission == "unknown"
    told = {str(ref) for reason in costa_rica.reasons for ref in reason.refs}
    assert "budapest Art. 25(3)" in told
    assert "medellin Art. 1 and effect of transmission" not in told


def test_preservation_comes_first_and_disclosure_after_each_with_its_own_basis() -> None:
    (after,) = ask("gd", "cr", "preservation").terms.linked
    assert (after.relation, after.measure, after.instrument) == ("follows", "stored-data", "budapest")
    (before,) = ask("gd", "cr", "subscriber-information").terms.linked
    assert (before.relation, before.measure, before.instrument) == ("precedes", "preservation", "budapest")
    (none,) = ask("ht", "cu", "subscriber-information").terms.linked
    assert none.measure == "preservation"


@pytest.mark.parametrize(
    ("requested", "on", "standing", "code"),
    [
        ("cw", date(2024, 9, 30), Standing.NOT_APPLICABLE, "extension-not-yet"),
        ("cw", date(2024, 10, 1), Standing.APPLICABLE, "extended"),
        ("aw", ON, Standing.UNKNOWN, "extension-none-seen"),
        ("sx", ON, Standing.UNKNOWN, "extension-none-seen"),
        ("bq", ON, Standing.UNKNOWN, "extension-unknown"),
    ],
)
def test_curacao_is_not_aruba(requested: str, on: date, standing: Standing, code: str) -> None:
    basis = of(ask("gd", requested, "preservation", on=on), "budapest")
    assert (basis.standing, code in codes(basis)) == (standing, True)


def test_a_department_is_its_state_and_a_collectivity_is_not_taken_for_it() -> None:
    assert of(ask("gd", "gp", "preservation"), "budapest") == of(ask("gd", "fr", "preservation"), "budapest")
    assert of(ask("gd", "mf", "preservation"), "budapest").standing is Standing.UNKNOWN


def test_a_territory_has_its_own_office_and_not_the_law_of_its_state() -> None:
    answer = ask("gd", "cw", "preservation")
    assert answer.composition.channel.addressee is not None
    assert answer.composition.channel.addressee.title == "National Central Bureau of INTERPOL Curaçao"
    assert answer.composition.powers == ()
    assert answer.terms.electronic.transmission == "unknown"
    told = [reason.text for reason in answer.composition.unknowns if reason.code == "gates-not-established"]
    assert any("Curaçao" in text for text in told)


def test_the_penalties_of_a_state_are_not_those_of_its_territory() -> None:
    told = [
        reason.text
        for basis in ask("cw", "cr", "stored-data", offences=["illegal-access"]).bases
        for reason in basis.reasons
        if reason.code.startswith("penalty")
    ]
    assert told
    assert all("Curaçao" in text and "carries" not in text for text in told)


def test_declarations_are_three_answers() -> None:
    reasons = of(ask("gd", "cr", "preservation"), "budapest").reasons
    assert ("declaration", "cr arts. 10 and 24") in {(reason.code, str(reason.refs[0])) for reason in reasons}
    assert ("declarations-none-seen", "gd budapest") in {(reason.code, str(reason.refs[0])) for reason in reasons}


def test_a_ground_is_expected_where_the_question_itself_makes_it_likely() -> None:
    known = ask("gd", "cr", "preservation", offences=["data-interference"])
    other = ask("gd", "cr", "preservation", offences=["cyber-harassment"])
    grounds = {ground.ground: ground.likely for ground in of(known, "budapest").refusal_grounds}
    assert grounds["dual-criminality-reservation"] == ()
    raised = {ground.ground: ground.likely for ground in of(other, "budapest").refusal_grounds}
    assert [reason.code for reason in raised["dual-criminality-reservation"]] == ["outside-instrument"]
    # Never for want of dual criminality where the measure does not ask for it.
    assert all(not likely for ground, likely in raised.items() if ground == "no-dual-criminality")


def test_an_invitation_that_lapsed_is_said_to_have_lapsed() -> None:
    told = [reason.text for reason in of(ask("mx", "cr", "preservation"), "budapest").reasons]
    assert any("The invitation lapsed on 2012-01-31." in text for text in told)


def test_the_place_of_a_basis_is_told_against_its_neighbour() -> None:
    bases = ask("cr", "sv", "stored-data", offences=["computer-fraud"]).bases
    assert [basis.instrument for basis in bases[:3]] == ["oas-mla", "untoc", "central-american-mla"]
    assert "that one applies on conditions" in bases[0].rank_reason
    assert bases[2].standing is Standing.UNKNOWN
    assert "if it does, it demands dual criminality in full" in bases[2].rank_reason


def test_a_day_before_every_instrument_is_refused_in_one_sentence() -> None:
    with pytest.raises(BadQuestion, match="existed on 1901-01-01: ask for a later day"):
        ask("gd", "cr", "preservation", on=date(1901, 1, 1))
    assert "not-existing" in codes(of(ask("gd", "cr", "preservation", on=date(1995, 1, 1)), "budapest"))


def test_an_order_of_a_year_is_not_taken_as_made_before_the_year_is_over() -> None:
    def opened(on: date) -> set[str]:
        gates = ask("us", "tt", "stored-data", on=on).composition.gates
        return {gate.standing.value for gate in gates if gate.needs == "order"}

    assert opened(date(2003, 6, 1)) == {"open"}
    assert opened(date(2004, 1, 1)) == {"met"}


def test_a_later_day_never_revives_a_denounced_treaty(change: Callable[[str, str, str], Path]) -> None:
    row = "  in_force: '2018-01-01'\n"
    law = Catalogue(change("states/cr.yaml", row, f"{row}  denounced: '2025-06-01'\n"))

    def standing(on: date) -> Standing:
        return of(legal_basis.find("gd", "cr", "preservation", on=on, catalogue=law), "budapest").standing

    assert standing(date(2025, 5, 31)) is Standing.APPLICABLE
    later = [date(2025, 6, 1) + timedelta(days=days) for days in (0, 1, 400, 40000)]
    assert {standing(on) for on in later} == {Standing.NOT_APPLICABLE}


@settings(max_examples=60)
@given(st.sampled_from(STATES), st.sampled_from(STATES), st.sampled_from(MEASURES), st.dates(date(2005, 1, 1), ON))
def test_laws_of_every_answer(first: str, second: str, measure: str, on: date) -> None:
    if first == second:
        return
    there, back = ask(first, second, measure, on=on), ask(second, first, measure, on=on)
    # Which treaties bind the two does not depend on who asks.
    unbound = {"signatory", "none", "invited", "scheme", "not-yet", "not-existing", "day-unknown", "not-established"}
    assert {b.instrument: codes(b) & unbound for b in there.bases} == {
        b.instrument: codes(b) & unbound for b in back.bases
    }
    assert [basis.rank for basis in there.bases] == list(range(1, len(there.bases) + 1))
    usable = [basis.usable for basis in there.bases]
    assert usable == sorted(usable, reverse=True)
    for basis in there.bases:
        assert basis.reasons
        assert basis.rank_reason
        assert not basis.usable or shipped().instrument(basis.instrument).kind in {"treaty", "protocol"}
    assert there == ask(first, second, measure, on=on)
    assert there.to_json()["terms"]["signatory"]["text"]
