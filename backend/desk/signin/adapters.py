"""What django-allauth asks of us: no sign-up, no mail, factors encrypted at rest."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from backend.accounts import signin
from backend.accounts.models import User
from backend.audit.events import Event
from backend.desk.signin import session
from backend.vault.signin import open_factor, seal_factor

# After signing in, the factors may be set up for as long without proving oneself again.
FRESH_SECONDS = 15 * 60


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator; nothing is sent by e-mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing: a node has no mail server, and a password reset by mail would be a way around the second factor."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the pages say what happened."""

    def set_password(self, user: User, password: str) -> None:
        """The person's own password, on record."""
        signin.change_password(user, password, at=timezone.now())

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Puts the attempt on record; allauth counts it."""
        signin.record_failure(Event.SIGN_IN_FAILED, str(credentials.get("username", "")), at=timezone.now())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """The start page, or what the gate puts before it."""
        return reverse("start")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not shortly after signing in: whoever sets up the first factor has just proved who they are."""
        proved = session.proved_at(context.request)
        return proved is None or time.time() - proved > FRESH_SECONDS


class MFAAdapter(DefaultMFAAdapter):
    """The second factor: kept under the keyring, and never taken off by its holder."""

    def encrypt(self, text: str) -> str:
        """As stored."""
        return seal_factor(text)

    def decrypt(self, encrypted_text: str) -> str:
        """As used."""
        return open_factor(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Never: without a second factor nobody works here."""
        return False
