"""Dual criminality: the known answers, what may never be one, bad questions."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.dual_criminality import Assessment, Conduct, Outcome, Verdict, assess
from backend.conventions.errors import BadQuestion, LawError, UnknownName
from backend.conventions.schema.concepts import Comparison

BARE_ACCESS = frozenset(
    {"access-gained", "computer-system", "computer-data", "no-authority", "intent", "knowledge-unauthorised"}
)


def ask(established: frozenset[str] = BARE_ACCESS, absent: frozenset[str] = frozenset(), **more: object) -> Assessment:
    question = {"requesting": "gd", "requested": "co", "offence": "illegal-access"} | more
    return assess(Conduct(established, absent), **question)  # type: ignore[arg-type]


def outcomes(answer: Assessment, name: str) -> dict[str, Outcome]:
    row = next(row for row in answer.provisions if row.name == name)
    return {element.concept: element.outcome for element in row.elements if element.standing != "aggravating"}


@pytest.mark.parametrize("case", shipped().concepts.tests, ids=lambda case: case.id)
def test_the_known_answers(case: Comparison) -> None:
    conduct = Conduct(frozenset(case.conduct), frozenset(case.absent))
    answer = assess(conduct, case.requesting, case.requested, offence=case.offence)
    assert answer.verdict == case.expect, case.why
    assert set(case.refs) <= {row.ref.ref or row.title for row in answer.decisive}


def test_thirty_answers_are_known() -> None:
    assert len(shipped().concepts.tests) == 30


def test_each_element_says_what_became_of_it() -> None:
    found = outcomes(ask(absent=frozenset({"dishonest-intent"})), "art. 269A")
    assert found["access-gained"] is Outcome.MATCHED
    assert found["remaining-after-right-ended"] is Outcome.NOT_ASKED
    assert found["security-measure-infringed"] is Outcome.NOT_ASKED
    found = outcomes(ask(frozenset({"access-gained"}), frozenset({"computer-system"})), "art. 269A")
    assert (found["computer-system"], found["intent"]) == (Outcome.MISSING, Outcome.UNKNOWN)


def test_a_wider_concept_meets_a_group_that_lists_its_whole_partition_and_names_no_member() -> None:
    found = outcomes(ask(BARE_ACCESS - {"no-authority"} | {"without-right"}), "art. 269A")
    assert (found["no-authority"], found["exceeds-authority"]) == (Outcome.EITHER, Outcome.EITHER)


def test_one_of_several_counts_only_where_the_row_lists_every_one() -> None:
    rest = BARE_ACCESS - {"access-gained"}
    listed = frozenset({frozenset({"access-gained", "remaining-after-right-ended"})})
    unlisted = frozenset({frozenset({"access-gained", "function-to-secure-access"})})
    for choice, expected in ((listed, Verdict.MET), (unlisted, Verdict.UNKNOWN)):
        answer = assess(Conduct(rest, one_of=choice), "gd", "co", offence="illegal-access")
        assert answer.verdict is expected


def test_an_exception_that_is_not_alleged_is_a_caution_and_one_that_is_makes_the_row_fail() -> None:
    depiction = frozenset({"csam-possessed", "csam-visual", "realistic-image", "intent", "knowledge"})
    silent = ask(depiction, requested="ca", offence="csam")
    assert silent.verdict is Verdict.MET
    assert outcomes(silent, "s. 163.1")["exception-lawful-purpose"] is Outcome.CAUTION
    alleged = ask(depiction | {"exception-lawful-purpose"}, requested="ca", offence="csam")
    row = next(row for row in alleged.provisions if row.name == "s. 163.1")
    assert (row.verdict, row.reason.code) == (Verdict.NOT_MET, "row-excepted")


def test_a_link_that_only_gives_a_court_power_is_left_out() -> None:
    answer = ask(BARE_ACCESS | {"data-obtained"}, requested="us")
    assert answer.verdict is Verdict.MET
    assert outcomes(answer, "18 U.S.C. § 1030(a)(2)")["jurisdictional-link"] is Outcome.LEFT_OUT


def test_a_row_that_nobody_verified_answers_unknown_and_shows_what_it_would_say() -> None:
    answer = ask(requested="bb", requesting="co")
    assert (answer.verdict, answer.provisional) == (Verdict.UNKNOWN, Verdict.MET)
    row = answer.provisions[0]
    assert (row.name, row.verdict, row.provisional, row.ref.verified) == ("s. 4", Verdict.UNKNOWN, Verdict.MET, False)
    assert "seems" in {reason.code for reason in answer.reasons}


def test_a_row_that_nobody_verified_and_that_would_be_not_met_is_unknown_with_that_said() -> None:
    answer = ask(frozenset(), frozenset({"function-to-secure-access"}), requested="bb", requesting="co")
    assert answer.verdict is Verdict.UNKNOWN
    assert "s. 4 would say: Not met." in " ".join(reason.text for reason in answer.reasons)


def test_no_unverified_row_ever_answers() -> None:
    everything = frozenset(c.id for c in shipped().concepts.concepts if c.kind not in {"exception", "circumstance"})
    for state in shipped().state_codes:
        other = "us" if state != "us" else "gb"
        for conduct in (Conduct(everything), Conduct(absent=everything)):
            for row in assess(conduct, other, state).provisions:
                assert row.verdict is Verdict.UNKNOWN or row.ref.verified, (state, row.name)


@pytest.mark.parametrize("state", ["dm", "es", "ht", "ve"])
def test_a_state_of_which_only_headings_or_nothing_is_known_is_unknown(state: str) -> None:
    assert ask(requested=state, offence="any").verdict is Verdict.UNKNOWN


def test_not_met_of_some_provisions_is_not_yet_not_met_of_the_state() -> None:
    case = next(case for case in shipped().concepts.tests if case.id == "t24")
    answer = assess(Conduct(frozenset(case.conduct), frozenset(case.absent)), "ca", "lc", offence="csam")
    assert (answer.verdict, answer.whole_state) == (Verdict.NOT_MET, Verdict.UNKNOWN)
    assert "provisions-only" in {reason.code for reason in answer.reasons}


@pytest.mark.long
@pytest.mark.parametrize("state", ["cr", "lc"])
def test_not_met_of_the_state_needs_its_whole_code(state: str, data: Path) -> None:
    """Of a State whose rows were all verified, and everything excluded, only the coverage tells what may be said."""
    path = data / "state-elements.yaml"
    body = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    body["offences"] = [row for row in body["offences"] if row["state"] != state or row["verified"]]
    path.write_text(yaml.dump(body, Dumper=yaml.CSafeDumper, allow_unicode=True), encoding="utf-8")
    file = data / "states" / f"{state}.yaml"
    own = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
    own["cybercrime_statute"]["offences"] = []
    file.write_text(yaml.dump(own, Dumper=yaml.CSafeDumper, allow_unicode=True), encoding="utf-8")
    excluded = Conduct(absent=frozenset(c.id for c in shipped().concepts.concepts if c.kind != "exception"))
    answer = assess(excluded, "gd", state, catalogue=Catalogue(data))
    assert {row.verdict for row in answer.provisions} == {Verdict.NOT_MET}
    assert answer.verdict is (Verdict.NOT_MET if state == "cr" else Verdict.UNKNOWN)
    assert ("not-met" in {reason.code for reason in answer.reasons}) is (state == "cr")


def test_the_conduct_decides_and_not_the_heading() -> None:
    """Extortion that nobody paid is none in Costa Rica; the locked data are an offence all the same."""
    case = next(case for case in shipped().concepts.tests if case.id == "t15")
    conduct = Conduct(frozenset(case.conduct) | {"harm-resulted"}, frozenset(case.absent))
    answer = assess(conduct, "bb", "cr", offence="cyber-extortion")
    assert (answer.verdict, answer.whole_state) == (Verdict.NOT_MET, Verdict.MET)
    assert "art. 229 bis" in {row.name for row in answer.elsewhere if row.verdict is Verdict.MET}


@pytest.mark.parametrize("rule", ["not-required", "not-applicable"])
def test_a_legal_basis_that_does_not_ask_is_heard_and_the_comparison_still_shown(rule: str) -> None:
    answer = ask(rule=rule)
    assert (answer.verdict, answer.compared) == (Verdict.NOT_REQUIRED, Verdict.MET)
    assert answer.reasons[0].code == "rule-never"
    assert ask(rule="required").verdict is Verdict.MET


def test_both_sides_are_referred_to_with_penalties_and_marks() -> None:
    answer = ask()
    assert {(ref.source, ref.ref) for ref in answer.references} >= {("co", "art. 269A"), ("gd", "s. 5")}
    row = answer.provisions[0]
    assert row.penalty is not None
    assert (row.penalty.years, row.penalty.ref.verified, row.ref.verified) == (8, False, True)
    assert {row.name for row in answer.counterparts} == {"s. 5", "s. 13"}


def test_a_least_penalty_of_an_instrument_between_the_two_is_compared() -> None:
    found = {row.ref.source: row for row in ask().thresholds}
    assert found["untoc"].years == 4
    assert (found["untoc"].requesting, found["untoc"].requested) == ("unknown", "seems-reached")


def test_a_doubtful_number_is_never_the_name_of_a_provision() -> None:
    contact = frozenset({"child-contacted", "minor", "intent"})
    rows = ask(contact, requested="tt", offence="child-grooming").provisions
    doubtful = [row for row in rows if row.ref.doubtful]
    assert doubtful
    assert all("24" not in row.name and "24" not in row.reason.text for row in doubtful)


def test_what_would_settle_it_is_told() -> None:
    assert "data-obtained" in ask(requested="us").to_settle
    assert ask().to_settle == ()


def test_a_day_after_the_data_is_a_warning_and_the_day_of_the_data_is_none() -> None:
    day = shipped().state_elements.as_of
    assert ask(on=day).warnings == ()
    assert [row.code for row in ask(on=date(day.year + 1, 1, 1)).warnings] == ["later-than-data"]


def test_the_answer_is_json() -> None:
    body = json.loads(json.dumps(ask().to_json()))
    assert (body["verdict"], body["from"], body["to"]) == ("met", "gd", "co")
    assert body["provisions"][0]["ref"]["ref"] == "art. 269A"
    assert body["conduct"]["established"] == sorted(BARE_ACCESS)


@pytest.mark.parametrize(
    ("question", "error", "words"),
    [
        ({"established": BARE_ACCESS | {"hacking"}}, UnknownName, "unknown concept 'hacking'"),
        ({"absent": frozenset({"hacking"})}, UnknownName, "unknown concept 'hacking'"),
        ({"requested": "zz"}, UnknownName, "unknown State 'zz'"),
        ({"requesting": "GD"}, UnknownName, "unknown State 'GD'"),
        ({"requested": "gd"}, BadQuestion, "both 'gd'"),
        ({"offence": "hacking"}, UnknownName, "unknown offence 'hacking'"),
        ({"rule": "sometimes"}, UnknownName, "unknown rule on dual criminality 'sometimes'"),
        ({"absent": frozenset({"intent"})}, BadQuestion, "'intent' as established and as absent"),
        ({"absent": frozenset({"without-right"})}, BadQuestion, "contradicts itself"),
        ({"absent": frozenset({"recklessness"})}, BadQuestion, "contradicts itself"),
        ({"established": BARE_ACCESS | {"exceeds-authority"}}, BadQuestion, "contradicts itself"),
    ],
)
def test_a_bad_question_is_one_sentence(question: dict[str, object], error: type[LawError], words: str) -> None:
    assert ask().verdict is Verdict.MET
    with pytest.raises(error) as fault:
        ask(**question)  # type: ignore[arg-type]
    assert words in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_choice_of_which_every_member_is_excluded_contradicts_itself() -> None:
    choice = frozenset({frozenset({"demand-made", "threat-made"})})
    conduct = Conduct(absent=frozenset({"demand-made", "threat-made"}), one_of=choice)
    with pytest.raises(BadQuestion, match="excludes them all"):
        assess(conduct, "gd", "co")
    with pytest.raises(BadQuestion, match="empty choice"):
        assess(Conduct(one_of=frozenset({frozenset()})), "gd", "co")


def test_an_endless_conduct_is_refused() -> None:
    with pytest.raises(BadQuestion, match="at most 500"):
        assess(Conduct(frozenset(f"x{number}" for number in range(501))), "gd", "co")
