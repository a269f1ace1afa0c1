"""The legal basis: known answers, what may never be one, bad questions, and laws that hold for every pair."""

from collections.abc import Callable
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from backend.conventions import legal_basis
from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.errors import BadQuestion, UnknownName
from backend.conventions.legal_basis import BasisAnswer, Standing
from backend.conventions.legal_basis.answer import Basis

ON = date(2026, 11, 24)


def ask(requesting: str, requested: str, measure: str, **more: object) -> BasisAnswer:
    return legal_basis.find(requesting, requested, measure, **({"on": ON} | more))  # type: ignore[arg-type]


def of(answer: BasisAnswer, instrument: str) -> Basis:
    return next(basis for basis in answer.bases if basis.instrument == instrument)


def codes(basis: Basis) -> set[str]:
    return {reason.code for reason in basis.reasons}


def test_preservation_from_grenada_to_costa_rica_rests_on_budapest_article_29() -> None:
    answer = ask("gd", "cr", "preservation")
    best = answer.best
    assert best is not None
    assert (best.instrument, best.standing) == ("budapest", Standing.APPLICABLE)
    assert best.measure_ref is not None
    assert (best.measure_ref.ref, best.measure_ref.verified) == ("Art. 29", True)
    assert best.dual_criminality is not None
    assert best.dual_criminality.rule == "not-required"


def test_sixty_days_are_owed_to_the_requesting_party_and_ninety_bound_a_domestic_order() -> None:
    limits = {
        limit.name: (limit.value, limit.ref.ref) for limit in of(ask("gd", "cr", "preservation"), "budapest").limits
    }
    assert limits["min_preservation_days"] == (60, "Art. 29(7)")
    assert limits["max_domestic_preservation_days"] == (90, "Art. 16(2)")


def test_the_contents_of_a_preservation_request_are_those_of_article_29_2() -> None:
    obligatory = {
        row.field: [ref.ref for ref in row.refs]
        for row in ask("gd", "cr", "preservation").requirements
        if row.obligatory
    }
    assert obligatory == {
        "requesting-authority": ["Art. 29(2)(a)"],
        "offence": ["Art. 29(2)(b)"],
        "facts-summary": ["Art. 29(2)(b)"],
        "data-to-preserve": ["Art. 29(2)(c)"],
        "link-to-offence": ["Art. 29(2)(c)"],
        "custodian": ["Art. 29(2)(d)"],
        "necessity": ["Art. 29(2)(e)"],
        "intention-to-submit-mla": ["Art. 29(2)(f)"],
    }


def test_the_letter_for_stored_data_takes_its_measure_from_budapest_and_its_contents_from_the_oas_convention() -> None:
    answer = ask("gd", "cr", "stored-data", offences=["computer-fraud"])
    parts = answer.composition
    assert answer.best is not None
    assert answer.best.standing is Standing.APPLICABLE
    assert parts.measure_from is not None
    assert [str(ref) for ref in parts.measure_from.reason.refs] == ["budapest Art. 31"]
    assert parts.contents_from is not None
    assert parts.contents_from.source == "oas-mla"
    refs = " ".join(str(ref) for ref in parts.contents_from.reason.refs)
    assert "budapest Art. 25(4)" in refs
    assert "Art. 27(1)" in refs
    assert "oas-mla Art. 26(a)" in refs


def test_the_channel_of_preservation_is_the_24_7_point_and_an_office_nobody_established_is_unknown() -> None:
    parts = ask("gd", "cr", "preservation").composition
    assert parts.channel.kind == "24-7"
    assert parts.channel.sender is not None
    assert parts.channel.sender.title is None
    assert parts.channel.addressee is not None
    assert parts.channel.addressee.title is not None
    assert {"no-requesting-office", "unverified-requested-office"} <= {reason.code for reason in parts.unknowns}


