"""A person lost the password or the authenticator app: their sign-in begins anew."""

import secrets
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from backend.accounts.models import User
from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting


def begin_anew(user: User, *, acting: Acting, at: datetime) -> str:
    """Takes away password, second factor and recovery codes, which ends every session; returns a one-time password."""
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        Authenticator.objects.filter(user=user).delete()
        recording.record(Event.SIGN_IN_RESET, user, acting=acting, at=at)
    return password
