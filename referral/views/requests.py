"""What views read of a request: who asks, and for which page of a list."""

from django.http import HttpRequest

from backend.accounts.models import User

LAST_PAGE = 100_000


def page_of(request: HttpRequest) -> int:
    """The page asked for; the first one where the address says none, or none that can be."""
    text = request.GET.get("page", "1")
    return min(max(int(text), 1), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def paging(page: int, found: int, *, full: int) -> dict[str, int | None]:
    """The pages before and after; there is one after as long as this one is full."""
    return {"earlier": page - 1 if page > 1 else None, "later": page + 1 if found == full else None}


def user_of(request: HttpRequest) -> User:
    """The person signed in: the gate lets nobody else come here."""
    if not isinstance(request.user, User):
        raise TypeError("a page behind the gate was reached without a person")
    return request.user
