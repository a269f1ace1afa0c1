"""For how long an incident is kept: a table whose rows are sentences."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.incidents.periods import NOTICE, Standing, months_after, period

RECEIVED = datetime(2020, 1, 31, 8, 0, tzinfo=UTC)
LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Given:
    months: int | None
    confirmed_at: datetime | None = LONG_AGO


ANY, FRAUD, ACCESS = ("gd", ""), ("gd", "computer-fraud"), ("gd", "illegal-access")
ROWS = {
    "no rule at all: no period is made up": ({}, ["computer-fraud"], [], None),
    "the rule of the offence": ({FRAUD: 24}, ["computer-fraud"], [], 24),
    "the rule for any other offence": ({ANY: 60}, ["computer-fraud"], [], 60),
    "the offence's own rule comes before that for any other, though shorter": (
        {ANY: 60, FRAUD: 24}, ["computer-fraud"], [], 24,
    ),
    "of two offences the longer one": ({FRAUD: 24, ACCESS: 36}, ["computer-fraud", "illegal-access"], [], 36),
    "one of two offences has no rule: kept": ({FRAUD: 24}, ["computer-fraud", "illegal-access"], [], None),
    "a person found no offence: the rule for any other": ({ANY: 60, FRAUD: 240}, [], [], 60),
    "a person found no offence and there is no such rule: kept": ({FRAUD: 24}, [], [], None),
    "nobody decided: the proposal shortens nothing, the longest rule of the State counts": (
        {ANY: 6, FRAUD: 240}, None, [], 240,
    ),
    "nobody decided and no rule covers any other offence: kept": ({FRAUD: 24}, None, [], None),
    "another State's rules alone set no period": ({("cr", ""): 12}, ["computer-fraud"], ["cr"], None),
    "the State of a referral lengthens": ({ANY: 12, ("cr", "computer-fraud"): 48}, ["computer-fraud"], ["cr"], 48),
    "the State of a referral lengthens by the one offence that it has a rule for": (
        {ANY: 12, ("cr", "computer-fraud"): 48}, ["computer-fraud", "illegal-access"], ["cr"], 48,
    ),
    "nobody decided: the State of a referral lengthens by any of its rules": (
        {ANY: 12, ("cr", "computer-fraud"): 48}, None, ["cr"], 48,
    ),
    "the State of a referral does not shorten": ({ANY: 12, ("cr", ""): 6}, ["computer-fraud"], ["cr"], 12),
    "a State without a referral says nothing": ({ANY: 12, ("cr", ""): 48}, ["computer-fraud"], [], 12),
}  # fmt: skip


@pytest.mark.parametrize("sentence", list(ROWS))
def test_period(sentence: str) -> None:
    months, decided, others, expected = ROWS[sentence]
    rules = {place: Given(number) for place, number in months.items()}
    found = period(decided, "gd", others, counted_from=RECEIVED, rules=rules)
    if expected is None:
        assert (found.standing, found.until) == (Standing.NO_PERIOD, None)
    else:
        assert (found.standing, found.until) == (Standing.UNTIL, months_after(RECEIVED, expected))
        assert found.rule is not None
        assert found.rule.months == expected


def test_a_rule_without_end_outweighs_every_other() -> None:
    rules = {ANY: Given(1), FRAUD: Given(None)}
    found = period(["computer-fraud", "illegal-access"], "gd", [], counted_from=RECEIVED, rules=rules)
    assert (found.standing, found.until) == (Standing.WITHOUT_END, None)
    assert period(["illegal-access"], "gd", [], counted_from=RECEIVED, rules=rules).standing == Standing.UNTIL


def test_a_rule_erases_nothing_before_thirty_days_after_its_confirmation() -> None:
    confirmed = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    found = period(None, "gd", [], counted_from=RECEIVED, rules={ANY: Given(1, confirmed)})
    assert found.until == confirmed + NOTICE == confirmed + timedelta(days=30)


def test_months_end_with_the_month() -> None:
    assert months_after(RECEIVED, 1) == datetime(2020, 2, 29, 8, 0, tzinfo=UTC)
    assert months_after(RECEIVED, 13) == datetime(2021, 2, 28, 8, 0, tzinfo=UTC)
    assert months_after(RECEIVED, -11) == datetime(2019, 2, 28, 8, 0, tzinfo=UTC)


@given(
    st.dictionaries(st.sampled_from([ANY, FRAUD, ACCESS, ("cr", "")]), st.integers(1, 400) | st.none()),
    st.none() | st.lists(st.sampled_from(["computer-fraud", "illegal-access", "data-theft"]), unique=True),
    st.lists(st.just("cr"), max_size=1),
    st.tuples(st.sampled_from([ANY, FRAUD, ACCESS]), st.integers(1, 400)),
)
def test_no_further_offence_and_no_referral_shortens(months, decided, others, more) -> None:
    """Who adds an offence or a State to an incident never has it erased earlier."""
    rules = {place: Given(number) for place, number in months.items()}

    def until(codes, states):
        found = period(codes, "gd", states, counted_from=RECEIVED, rules=rules)
        return datetime.max.replace(tzinfo=UTC) if found.until is None else found.until

    assert until(decided, [*others, "cr"]) >= until(decided, others)
    if decided:
        assert until([*decided, more[0][1]] if more[0][1] else decided, others) >= until(decided, others)
    # As long as nobody decided, it is kept at least as long as whatever a person could decide.
    assert until(None, others) >= until(decided, others)
