"""A letter moves: stage, who and when in one row update, with its event in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting
from referral.lifecycle import Form, LetterKind, Stage, Step, may_act, move
from referral.models import LetterOfRequest
from referral.words import word

# Acts of the authority that sends or was asked; drafting may be another office's, such as a prosecutor's.
_ACTS_OF_THE_AUTHORITY = frozenset(
    {
        Step.APPROVE,
        Step.SIGN,
        Step.SIGN_URGENT,
        Step.CONFIRM_URGENT,
        Step.OVERRIDE_RISK,
        Step.SIGN_REGISTRY,
        Step.REGISTER,
        Step.ACKNOWLEDGE,
    }
)


class LetterNotWritable(Exception):
    """The letter's stage does not allow a change of its words."""


def must_be(letter: LetterOfRequest, *stages: Stage) -> None:
    """Raise LetterNotWritable unless the letter is in one of the stages."""
    if letter.stage not in stages:
        raise LetterNotWritable(
            _("The letter is %(stage)s; only one in stage %(stages)s can be written on.")
            % {
                "stage": word(letter.stage, "stage"),
                "stages": ", ".join(str(word(stage, "stage")) for stage in stages),
            }
        )


def locked(letter: LetterOfRequest) -> LetterOfRequest:
    """The letter's newest row, locked until the transaction ends: acts on one letter come one after the other."""
    return (
        LetterOfRequest.objects.select_for_update(of=("self",))
        .select_related("referral__data_key", "from_authority", "to_authority", "sender_node", "addressee_node")
        .get(pk=letter.pk)
    )


def check_person(letter: LetterOfRequest, step: Step, *, acting: Person, at: datetime) -> None:
    """Raise unless this person may take the step now: roles at ``at``, in the letter's authority, and four eyes."""
    person = acting.user.pk
    may_act(
        step,
        kind=LetterKind(letter.kind),
        roles={acting.role} & roles_for_step(letter, step, acting.user, at=at),
        person=str(person),
        # Whoever wrote on the draft counts as its drafter.
        drafted_by=_id(person if person in letter.writers else letter.drafted_by_id),
        completed_by=_id(letter.completed_by_id),
        approved_by=_id(letter.approved_by_id),
        signed_by=_id(letter.signed_by_id),
    )


def roles_for_step(letter: LetterOfRequest, step: Step, user: User, *, at: datetime) -> frozenset[str]:
    """The roles in which a person may count for the step: for acts of an authority, those held in it."""
    own = letter.from_authority_id if letter.direction == "out" else letter.to_authority_id
    return user.roles_at(at, authority=own if step in _ACTS_OF_THE_AUTHORITY else None)


def to_stage(
    letter: LetterOfRequest,
    stage: Stage,
    event: Event,
    *,
    acting: Acting,
    at: datetime,
    form: Form = Form.ORDINARY,
    fields: tuple[str, ...] = (),
    detail: Mapping[str, str | int | None] = MappingProxyType({}),
) -> None:
    """Move to ``stage`` where the lifecycle permits it, save ``fields`` with it, record ``event`` with ``detail``."""
    before = letter.stage
    letter.stage = move(Stage(letter.stage), stage, form=form)
    letter.moved_at = at
    letter.save(update_fields=["stage", "moved_at", *fields])
    recording.record(
        event,
        letter,
        acting=acting,
        at=at,
        detail={"reference": letter.reference, "kind": letter.kind, "from": before, "to": str(letter.stage), **detail},
    )


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)
