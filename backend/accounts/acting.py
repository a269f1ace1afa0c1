"""In which of their roles a person acts."""

from collections.abc import Collection

from django.http import Http404

from backend.accounts.models import Role, User
from backend.accounts.services import Person


def acting_in(user: User, permitted: Collection[str], held: Collection[str]) -> Person:
    """The person in the first role, in the order of Role, that is held and permits the act; Http404 where none does."""
    for role in Role:
        if role in permitted and role in held:
            return Person(user, role.value)
    raise Http404
