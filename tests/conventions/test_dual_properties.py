"""Laws that hold for every conduct: what a proof may do to an answer, and what it may not."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from backend.conventions.catalogue import SHIPPED, Catalogue, shipped
from backend.conventions.dual_criminality import Conduct, Verdict, assess
from backend.conventions.dual_criminality.comparing import compare, provisional
from backend.conventions.dual_criminality.provisions import provisions_of
from backend.conventions.dual_criminality.stating import Stated, state
from backend.conventions.dual_criminality.vocabulary import vocabulary
from backend.conventions.errors import BadQuestion

WORDS = vocabulary(shipped())
NAMES = sorted(WORDS.concepts)
ROWS = [row.row for code in shipped().state_codes for row in provisions_of(shipped(), code) if row.row.elements]
TESTS = shipped().concepts.tests
LIGHT = settings(max_examples=20, suppress_health_check=[HealthCheck.filter_too_much])


def stated(conduct: Conduct) -> Stated:
    try:
        return state(conduct, WORDS)
    except BadQuestion:
        assume(False)
        raise


def verdicts(conduct: Conduct) -> list[Verdict]:
    known = stated(conduct)
    return [provisional(row, compare(row, known)) for row in ROWS]


@st.composite
def conducts(draw: st.DrawFn) -> Conduct:
    """What a known case states, with a few concepts more or less: conduct at random touches hardly any row."""
    case = draw(st.sampled_from(TESTS))
    some = draw(st.sets(st.sampled_from(NAMES), max_size=3))
    less = draw(st.sets(st.sampled_from(sorted(case.conduct)), max_size=2))
    out = draw(st.sets(st.sampled_from(NAMES), max_size=3))
    return Conduct(frozenset({*case.conduct, *some} - less), frozenset(out) - {*case.conduct, *some} | {*case.absent})


@LIGHT
@given(conducts(), st.sampled_from([concept for concept in NAMES if len(WORDS.wider[concept]) > 1]))
def test_whoever_proves_a_narrower_concept_proves_at_least_as_much(conduct: Conduct, narrow: str) -> None:
    for wide in sorted(WORDS.wider[narrow] - {narrow}):
        less = verdicts(replace(conduct, established=conduct.established | {wide}))
        more = verdicts(replace(conduct, established=conduct.established | {narrow, wide}))
        for row, before, after in zip(ROWS, less, more, strict=True):
            alleged = any(e.standing == "excludes" and e.concept in WORDS.wider[narrow] for e in row.elements)
            barred = bool({e.concept for e in row.elements} & _excluded_by(narrow))
            assert before is not Verdict.MET or after is Verdict.MET or alleged or barred


def _excluded_by(name: str) -> set[str]:
    barred = {other for wide in WORDS.wider[name] for other in WORDS.disjoint[wide]}
    return {narrow for other in barred for narrow in WORDS.narrower[other]}


@LIGHT
@given(conducts(), st.sampled_from(NAMES))
def test_one_more_concept_never_turns_met_into_not_met(conduct: Conduct, added: str) -> None:
    assume(WORDS.concepts[added].kind != "exception")
    before = verdicts(conduct)
    after = verdicts(replace(conduct, established=conduct.established | {added}))
    assert [
        row.ref for row, old, new in zip(ROWS, before, after, strict=True) if (old, new) == ("met", "not-met")
    ] == []


@LIGHT
@given(conducts(), st.sampled_from(NAMES))
def test_one_more_exclusion_never_makes_anything_met_but_by_what_is_left_of_a_choice(
    conduct: Conduct, out: str
) -> None:
    before = stated(conduct)
    assume(not any(out in WORDS.narrower[name] for choice in before.choices for name in choice))
    after = stated(replace(conduct, absent=conduct.absent | {out}))
    for row in ROWS:
        if provisional(row, compare(row, after)) is Verdict.MET:
            assert provisional(row, compare(row, before)) is Verdict.MET


@LIGHT
@given(conducts())
def test_everything_that_decides_was_stated(conduct: Conduct) -> None:
    known = stated(conduct)
    for row in ROWS:
        for element in compare(row, known):
            assert set(element.by) <= conduct.established | conduct.absent


@pytest.mark.parametrize("high", [c for c in NAMES if WORDS.concepts[c].scale])
def test_a_higher_mental_rank_proves_every_lower_one_and_none_above(high: str) -> None:
    rank = WORDS.concepts[high].scale or 0
    proven = {name for name in state(Conduct(frozenset({high})), WORDS).proven if WORDS.concepts[name].scale}
    assert proven == {name for name in NAMES if 0 < (WORDS.concepts[name].scale or 0) <= rank}


def test_who_asks_whom_changes_nothing_of_a_provision() -> None:
    """The requesting State is context: the same conduct is judged the same whoever asks."""
    case = TESTS[0]
    conduct = Conduct(frozenset(case.conduct))
    asked = [assess(conduct, code, "co") for code in shipped().state_codes if code != "co"]
    assert {answer.verdict for answer in asked} == {Verdict.MET}
    assert len({answer.provisions for answer in asked}) == 1


def test_each_two_states_give_each_other_as_counterpart_what_they_are_asked_by() -> None:
    conduct = Conduct(frozenset(TESTS[0].conduct))
    there, back = (assess(conduct, *pair, offence="illegal-access") for pair in (("us", "co"), ("co", "us")))
    assert there.provisions == back.counterparts
    assert there.counterparts == back.provisions


@pytest.fixture(scope="module")
def reversed_data(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The shipped data with the rows by elements, the concepts and each State's offences the other way round."""
    folder = Path(shutil.copytree(SHIPPED, tmp_path_factory.mktemp("law") / "data"))
    for path, places in (
        (folder / "state-elements.yaml", ("offences",)),
        (folder / "concepts.yaml", ("concepts", "mapping")),
        (folder / "states" / "us.yaml", ("cybercrime_statute.offences",)),
    ):
        body = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        for place in places:
            owner, _, name = place.rpartition(".")
            (body[owner] if owner else body)[name].reverse()
        path.write_text(yaml.dump(body, Dumper=yaml.CSafeDumper, allow_unicode=True), encoding="utf-8")
    return Catalogue(folder)


@pytest.mark.long
@pytest.mark.parametrize("case", TESTS[::10], ids=lambda case: case.id)
def test_the_order_of_the_rows_of_data_changes_nothing(case, reversed_data: Catalogue) -> None:  # type: ignore[no-untyped-def]
    conduct = Conduct(frozenset(case.conduct), frozenset(case.absent))
    for offence in (case.offence, "any"):
        straight = assess(conduct, case.requesting, case.requested, offence=offence)
        turned = assess(conduct, case.requesting, case.requested, offence=offence, catalogue=reversed_data)
        assert turned.to_json() == straight.to_json()
