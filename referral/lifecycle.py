"""Where a letter, its measures, a preservation and returned evidence stand; what may follow, and who may do it.

Stages are data: a transition is looked up, never decided by an if-ladder. Pure; services and database keep the same
rules (four eyes there by constraint). All public names of the lifecycle can be imported from here.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from referral.letters.kinds import ANSWERS, REQUESTS, URGENT_KINDS, LetterKind
from referral.letters.lifecycle_errors import (
    ApprovalMissing,
    LifecycleError,
    RoleMissing,
    SecondPersonNeeded,
    TransitionNotPermitted,
    UrgentFormNotOpen,
)
from referral.letters.stages import (
    DueAfterUrgentForm,
    EvidenceReturnStage,
    Form,
    MeasureOutcome,
    OpenMatter,
    PreservationStage,
    Role,
    Stage,
    Step,
    UrgencyGround,
    UseEnd,
)

__all__ = [
    "ANSWERS",
    "ANSWER_EFFECTS",
    "EVIDENCE_RETURN_PERMITTED",
    "FINAL",
    "FINAL_OUTCOMES",
    "PERMITTED",
    "PRESERVATION_PERMITTED",
    "REQUESTS",
    "STEP_OF",
    "URGENT_KINDS",
    "WORKING_DAYS_AFTER_URGENT_FORM",
    "AnswerEffect",
    "ApprovalMissing",
    "DueAfterUrgentForm",
    "EvidenceReturnStage",
    "Form",
    "LetterKind",
    "LifecycleError",
    "MeasureOutcome",
    "OpenMatter",
    "PreservationStage",
    "Role",
    "RoleMissing",
    "SecondPersonNeeded",
    "Stage",
    "Step",
    "TransitionNotPermitted",
    "UrgencyGround",
    "UrgentFormNotOpen",
    "UseEnd",
    "due_after_urgent_form",
    "form_for",
    "letter_outcome",
    "may_act",
    "move",
    "move_evidence_return",
    "move_preservation",
    "moves_on_answer",
    "permitted",
    "roles_for",
    "working_day_after",
]

_K = TypeVar("_K", bound=StrEnum)


def _frozen(table: Mapping[_K, set[_K]]) -> Mapping[_K, frozenset[_K]]:
    return MappingProxyType({key: frozenset(values) for key, values in table.items()})


_ENDS = {Stage.WITHDRAWN, Stage.SUPERSEDED}
_REQUESTED_STATE_ENDS = _ENDS | {Stage.RETURNED_UNEXECUTED, Stage.TRANSFERRED}

PERMITTED: Mapping[Stage, frozenset[Stage]] = _frozen(
    {
        Stage.DRAFT: {Stage.COMPLETE, Stage.WITHDRAWN},
        Stage.COMPLETE: {Stage.APPROVED, Stage.DRAFT, Stage.WITHDRAWN},
        Stage.APPROVED: {Stage.SIGNED, Stage.DRAFT, Stage.WITHDRAWN},
        Stage.SIGNED: {Stage.TRANSMITTED} | _ENDS,
        Stage.TRANSMITTED: {Stage.DELIVERED} | _ENDS,
        Stage.DELIVERED: {Stage.ACKNOWLEDGED} | _REQUESTED_STATE_ENDS,
        # An answer may close a letter that was never formally accepted: a refusal, or data preserved the same night.
        Stage.ACKNOWLEDGED: {Stage.ACCEPTED, Stage.CLOSED} | _REQUESTED_STATE_ENDS,
        Stage.ACCEPTED: {Stage.IN_EXECUTION, Stage.CLOSED} | _REQUESTED_STATE_ENDS,
        Stage.IN_EXECUTION: {Stage.CLOSED} | _REQUESTED_STATE_ENDS,
        Stage.CLOSED: set(),
        Stage.WITHDRAWN: set(),
        Stage.SUPERSEDED: set(),
        Stage.RETURNED_UNEXECUTED: set(),
        Stage.TRANSFERRED: set(),
    }
)

FINAL: frozenset[Stage] = frozenset(stage for stage, following in PERMITTED.items() if not following)

_FURTHER_BY_FORM: Mapping[Form, Mapping[Stage, frozenset[Stage]]] = MappingProxyType(
    {
        Form.ORDINARY: _frozen({}),
        Form.URGENT: _frozen({Stage.COMPLETE: {Stage.SIGNED}}),
        Form.REGISTRY: _frozen({Stage.COMPLETE: {Stage.SIGNED}}),
    }
)

PRESERVATION_PERMITTED: Mapping[PreservationStage, frozenset[PreservationStage]] = _frozen(
    {
        PreservationStage.REQUESTED: {
            PreservationStage.PRESERVED,
            PreservationStage.NOT_ENSURED,
            PreservationStage.RELEASED,
        },
        **{
            held: {
                PreservationStage.EXTENDED,
                PreservationStage.BOUND_TO_LETTER,
                PreservationStage.RELEASED,
                PreservationStage.LAPSED,
            }
            for held in (PreservationStage.PRESERVED, PreservationStage.EXTENDED)
        },
        PreservationStage.BOUND_TO_LETTER: {PreservationStage.RELEASED},
        PreservationStage.RELEASED: set(),
        PreservationStage.LAPSED: set(),
        PreservationStage.NOT_ENSURED: set(),
    }
)

EVIDENCE_RETURN_PERMITTED: Mapping[EvidenceReturnStage, frozenset[EvidenceReturnStage]] = _frozen(
    {
        EvidenceReturnStage.RECEIVED: {EvidenceReturnStage.USABLE, EvidenceReturnStage.USE_ENDED},
        EvidenceReturnStage.USABLE: {EvidenceReturnStage.USE_ENDED},
        EvidenceReturnStage.USE_ENDED: set(),
    }
)

FINAL_OUTCOMES: frozenset[MeasureOutcome] = frozenset(MeasureOutcome) - {MeasureOutcome.OPEN, MeasureOutcome.POSTPONED}


def permitted(stage: Stage, *, form: Form = Form.ORDINARY) -> frozenset[Stage]:
    """The stages that may follow in the given form; the default is the form that permits least."""
    return PERMITTED[stage] | _FURTHER_BY_FORM[form].get(stage, frozenset())


def move(stage: Stage, to: Stage, *, form: Form = Form.ORDINARY) -> Stage:
    """Return `to`, or raise TransitionNotPermitted."""
    return _moved(stage, to, permitted(stage, form=form))


def move_preservation(stage: PreservationStage, to: PreservationStage) -> PreservationStage:
    """Return `to`, or raise TransitionNotPermitted."""
    return _moved(stage, to, PRESERVATION_PERMITTED[stage])


def move_evidence_return(stage: EvidenceReturnStage, to: EvidenceReturnStage) -> EvidenceReturnStage:
    """Return `to`, or raise TransitionNotPermitted."""
    return _moved(stage, to, EVIDENCE_RETURN_PERMITTED[stage])


def _moved(stage: _K, to: _K, allowed: frozenset[_K]) -> _K:
    if to not in allowed:
        raise TransitionNotPermitted(stage, to, allowed)
    return to


def form_for(kind: LetterKind, *, urgency: Collection[UrgencyGround]) -> Form:
    """The form in which a letter of this kind may be signed without approval, given the grounds of urgency stated.

    An acknowledgement of receipt decides nothing and is an act of the registry. Raises UrgentFormNotOpen.
    """
    if kind is LetterKind.ACKNOWLEDGEMENT:
        return Form.REGISTRY
    if kind in URGENT_KINDS and urgency:
        return Form.URGENT
    raise UrgentFormNotOpen


# Who acts -------------------------------------------------------------------------------------------------------------

_DUTY_KINDS = frozenset({LetterKind.PRESERVATION_REQUEST, LetterKind.PRESERVED, LetterKind.NOT_ENSURED})

STEP_OF: Mapping[tuple[Stage, Stage, Form], Step] = MappingProxyType(
    {
        (Stage.DRAFT, Stage.COMPLETE, Form.ORDINARY): Step.COMPLETE,
        (Stage.COMPLETE, Stage.DRAFT, Form.ORDINARY): Step.RETURN_TO_DRAFT,
        (Stage.APPROVED, Stage.DRAFT, Form.ORDINARY): Step.RETURN_TO_DRAFT,
        (Stage.COMPLETE, Stage.APPROVED, Form.ORDINARY): Step.APPROVE,
        (Stage.APPROVED, Stage.SIGNED, Form.ORDINARY): Step.SIGN,
        (Stage.COMPLETE, Stage.SIGNED, Form.URGENT): Step.SIGN_URGENT,
        (Stage.COMPLETE, Stage.SIGNED, Form.REGISTRY): Step.SIGN_REGISTRY,
        (Stage.DELIVERED, Stage.ACKNOWLEDGED, Form.ORDINARY): Step.ACKNOWLEDGE,
        (Stage.ACKNOWLEDGED, Stage.ACCEPTED, Form.ORDINARY): Step.ACCEPT,
        (Stage.ACCEPTED, Stage.IN_EXECUTION, Form.ORDINARY): Step.EXECUTE,
    }
)
"""The act behind a transition; those that are not here follow from a packet or a receipt, not from a person."""

_ROLES: Mapping[Step, frozenset[Role]] = MappingProxyType(
    {
        Step.DRAFT: frozenset({Role.PROSECUTOR}),
        Step.COMPLETE: frozenset({Role.PROSECUTOR}),
        Step.RETURN_TO_DRAFT: frozenset({Role.PROSECUTOR, Role.APPROVER}),
        Step.APPROVE: frozenset({Role.APPROVER}),
        Step.SIGN: frozenset({Role.SIGNER}),
        Step.SIGN_URGENT: frozenset({Role.SIGNER}),
        Step.CONFIRM_URGENT: frozenset({Role.APPROVER}),
        Step.SIGN_REGISTRY: frozenset({Role.SIGNER, Role.REGISTRAR}),
        Step.CONFIRM_REFERENCE: frozenset({Role.PROSECUTOR, Role.APPROVER, Role.SIGNER}),
        Step.WITHDRAW: frozenset({Role.PROSECUTOR}),
        Step.REGISTER: frozenset({Role.REGISTRAR}),
        Step.ACKNOWLEDGE: frozenset({Role.REGISTRAR}),
        Step.ACCEPT: frozenset({Role.PROSECUTOR}),
        Step.EXECUTE: frozenset({Role.PROSECUTOR}),
    }
)
_DRAFTING = frozenset({Step.DRAFT, Step.COMPLETE, Step.RETURN_TO_DRAFT, Step.CONFIRM_REFERENCE, Step.WITHDRAW})
_DUTY_STEPS = _DRAFTING | {Step.SIGN, Step.SIGN_URGENT, Step.REGISTER, Step.ACKNOWLEDGE, Step.SIGN_REGISTRY}


def roles_for(step: Step, kind: LetterKind) -> frozenset[Role]:
    """Who may take the step on a letter of this kind: any one of these roles.

    The 24/7 point acts on preservation, on its answer and, like the registry, on acknowledgements.
    """
    roles = _ROLES[step]
    if kind is LetterKind.ACKNOWLEDGEMENT:
        registry = frozenset({Role.REGISTRAR}) if step in _DRAFTING else frozenset()
        return roles | registry | (frozenset({Role.DUTY}) if step in _DUTY_STEPS else frozenset())
    return roles | {Role.DUTY} if kind in _DUTY_KINDS and step in _DUTY_STEPS else roles


def may_act(
    step: Step,
    *,
    kind: LetterKind,
    roles: Collection[Role],
    person: str,
    drafted_by: str | None = None,
    completed_by: str | None = None,
    approved_by: str | None = None,
    signed_by: str | None = None,
) -> None:
    """Return when the person may take the step; raise RoleMissing, SecondPersonNeeded or ApprovalMissing.

    Persons are ids. Four eyes: the approver neither drafted nor completed; the signer is never the drafter, the urgent
    form apart, whose confirming second person is none of those who acted.
    """
    needed = roles_for(step, kind)
    if not needed.intersection(roles):
        raise RoleMissing(step, needed)
    earlier = {"drafted": drafted_by, "completed": completed_by, "signed": signed_by}
    for act in _NOT_THE_ONE_WHO.get(step, ()):
        if earlier[act] == person:
            raise SecondPersonNeeded(step, act)
    if step is Step.SIGN and approved_by is None:
        raise ApprovalMissing


_NOT_THE_ONE_WHO: Mapping[Step, tuple[str, ...]] = MappingProxyType(
    {
        Step.APPROVE: ("drafted", "completed"),
        Step.SIGN: ("drafted",),
        Step.CONFIRM_URGENT: ("drafted", "completed", "signed"),
    }
)


# Urgent form ----------------------------------------------------------------------------------------------------------

WORKING_DAYS_AFTER_URGENT_FORM = 3


def working_day_after(day: date, count: int, *, holidays: Collection[date] = ()) -> date:
    """The `count`-th working day after `day`; Saturdays, Sundays and the given holidays are none."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in holidays
    return day


