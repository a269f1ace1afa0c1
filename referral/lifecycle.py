"""Where a letter, its measures, a preservation and returned evidence stand; what may follow, and who may do it.

Stages are data: a transition is looked up, never decided by an if-ladder. Pure; services and database keep the same
rules (four eyes there by constraint). All of the lifecycle is imported from here.
"""

from referral.letters.acting import STEP_OF, may_act, roles_for
from referral.letters.answering import ANSWER_EFFECTS, FINAL_OUTCOMES, AnswerEffect, letter_outcome, moves_on_answer
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
from referral.letters.transitions import (
    EVIDENCE_RETURN_PERMITTED,
    FINAL,
    PERMITTED,
    PRESERVATION_PERMITTED,
    move,
    move_evidence_return,
    move_preservation,
    permitted,
)
from referral.letters.urgent_form import (
    due_after_urgent_form,
    form_for,
    working_day_after,
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
