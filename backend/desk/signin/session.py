"""What the session remembers of how a person proved who they are."""

import time

from django.http import HttpRequest

FACTOR = "comity_second_factor"
PROVED = "comity_proved_at"


def factor_proved(request: HttpRequest, user_id: int) -> None:
    """This session's person gave a second factor, or set it up."""
    request.session[FACTOR] = user_id
    request.session[PROVED] = time.time()


def has_factor(request: HttpRequest) -> bool:
    """Whether the person signed in here gave the second factor in this very session."""
    return request.session.get(FACTOR) == request.user.pk


def password_proved(request: HttpRequest) -> None:
    """The password was given just now."""
    request.session[PROVED] = time.time()


def proved_at(request: HttpRequest) -> float | None:
    """When the person last gave password or factor, in seconds since 1970."""
    found = request.session.get(PROVED)
    return float(found) if found is not None else None