def test_a_judges_order_is_a_step_of_execution_and_no_condition_of_the_basis() -> None:
    answer = ask("gd", "cr", "stored-data")
    assert [(gate.state, gate.direction, gate.needs, gate.standing) for gate in answer.composition.gates] == [
        ("cr", "incoming", "judge-order", "to-do")
    ]


@pytest.mark.parametrize("measure", ["preservation", "stored-data", "content-interception"])
@pytest.mark.parametrize("pair", ["gd cr", "ht cu", "bb tt", "us gd", "gb gd"])
def test_every_reason_has_a_reference(pair: str, measure: str) -> None:
    answer = ask(*pair.split(), measure)  # type: ignore[call-arg]
    parts = answer.composition
    reasons = [reason for basis in answer.bases for reason in basis.reasons]
    reasons += [reason for way in answer.remaining for reason in way.reasons]
    reasons += [gate.reason for gate in parts.gates]
    reasons += [*parts.unknowns, *answer.warnings]
    reasons += [part.reason for part in (parts.measure_from, parts.contents_from, parts.procedure_from) if part]
    assert all(basis.reasons for basis in answer.bases)
    assert [reason.code for reason in reasons if not reason.refs] == []


def test_unverified_references_are_told_apart() -> None:
    references = {str(ref): ref.verified for ref in ask("gd", "cr", "stored-data").references}
    assert references["budapest Art. 31"] is True
    assert references["oas-mla Art. 28"] is False


@pytest.mark.parametrize(
    ("sentence", "pair", "measure", "instrument", "standing", "code"),
    [
        ("a signature is no basis", "gd cr", "preservation", "un-cybercrime", "not-applicable", "signatory"),
        ("a scheme is no basis", "gd jm", "mla-general", "harare", "not-applicable", "scheme"),
        ("an invited State is no party", "tt cr", "preservation", "budapest", "not-applicable", "invited"),
        (
            "what a treaty does not know it does not give",
            "co cu",
            "stored-data",
            "medellin",
            "not-applicable",
            "no-such-measure",
        ),
        (
            "what may be asked and nobody must do",
            "gd cr",
            "preservation",
            "oas-mla",
            "applicable-with-conditions",
            "no-duty",
        ),
        ("an open clause gives no duty", "gd cr", "preservation", "untoc", "applicable-with-conditions", "hook"),
        (
            "four years have to be shown",
            "gd cr",
            "stored-data",
            "untoc",
            "applicable-with-conditions",
            "penalty-unknown",
        ),
        ("in force since nobody knows when", "cr sv", "stored-data", "central-american-mla", "unknown", "day-unknown"),
        (
            "a wider measure holds for the narrower",
            "us gd",
            "subscriber-information",
            "us-gd-mlat",
            "applicable",
            "wider-measure",
        ),
        (
            "a treaty of unknown content is unknown",
            "gb gd",
            "stored-data",
            "bilateral:gb-gd",
            "unknown",
            "content-unknown",
        ),
        (
            "a gate that is not known to be met is a condition",
            "ht cu",
            "records",
            "untoc",
            "applicable-with-conditions",
            "gate-reciprocity",
        ),
    ],
)
def test_standing(sentence: str, pair: str, measure: str, instrument: str, standing: str, code: str) -> None:
    basis = of(ask(*pair.split(), measure), instrument)  # type: ignore[arg-type]
    assert basis.standing == standing, sentence
    assert code in codes(basis)


def test_before_grenada_acceded_budapest_was_no_basis() -> None:
    assert of(ask("gd", "cr", "preservation", on=date(2024, 7, 31)), "budapest").standing is Standing.NOT_APPLICABLE
    assert of(ask("gd", "cr", "preservation", on=date(2024, 8, 1)), "budapest").standing is Standing.APPLICABLE


def test_in_1995_nothing_was_in_force() -> None:
    answer = ask("gd", "cr", "stored-data", on=date(1995, 1, 1))
    assert answer.best is None
    assert answer.composition.measure_from is None
    assert {way.way for way in answer.remaining} >= {"domestic-statute", "reciprocity", "police-contact"}


