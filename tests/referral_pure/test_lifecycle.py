"""Stages, who acts, the urgent form, and what answers move."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.lifecycle import (
    ANSWER_EFFECTS,
    ANSWERS,
    FINAL,
    PERMITTED,
    STEP_OF,
    ApprovalMissing,
    DueAfterUrgentForm,
    EvidenceReturnStage,
    Form,
    LetterKind,
    LifecycleError,
    MeasureOutcome,
    PreservationStage,
    Role,
    RoleMissing,
    SecondPersonNeeded,
    Stage,
    Step,
    TransitionNotPermitted,
    UrgencyGround,
    UrgentFormNotOpen,
    due_after_urgent_form,
    form_for,
    letter_outcome,
    may_act,
    move,
    move_evidence_return,
    move_preservation,
    moves_on_answer,
    permitted,
    working_day_after,
)

FORMS = st.sampled_from(Form)
PEOPLE = st.sampled_from(["ana", "ben", "cora"])


@given(st.lists(st.tuples(st.sampled_from(Stage), FORMS), max_size=40))
def test_no_sequence_of_moves_reaches_transmitted_unsigned(attempts: list[tuple[Stage, Form]]) -> None:
    passed = [Stage.DRAFT]
    for to, form in attempts:
        if to in permitted(passed[-1], form=form):
            passed.append(move(passed[-1], to, form=form))
    if Stage.TRANSMITTED in passed:
        assert Stage.SIGNED in passed[: passed.index(Stage.TRANSMITTED)]


@given(st.lists(st.tuples(st.sampled_from(sorted(set(STEP_OF.values()))), PEOPLE), max_size=40))
def test_no_sequence_of_acts_signs_without_approval_by_a_second_person(acts: list[tuple[Step, str]]) -> None:
    stage, done = Stage.DRAFT, {Step.DRAFT: "ana"}
    for step, person in acts:
        leads = [to for (start, to, form), one in STEP_OF.items() if (start, one, form) == (stage, step, Form.ORDINARY)]
        try:
            may_act(
                step,
                kind=LetterKind.REQUEST,
                roles=list(Role),
                person=person,
                drafted_by=done[Step.DRAFT],
                completed_by=done.get(Step.COMPLETE),
                approved_by=done.get(Step.APPROVE),
            )
        except LifecycleError:
            continue
        if leads:
            stage, done = leads[0], done | {step: person}
            if stage is Stage.DRAFT:
                done = {Step.DRAFT: done[Step.DRAFT]}
    if Step.SIGN in done:
        assert done[Step.APPROVE] not in {done[Step.DRAFT], done[Step.COMPLETE]}
        assert done[Step.SIGN] != done[Step.DRAFT]


def test_every_stage_has_its_row_and_only_ends_lead_nowhere() -> None:
    assert PERMITTED.keys() == set(Stage)
    assert {stage.value for stage in FINAL} == {
        "closed",
        "withdrawn",
        "superseded",
        "returned_unexecuted",
        "transferred",
    }


def test_a_complete_letter_is_signed_without_approval_in_urgent_form_only() -> None:
    assert move(Stage.COMPLETE, Stage.SIGNED, form=Form.URGENT) is Stage.SIGNED
    with pytest.raises(TransitionNotPermitted, match="from complete to signed"):
        move(Stage.COMPLETE, Stage.SIGNED)


@pytest.mark.parametrize(
    ("kind", "urgency", "form"),
    [
        (LetterKind.PRESERVATION_REQUEST, {UrgencyGround.BASIS_ALLOWS_EXPEDITED_MEANS}, Form.URGENT),
        (LetterKind.REQUEST, {UrgencyGround.LIFE_AT_RISK}, Form.URGENT),
        (LetterKind.PRESERVED, {UrgencyGround.DATA_WOULD_BE_LOST}, Form.URGENT),
        (LetterKind.ACKNOWLEDGEMENT, set(), Form.REGISTRY),
    ],
)
def test_the_form_follows_from_kind_and_ground(kind: LetterKind, urgency: set[UrgencyGround], form: Form) -> None:
    assert form_for(kind, urgency=urgency) is form


@pytest.mark.parametrize("kind", [LetterKind.REQUEST, LetterKind.REFUSAL])
def test_without_a_ground_or_for_a_decision_the_urgent_form_is_closed(kind: LetterKind) -> None:
    assert form_for(LetterKind.REQUEST, urgency=[UrgencyGround.LIFE_AT_RISK])
    with pytest.raises(UrgentFormNotOpen, match="needs a ground"):
        form_for(kind, urgency=[] if kind is LetterKind.REQUEST else [UrgencyGround.LIFE_AT_RISK])


def test_a_prosecutor_drafts_and_an_officer_does_not() -> None:
    may_act(Step.DRAFT, kind=LetterKind.REQUEST, roles={Role.PROSECUTOR}, person="ana")
    with pytest.raises(RoleMissing, match="draft needs one of the roles prosecutor"):
        may_act(Step.DRAFT, kind=LetterKind.REQUEST, roles={Role.OFFICER, Role.AUDITOR}, person="ana")


def test_the_duty_officer_signs_preservation_and_no_letter_of_request() -> None:
    may_act(Step.SIGN_URGENT, kind=LetterKind.PRESERVATION_REQUEST, roles={Role.DUTY}, person="ana", drafted_by="ana")
    may_act(Step.SIGN_URGENT, kind=LetterKind.PRESERVED, roles={Role.DUTY}, person="ana", drafted_by="ana")
    with pytest.raises(RoleMissing):
        may_act(Step.SIGN_URGENT, kind=LetterKind.REQUEST, roles={Role.DUTY}, person="ana", drafted_by="ana")


def test_the_registrar_acknowledges() -> None:
    for step in (Step.REGISTER, Step.ACKNOWLEDGE):
        may_act(step, kind=LetterKind.REQUEST, roles={Role.REGISTRAR}, person="ana")
    may_act(Step.SIGN_REGISTRY, kind=LetterKind.ACKNOWLEDGEMENT, roles={Role.REGISTRAR}, person="ana", drafted_by="ana")


@pytest.mark.parametrize(
    ("step", "acts", "earlier"),
    [
        (Step.APPROVE, {"drafted_by": "ana", "completed_by": "ben"}, "drafted"),
        (Step.APPROVE, {"drafted_by": "ben", "completed_by": "ana"}, "completed"),
        (Step.SIGN, {"drafted_by": "ana", "completed_by": "ben", "approved_by": "cora"}, "drafted"),
        (Step.CONFIRM_URGENT, {"drafted_by": "ben", "completed_by": "ben", "signed_by": "ana"}, "signed"),
    ],
)
def test_the_same_person_does_not_do_both_acts(step: Step, acts: dict[str, str], earlier: str) -> None:
    roles = [Role.APPROVER, Role.SIGNER]
    may_act(step, kind=LetterKind.REQUEST, roles=roles, person="dora", **acts)
    with pytest.raises(SecondPersonNeeded, match=f"who {earlier} the letter"):
        may_act(step, kind=LetterKind.REQUEST, roles=roles, person="ana", **acts)


def test_the_approver_may_sign_what_somebody_approved() -> None:
    acts = {"drafted_by": "ana", "completed_by": "ana"}
    may_act(Step.SIGN, kind=LetterKind.REQUEST, roles=[Role.SIGNER], person="ben", approved_by="ben", **acts)
    with pytest.raises(ApprovalMissing):
        may_act(Step.SIGN, kind=LetterKind.REQUEST, roles=[Role.SIGNER], person="ben", **acts)


@pytest.mark.parametrize(
    ("signed", "due"),
    [
        (date(2026, 11, 24), date(2026, 11, 27)),  # Tuesday to Friday
        (date(2026, 11, 27), date(2026, 12, 2)),  # Friday, over the weekend, to Wednesday
        (date(2026, 11, 28), date(2026, 12, 2)),  # Saturday
    ],
)
def test_what_the_urgent_form_leaves_is_due_after_three_working_days(signed: date, due: date) -> None:
    everything = due_after_urgent_form(signed, translated=False, references_stand=False, risks_mended=False)
    assert dict(everything) == dict.fromkeys(DueAfterUrgentForm, due)
    second = due_after_urgent_form(signed, translated=True, references_stand=True, risks_mended=True)
    assert dict(second) == {DueAfterUrgentForm.SECOND_PERSON: due}


def test_holidays_are_no_working_days() -> None:
    assert working_day_after(date(2026, 12, 24), 1) == date(2026, 12, 25)
    assert working_day_after(date(2026, 12, 24), 1, holidays={date(2026, 12, 25)}) == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("outcomes", "derived"),
    [
        ([], "open"),
        (["executed"], "executed"),
        (["executed", "open"], "open"),
        (["executed", "postponed"], "postponed"),
        (["executed", "refused"], "partly_executed"),
        (["partly_executed", "not_possible"], "partly_executed"),
        (["refused", "not_possible"], "refused"),
        (["not_possible", "not_possible"], "not_possible"),
    ],
)
def test_the_outcome_of_a_letter_follows_from_its_measures(outcomes: list[str], derived: str) -> None:
    assert letter_outcome(map(MeasureOutcome, outcomes)) == derived


def test_every_answer_has_its_effect() -> None:
    assert ANSWER_EFFECTS.keys() == ANSWERS


@pytest.mark.parametrize(
    ("stage", "kind", "outcomes", "moves"),
    [
        ("transmitted", "acknowledgement", [], ["delivered", "acknowledged"]),
        ("delivered", "acknowledgement", [], ["acknowledged"]),
        ("in_execution", "acknowledgement", [], []),
        ("delivered", "acceptance", [], ["acknowledged", "accepted"]),
        ("acknowledged", "preserved-answer", [], ["closed"]),
        ("acknowledged", "supplementary-request", [], []),
        ("accepted", "execution", ["executed", "open"], ["in_execution"]),
        ("accepted", "execution", ["executed"], ["closed"]),
        ("acknowledged", "refusal", ["refused"], ["closed"]),
        ("acknowledged", "refusal", ["refused", "open"], []),
        ("closed", "preserved-answer", [], []),
    ],
)
def test_an_answer_moves_the_letter_that_it_names(stage: str, kind: str, outcomes: list[str], moves: list[str]) -> None:
    found = moves_on_answer(Stage(stage), LetterKind(kind), outcomes=[MeasureOutcome(one) for one in outcomes])
    assert list(found) == moves


@given(st.sampled_from(Stage), st.sampled_from(sorted(ANSWERS)), st.lists(st.sampled_from(MeasureOutcome), max_size=3))
def test_answers_move_along_permitted_transitions_only(
    stage: Stage, kind: LetterKind, outcomes: list[MeasureOutcome]
) -> None:
    try:
        found = moves_on_answer(stage, kind, outcomes=outcomes)
    except TransitionNotPermitted:
        assert stage in {Stage.DRAFT, Stage.COMPLETE, Stage.APPROVED, Stage.SIGNED} | (FINAL - {Stage.CLOSED})
        return
    for to in found:
        stage = move(stage, to)


def test_an_answer_to_a_letter_never_transmitted_is_refused() -> None:
    assert moves_on_answer(Stage.TRANSMITTED, LetterKind.ACKNOWLEDGEMENT)
    with pytest.raises(TransitionNotPermitted):
        moves_on_answer(Stage.SIGNED, LetterKind.ACKNOWLEDGEMENT)


def test_a_preservation_is_extended_bound_released_or_lapses_and_then_ends() -> None:
    stage = move_preservation(PreservationStage.REQUESTED, PreservationStage.PRESERVED)
    stage = move_preservation(stage, PreservationStage.EXTENDED)
    stage = move_preservation(stage, PreservationStage.EXTENDED)
    stage = move_preservation(stage, PreservationStage.BOUND_TO_LETTER)
    with pytest.raises(TransitionNotPermitted, match="from bound_to_letter to lapsed"):
        move_preservation(stage, PreservationStage.LAPSED)


def test_evidence_is_usable_only_after_it_was_received() -> None:
    assert move_evidence_return(EvidenceReturnStage.RECEIVED, EvidenceReturnStage.USABLE)
    with pytest.raises(TransitionNotPermitted):
        move_evidence_return(EvidenceReturnStage.USE_ENDED, EvidenceReturnStage.USABLE)
