"""What allauth tells of a sign-in goes on record and into the session."""

from typing import Any

from allauth.account.signals import user_logged_in, user_logged_out
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_reset, authenticator_used
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils import timezone

from backend.accounts import signin
from backend.accounts.models import User
from backend.audit.events import Event
from backend.desk.signin import session


def connect() -> None:
    """Called once, when the desk's applications are loaded."""
    receivers: dict[Signal, Any] = {
        user_logged_in: signed_in,
        user_logged_out: signed_out,
        authenticator_added: factor_added,
        authenticator_reset: codes_made,
        authenticator_used: factor_used,
        authentication_failed: factor_failed,
    }
    for signal, receiver in receivers.items():
        signal.connect(receiver, dispatch_uid=f"desk.{receiver.__name__}")


def signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Password and, where there is one, second factor were given."""
    session.password_proved(request)
    signin.record_own_act(Event.SIGNED_IN, user, at=timezone.now())


def signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """The session ended by its person's wish."""
    if user is not None:
        signin.record_own_act(Event.SIGNED_OUT, user, at=timezone.now())


def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """The authenticator app was set up by giving a code of it, or recovery codes were made beside it."""
    if authenticator.type == Authenticator.Type.TOTP:
        session.factor_proved(request, user.pk)
        signin.record_own_act(Event.SECOND_FACTOR_ADDED, user, at=timezone.now())
    else:
        codes_made(request, user)


def codes_made(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """New recovery codes; the earlier ones lapse."""
    signin.record_own_act(Event.RECOVERY_CODES_MADE, user, at=timezone.now())


def factor_used(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """A code was right."""
    session.factor_proved(request, user.pk)
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        signin.record_own_act(Event.RECOVERY_CODE_USED, user, at=timezone.now())


def factor_failed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A code was wrong."""
    signin.record_failure(Event.SECOND_FACTOR_FAILED, user.username, at=timezone.now())