def test_a_day_after_the_data_is_answered_with_a_warning() -> None:
    assert {reason.code for reason in ask("gd", "cr", "preservation", on=date(2027, 5, 3)).warnings} == {
        "later-than-data"
    }
    assert ask("gd", "cr", "preservation").warnings == ()


def test_the_form_of_a_statute_adds_to_the_contents() -> None:
    fields = {row.field: row for row in ask("bb", "tt", "stored-data").requirements}
    assert fields["annexes"].obligatory
    assert any(ref.source == "tt" for ref in fields["annexes"].refs)


def test_a_protocol_serves_its_own_offences_only() -> None:
    about = {"offences": ["computer-fraud"]}
    states = [row.code for row in shipped().states() if _bound_by_p1(row.code)]
    first, second = states[:2]
    assert of(ask(first, second, "preservation", **about), "budapest-p1").standing is Standing.NOT_APPLICABLE
    racist = ask(first, second, "preservation", offences=["racist-threat"])
    assert of(racist, "budapest-p1").standing is Standing.APPLICABLE


def _bound_by_p1(code: str) -> bool:
    row = shipped().state(code).standing_towards("budapest-p1")
    return row is not None and row.status == "party"


@pytest.mark.parametrize(
    ("question", "error", "says"),
    [
        (("gd", "gd", "preservation"), BadQuestion, "two different States"),
        (("zz", "cr", "preservation"), UnknownName, "unknown State 'zz'"),
        (("gd", "GD", "preservation"), UnknownName, "lower case"),
        (("gd", "xw", "preservation"), UnknownName, "unknown State 'xw'"),
        (("nl", "cw", "preservation"), BadQuestion, "'nl' and 'cw', of one State"),
        (("aw", "cw", "preservation"), BadQuestion, "of one State"),
        (("gd", "cr", "wiretap"), UnknownName, "unknown measure 'wiretap'"),
        (("gd", "cr", "extradition"), BadQuestion, "outside the scope"),
    ],
)
def test_a_bad_question_is_one_clear_sentence(
    question: tuple[str, str, str], error: type[Exception], says: str
) -> None:
    assert ask("gd", "cr", "preservation").best
    with pytest.raises(error, match=says):
        ask(*question)


def test_an_unknown_offence_is_refused() -> None:
    with pytest.raises(UnknownName, match="unknown offence 'theft'"):
        ask("gd", "cr", "preservation", offences=["theft"])


def test_no_scheme_model_law_or_channel_is_ever_a_basis() -> None:
    law = shipped()
    for first, second in combinations(("ag", "cr", "cu", "gd", "jm", "tt", "us"), 2):
        for measure in ("preservation", "stored-data", "mla-general"):
            for basis in ask(first, second, measure).bases:
                if basis.usable:
                    assert law.instrument(basis.instrument).kind in {"treaty", "protocol"}


def test_which_treaties_bind_both_does_not_depend_on_who_asks() -> None:
    for first, second in combinations(("ag", "cr", "cu", "gd", "jm", "tt", "us"), 2):
        there = {basis.instrument: _bound(basis) for basis in ask(first, second, "mla-general").bases}
        back = {basis.instrument: _bound(basis) for basis in ask(second, first, "mla-general").bases}
        assert there == back


def _bound(basis: Basis) -> set[str]:
    return codes(basis) & {"in-force", "not-yet", "signatory", "none", "day-unknown", "not-established", "scheme"}


def test_a_treaty_between_others_changes_nothing(change: Callable[[str, str, str], Path]) -> None:
    before = ask("gd", "cr", "stored-data")
    folder = change("states/us.yaml", "- instrument: untoc", "- instrument: untoc")
    (folder / "instruments" / "us-bz-mlat.yaml").unlink()
    assert legal_basis.find("gd", "cr", "stored-data", on=ON, catalogue=Catalogue(folder)) == before