def due_after_urgent_form(
    signed_on: date, *, translated: bool, references_stand: bool, holidays: Collection[date] = ()
) -> Mapping[DueAfterUrgentForm, date]:
    """What an urgent form signed on that day leaves due, and the day by which it is due."""
    by = working_day_after(signed_on, WORKING_DAYS_AFTER_URGENT_FORM, holidays=holidays)
    due = {DueAfterUrgentForm.SECOND_PERSON: by}
    if not translated:
        due[DueAfterUrgentForm.TRANSLATION] = by
    if not references_stand:
        due[DueAfterUrgentForm.CONFIRMATION_OF_REFERENCES] = by
    return MappingProxyType(due)


# What an answer moves -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AnswerEffect:
    """What receiving an answer moves on the letter that it names; None leaves it as it is."""

    stage: Stage | None = None
    preservation: PreservationStage | None = None
    opens: OpenMatter | None = None
    closes: OpenMatter | None = None


ANSWER_EFFECTS: Mapping[LetterKind, AnswerEffect] = MappingProxyType(
    {
        LetterKind.ACKNOWLEDGEMENT: AnswerEffect(stage=Stage.ACKNOWLEDGED),
        LetterKind.ACCEPTANCE: AnswerEffect(stage=Stage.ACCEPTED),
        LetterKind.PRESERVED: AnswerEffect(stage=Stage.CLOSED, preservation=PreservationStage.PRESERVED),
        LetterKind.NOT_ENSURED: AnswerEffect(stage=Stage.CLOSED, preservation=PreservationStage.NOT_ENSURED),
        LetterKind.SUPPLEMENTARY_REQUEST: AnswerEffect(opens=OpenMatter.SUPPLEMENT_REQUESTED),
        LetterKind.SUPPLEMENTARY_INFORMATION: AnswerEffect(closes=OpenMatter.SUPPLEMENT_REQUESTED),
        LetterKind.POSTPONEMENT: AnswerEffect(),
        # Whether these two close the letter depends on the outcomes of its measures: see moves_on_answer.
        LetterKind.EXECUTION: AnswerEffect(stage=Stage.IN_EXECUTION),
        LetterKind.REFUSAL: AnswerEffect(),
        LetterKind.WITHDRAWAL: AnswerEffect(stage=Stage.WITHDRAWN),
    }
)


