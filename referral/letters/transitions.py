"""Which stage may follow which: of a letter by its form, of a preservation, of returned evidence."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from referral.letters.lifecycle_errors import TransitionNotPermitted
from referral.letters.stages import EvidenceReturnStage, Form, PreservationStage, Stage

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
