"""Who may take which step on a letter, and that the same person does not take two that exclude each other."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from referral.letters.kinds import LetterKind
from referral.letters.lifecycle_errors import ApprovalMissing, RoleMissing, SecondPersonNeeded
from referral.letters.stages import Form, Role, Stage, Step

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
        Step.OVERRIDE_RISK: frozenset({Role.APPROVER, Role.SIGNER}),
        Step.WITHDRAW: frozenset({Role.PROSECUTOR}),
        Step.REGISTER: frozenset({Role.REGISTRAR}),
        Step.ACKNOWLEDGE: frozenset({Role.REGISTRAR}),
        Step.ACCEPT: frozenset({Role.PROSECUTOR}),
        Step.EXECUTE: frozenset({Role.PROSECUTOR}),
    }
)
_DRAFTING = frozenset({Step.DRAFT, Step.COMPLETE, Step.RETURN_TO_DRAFT, Step.CONFIRM_REFERENCE, Step.WITHDRAW})
_DUTY_STEPS = _DRAFTING | {
    Step.SIGN,
    Step.SIGN_URGENT,
    Step.OVERRIDE_RISK,
    Step.REGISTER,
    Step.ACKNOWLEDGE,
    Step.SIGN_REGISTRY,
}


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
    form apart, whose confirming second person is none of those who acted; nor does the drafter override what speaks
    against the letter.
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
        Step.OVERRIDE_RISK: ("drafted",),
        Step.CONFIRM_URGENT: ("drafted", "completed", "signed"),
    }
)
