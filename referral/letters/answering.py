"""What receiving an answer moves on the letter that it names."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from referral.letters.kinds import LetterKind
from referral.letters.lifecycle_errors import TransitionNotPermitted
from referral.letters.stages import MeasureOutcome, OpenMatter, PreservationStage, Stage
from referral.letters.transitions import PERMITTED

FINAL_OUTCOMES: frozenset[MeasureOutcome] = frozenset(MeasureOutcome) - {MeasureOutcome.OPEN, MeasureOutcome.POSTPONED}


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
