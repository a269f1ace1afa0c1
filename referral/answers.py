"""What a received answer moves: the letter that it names, its measures, its preservation."""

from datetime import datetime

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting
from referral.columns import key_of, set_answer
from referral.letters.content import Execution, LetterContent, Preserved, Refusal
from referral.lifecycle import (
    ANSWER_EFFECTS,
    LetterKind,
    MeasureOutcome,
    PreservationStage,
    Stage,
    move_preservation,
    moves_on_answer,
)
from referral.models import LetterOfRequest, Preservation
from referral.services.moving import to_stage


class AnswersNothing(Exception):
    """The answer names no letter, measure or preservation that this node asked that State for."""


def move_answered(letter: LetterOfRequest, content: LetterContent, *, acting: Acting, at: datetime) -> None:
    """Move the letter that an answer names, its measures, its preservation; raises AnswersNothing or LifecycleError."""
    kind = LetterKind(content.kind)
    effect = ANSWER_EFFECTS[kind]
    if effect.preservation is not None:
        _move_preservation(letter, effect.preservation, content, acting=acting, at=at)
    outcomes = _apply_outcomes(letter, content, at=at)
    for stage in moves_on_answer(Stage(letter.stage), kind, outcomes=outcomes):
        event = Event.LETTER_ACKNOWLEDGED if stage is Stage.ACKNOWLEDGED else Event.LETTER_ANSWERED
        to_stage(letter, stage, event, acting=acting, at=at)


def _apply_outcomes(letter: LetterOfRequest, content: LetterContent, *, at: datetime) -> list[MeasureOutcome]:
    """Set the outcomes that an execution or refusal names; those of all measures of the letter afterwards."""
    measures = {f"m{row.position}": row for row in letter.measures.select_for_update().order_by("position")}
    for name, outcome in _stated_outcomes(content, list(measures)):
        if name not in measures:
            raise AnswersNothing("The answer names a measure that the letter did not seek; ask its sender.")
        measures[name].outcome, measures[name].outcome_at = outcome, at
        measures[name].save(update_fields=["outcome", "outcome_at"])
    return [MeasureOutcome(row.outcome) for row in measures.values()]


def _stated_outcomes(content: LetterContent, all_measures: list[str]) -> list[tuple[str, MeasureOutcome]]:
    match content.answer:
        case Execution(outcomes=outcomes):
            return [(stated.id, stated.outcome) for stated in outcomes]
        case Refusal(measures=measures):
            return [(name, MeasureOutcome.REFUSED) for name in measures or all_measures]
        case _:
            return []


def _move_preservation(
    letter: LetterOfRequest, to: PreservationStage, content: LetterContent, *, acting: Acting, at: datetime
) -> None:
    preservation = Preservation.objects.select_for_update().filter(letter=letter).first()
    if preservation is None:
        raise AnswersNothing("The letter answers a preservation that this node did not ask for.")
    preservation.stage = move_preservation(PreservationStage(preservation.stage), to)
    preservation.moved_at = at
    if isinstance(content.answer, Preserved):
        preservation.until = content.answer.until
        answer = {"custodian": content.answer.custodian, "reference": content.answer.custodian_reference}
        set_answer(preservation, answer, key_of(letter))
    preservation.save()
    recording.record(
        Event.PRESERVATION_MOVED,
        preservation,
        acting=acting,
        at=at,
        detail={
            "letter": letter.reference,
            "to": str(preservation.stage),
            "until": preservation.until.isoformat() if preservation.until else None,
        },
    )
