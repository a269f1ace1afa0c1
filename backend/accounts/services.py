"""People and their appointments: made by an administrator, ended, never edited in place."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from backend.accounts.models import Appointment, Role, User
from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting, System
from backend.directory.models import Authority


@dataclass(frozen=True)
class Person:
    """A user acting in one role, as the log names them."""

    user: User
    role: str

    @property
    def audit_role(self) -> str:
        return self.role

    @property
    def audit_id(self) -> str:
        return self.user.username


def add_user(
    username: str,
    full_name: str,
    *,
    roles: Iterable[str],
    authority: Authority | None = None,
    acting: Acting,
    at: datetime,
) -> tuple[User, str]:
    """A person with appointments from ``at`` on, and a password to be changed at the first sign-in."""
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        user = User(username=username, full_name=full_name, must_change_password=True)
        user.set_password(password)
        user.save(force_insert=True)
        recording.record(Event.USER_ADDED, user, acting=acting, at=at)
        for role in roles:
            appoint(user, Role(role), authority=authority, acting=acting, at=at)
    return user, password


def appoint(
    user: User,
    role: Role,
    *,
    authority: Authority | None = None,
    until: datetime | None = None,
    acting: Acting,
    at: datetime,
) -> Appointment:
    """Appoint a person to a role; with ``until`` it is an acting appointment that ends by itself."""
    with transaction.atomic():
        appointment = Appointment.objects.create(
            user=user,
            role=role,
            authority=authority,
            acting=until is not None,
            valid_from=at,
            valid_until=until,
            made_by=acting.audit_id,
        )
        recording.record(
            Event.APPOINTMENT_MADE,
            appointment,
            acting=acting,
            at=at,
            detail={"user": user.username, "role": role.value},
        )
    return appointment


def first_administrator(*, at: datetime) -> tuple[str, str] | None:
    """The first sign-in of a new node, as (username, one-time password); None where there are people already."""
    with transaction.atomic():
        if User.objects.exists():
            return None
        user, password = add_user("admin", "", roles=[Role.ADMINISTRATOR], acting=System("first start"), at=at)
    return user.username, password
