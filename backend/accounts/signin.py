"""What sign-in changes and records. The pages around it are the desk's."""

from datetime import datetime

from django.db import transaction

from backend.accounts.models import User
from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Reference, System

# How the log names the role of somebody who acts on their own account and in no other role.
HOLDER = "account holder"
DESK = System("desk")


def change_password(user: User, password: str, *, at: datetime) -> None:
    """A person's own new password; the one-time password of the first sign-in has served."""
    with transaction.atomic():
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        recording.record(Event.PASSWORD_CHANGED, user, acting=Person(user, HOLDER), at=at)


def record_own_act(event: Event, user: User, *, at: datetime) -> None:
    """A person signed in or out, or changed a factor of theirs."""
    with transaction.atomic():
        recording.record(event, user, acting=Person(user, HOLDER), at=at)


def record_failure(event: Event, username: str, *, at: datetime) -> None:
    """An attempt failed. Names that belong to nobody are not kept: a password may have been typed in their place."""
    known = User.objects.filter(username__iexact=username).values_list("username", flat=True).first()
    with transaction.atomic():
        recording.record(event, Reference("user", known or "unknown"), acting=DESK, at=at)
