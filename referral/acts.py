"""What a person may do with a letter now: the acts of the pages, which of them are open, and in which role.

A table over the lifecycle's steps. The services decide again; this says beforehand what a page has to offer.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from types import MappingProxyType

from django.http import Http404

from backend.accounts.acting import acting_in
from backend.accounts.models import User
from backend.accounts.services import Person
from referral.lifecycle import REQUESTS, URGENT_KINDS, LetterKind, LifecycleError, Stage, Step, roles_for
from referral.models import LetterOfRequest
from referral.services.moving import check_person, roles_for_step

_SENT = frozenset(Stage) - {Stage.DRAFT, Stage.COMPLETE, Stage.APPROVED, Stage.WITHDRAWN, Stage.SUPERSEDED}
_ANSWERABLE = frozenset({Stage.DELIVERED, Stage.ACKNOWLEDGED, Stage.ACCEPTED, Stage.IN_EXECUTION})


@dataclass(frozen=True)
class Act:
    """One act: on which letters it exists, and the steps for all of which the acting role must be entitled.

    A step stands with the kind of the letter that it makes; None is the letter acted upon.
    """

    name: str
    direction: str
    kinds: frozenset[LetterKind]
    stages: frozenset[Stage]
    steps: tuple[tuple[Step, LetterKind | None], ...]

    def roles(self, kind: LetterKind) -> frozenset[str]:
        """The roles that may act, on a letter of this kind."""
        entitled = (roles_for(step, made or kind) for step, made in self.steps)
        return reduce(frozenset.intersection, entitled)

    def fits(self, letter: LetterOfRequest) -> bool:
        """Whether the act exists on such a letter at all, in whatever stage."""
        return letter.direction == self.direction and letter.kind in self.kinds


@dataclass(frozen=True)
class Offer:
    """An act that is due on the letter; ``why_not`` says what keeps this person from it."""

    name: str
    why_not: str = ""


def _own(name: str, step: Step, stages: set[Stage], kinds: frozenset[LetterKind] = REQUESTS) -> Act:
    return Act(name, "out", kinds, frozenset(stages), ((step, None),))


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        act.name: act
        for act in (
            _own("edit", Step.DRAFT, {Stage.DRAFT}),
            _own("complete", Step.COMPLETE, {Stage.DRAFT}),
            _own("return", Step.RETURN_TO_DRAFT, {Stage.COMPLETE, Stage.APPROVED}),
            _own("approve", Step.APPROVE, {Stage.COMPLETE}),
            _own("sign", Step.SIGN, {Stage.APPROVED}),
            _own("sign-urgent", Step.SIGN_URGENT, {Stage.COMPLETE}),
            _own("confirm-reference", Step.CONFIRM_REFERENCE, {Stage.DRAFT, Stage.COMPLETE} | _SENT),
            _own("override-risk", Step.OVERRIDE_RISK, {Stage.COMPLETE, Stage.APPROVED} | _SENT),
            _own("withdraw", Step.WITHDRAW, {Stage.DRAFT, Stage.COMPLETE, Stage.APPROVED}),
            Act("confirm-urgent-form", "out", URGENT_KINDS, _SENT, ((Step.CONFIRM_URGENT, None),)),
            Act(
                "acknowledge",
                "in",
                REQUESTS,
                frozenset({Stage.DELIVERED}),
                (
                    (Step.ACKNOWLEDGE, None),
                    (Step.DRAFT, LetterKind.ACKNOWLEDGEMENT),
                    (Step.SIGN_REGISTRY, LetterKind.ACKNOWLEDGEMENT),
                ),
            ),
            Act(
                "answer-preserved",
                "in",
                frozenset({LetterKind.PRESERVATION_REQUEST}),
                _ANSWERABLE,
                ((Step.DRAFT, LetterKind.PRESERVED), (Step.SIGN_URGENT, LetterKind.PRESERVED)),
            ),
        )
    }
)


def person_for(name: str, letter: LetterOfRequest, user: User, *, at: datetime) -> Person:
    """The person in the role that permits the act on this letter; Http404 where no role of theirs does."""
    act = ACTS.get(name)
    if act is None or not act.fits(letter):
        raise Http404
    steps = [step for step, made in act.steps if made is None]
    held = [roles_for_step(letter, step, user, at=at) for step in steps] or [user.roles_at(at)]
    return acting_in(user, act.roles(LetterKind(letter.kind)), frozenset.intersection(*held))


def offers(letter: LetterOfRequest, user: User, held: Collection[str], *, at: datetime) -> tuple[Offer, ...]:
    """The acts that are due on the letter in its stage and that one of the roles held entitles to."""
    found = []
    for act in ACTS.values():
        if act.fits(letter) and letter.stage in act.stages and _is_due(act, letter):
            entitled = act.roles(LetterKind(letter.kind)).intersection(held)
            if entitled:
                found.append(Offer(act.name, _why_not(act, letter, acting_in(user, entitled, held), at=at)))
    return tuple(found)


def _is_due(act: Act, letter: LetterOfRequest) -> bool:
    """Whether what the act answers to is still open, where the stage alone does not tell."""
    if act.name == "confirm-urgent-form":
        return letter.due_acts.filter(act="second_person", done_at=None).exists()
    if act.name == "confirm-reference" and letter.stage in _SENT:
        return letter.due_acts.filter(act="confirmation_of_references", done_at=None).exists()
    if act.name == "override-risk" and letter.stage in _SENT:
        return letter.due_acts.filter(act="refusal_risks", done_at=None).exists()
    if act.name == "answer-preserved":
        preservation = getattr(letter, "preservation", None)
        return preservation is not None and preservation.stage == "requested"
    return True


def _why_not(act: Act, letter: LetterOfRequest, person: Person, *, at: datetime) -> str:
    try:
        for step, made in act.steps:
            if made is None:
                check_person(letter, step, acting=person, at=at)
    except LifecycleError as refused:
        return str(refused)
    return ""