def letter_outcome(outcomes: Iterable[MeasureOutcome]) -> MeasureOutcome:
    """The letter's outcome, derived from those of its measures; without measures it is open."""
    found = set(outcomes)
    if len(found) == 1:
        return found.pop()
    for unfinished in (MeasureOutcome.OPEN, MeasureOutcome.POSTPONED):
        if unfinished in found or not found:
            return unfinished
    if found & {MeasureOutcome.EXECUTED, MeasureOutcome.PARTLY_EXECUTED}:
        return MeasureOutcome.PARTLY_EXECUTED
    return MeasureOutcome.REFUSED


def moves_on_answer(stage: Stage, kind: LetterKind, *, outcomes: Collection[MeasureOutcome] = ()) -> tuple[Stage, ...]:
    """The transitions, in order, that an answer of this kind brings about on the letter that it names.

    An answer proves what lies before it (an acceptance was acknowledged), so stages that no packet reported are passed
    through. `outcomes` are those of all measures after the answer. Empty when the letter is there already; raises
    TransitionNotPermitted when it was never transmitted or has ended.
    """
    target = ANSWER_EFFECTS[kind].stage
    if kind in {LetterKind.EXECUTION, LetterKind.REFUSAL} and letter_outcome(outcomes) in FINAL_OUTCOMES:
        target = Stage.CLOSED
    if stage not in _ANSWERABLE:
        raise TransitionNotPermitted(stage, target or Stage.IN_EXECUTION, PERMITTED[stage])
    if target is None or stage is target or _path(target, stage):
        return ()
    return _path(stage, target)


_ANSWERABLE = frozenset(
    {
        Stage.TRANSMITTED,
        Stage.DELIVERED,
        Stage.ACKNOWLEDGED,
        Stage.ACCEPTED,
        Stage.IN_EXECUTION,
        Stage.CLOSED,
    }
)


def _path(start: Stage, end: Stage) -> tuple[Stage, ...]:
    """The shortest way along PERMITTED, without `start`; empty when there is none."""
    queue: deque[tuple[Stage, ...]] = deque([(start,)])
    seen = {start}
    while queue:
        way = queue.popleft()
        if way[-1] is end:
            return way[1:]
        for following in sorted(PERMITTED[way[-1]] - seen):
            seen.add(following)
            queue.append((*way, following))
    return ()
