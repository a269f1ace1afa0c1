"""What waits for a person, by the roles that they hold: the start page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Role, User
from referral.lifecycle import REQUESTS, LetterKind, PreservationStage, Stage
from referral.models import LetterOfRequest, Transmission
from referral.selectors import ShownLetter, letters

SHOWN = 20
SOON = timedelta(days=14)


@dataclass(frozen=True)
class Waiting:
    """One list of letters that wait for somebody in one of the roles."""

    heading: Any
    letters: tuple[ShownLetter, ...]
    loud: bool = False


@dataclass(frozen=True)
class _List:
    heading: Any
    roles: frozenset[Role]
    rows: Callable[[User, datetime], Q]
    loud: bool = False


_LISTS = (
    _List(
        _("Late: left open by an urgent form"),
        frozenset({Role.DUTY, Role.PROSECUTOR, Role.APPROVER, Role.SIGNER}),
        lambda user, at: Q(due_acts__done_at=None, due_acts__due_on__lt=at.date(), direction="out"),
        loud=True,
    ),
    _List(
        _("Given up in transmission"),
        frozenset({Role.DUTY, Role.PROSECUTOR, Role.REGISTRAR}),
        lambda user, at: Q(transmission__stage=Transmission.Stage.FAILED),
        loud=True,
    ),
    _List(
        _("Received, to be acknowledged"),
        frozenset({Role.REGISTRAR, Role.DUTY}),
        lambda user, at: Q(direction="in", stage=Stage.DELIVERED, kind__in=REQUESTS),
    ),
    _List(
        _("Requests for preservation, to be answered"),
        frozenset({Role.DUTY}),
        lambda user, at: Q(
            direction="in",
            kind=LetterKind.PRESERVATION_REQUEST,
            stage=Stage.ACKNOWLEDGED,
            preservation__stage=PreservationStage.REQUESTED,
        ),
    ),
    _List(
        _("Complete, to be approved"),
        frozenset({Role.APPROVER}),
        lambda user, at: Q(direction="out", stage=Stage.COMPLETE) & ~Q(drafted_by=user) & ~Q(completed_by=user),
    ),
    _List(
        _("Approved, to be signed"),
        frozenset({Role.SIGNER}),
        lambda user, at: Q(direction="out", stage=Stage.APPROVED) & ~Q(drafted_by=user),
    ),
    _List(
        _("Urgent forms, to be confirmed by a second person"),
        frozenset({Role.APPROVER}),
        lambda user, at: (
            Q(
                direction="out",
                due_acts__act="second_person",
                due_acts__done_at=None,
                due_acts__due_on__gte=at.date(),
            )
            & ~Q(drafted_by=user)
            & ~Q(signed_by=user)
        ),
    ),
    _List(
        _("Drafts"),
        frozenset({Role.DUTY, Role.PROSECUTOR}),
        lambda user, at: Q(direction="out", stage=Stage.DRAFT),
    ),
    _List(
        _("Preservations that end within 14 days"),
        frozenset({Role.DUTY, Role.PROSECUTOR}),
        lambda user, at: Q(
            preservation__stage__in=[PreservationStage.PRESERVED, PreservationStage.EXTENDED],
            preservation__until__lte=(at + SOON).date(),
        ),
    ),
)


def waiting_for(user: User, held: frozenset[str], *, at: datetime) -> Iterator[Waiting]:
    """The lists that are not empty for somebody with these roles, the loudest first; at most 20 letters in each."""
    for one in _LISTS:
        if one.roles & held:
            rows = LetterOfRequest.objects.filter(one.rows(user, at)).distinct().order_by("moved_at")
            found = letters(rows[:SHOWN], on=at.date())
            if found:
                yield Waiting(one.heading, found, one.loud)
