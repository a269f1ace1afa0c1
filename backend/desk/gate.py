"""Who may see any page at all: people signed in with a password of their own and a second factor."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from backend.desk.api.problems import NOT_SIGNED_IN, answer, is_api
from backend.desk.signin.session import has_factor

OPEN = frozenset({"health", "account_login", "mfa_authenticate", "account_logout", "account_inactive", "set_language"})
LEAVE = frozenset({"account_logout"})
PASSWORD = frozenset({"account_change_password"})
FACTOR = frozenset({"mfa_activate_totp", "account_reauthenticate"})


class Gate:
    """Middleware: leads everybody to the next thing that sign-in still wants, whatever they ask for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes on; the work is done once the address is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None where the person may go on, else where they have to go first."""
        if is_api(request):
            return _come_in(request) if _complete(request) else answer(NOT_SIGNED_IN)
        name = request.resolver_match.url_name if request.resolver_match else None
        if not request.user.is_authenticated:
            return None if name in OPEN else _to_sign_in(request)
        if name in LEAVE:
            return None
        if request.user.must_change_password:
            return None if name in PASSWORD else redirect("account_change_password")
        if has_factor(request):
            return _come_in(request)
        if _set_up(request):
            # The factor was set up in another session: this one never gave it.
            logout(request)
            return _to_sign_in(request)
        return None if name in FACTOR else redirect("mfa_activate_totp")


def _come_in(request: HttpRequest) -> None:
    """What the person may do is asked many times for one page: their appointments are fetched once."""
    prefetch_related_objects([request.user], "appointments")


def _complete(request: HttpRequest) -> bool:
    """Whether sign-in wants nothing more; programs are told so instead of being led through it."""
    user = request.user
    return bool(user.is_authenticated and not user.must_change_password and has_factor(request))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Back to the page asked for afterwards; what was posted is not done and not kept."""
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/", settings.LOGIN_URL)


def _set_up(request: HttpRequest) -> bool:
    return Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists()
