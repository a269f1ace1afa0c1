"""
The acts of the people of a node's offices, by name.

Models are imported inside each: Django is set up after this is imported.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

Answer = Mapping[str, Any]
ACTS: dict[str, Callable[..., Answer]] = {}


def act(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """Makes a function a command."""
    ACTS[function.__name__] = function
    return function


def now() -> datetime:
    """The time at which an act takes place."""
    return datetime.now(UTC)


def person_in_role(name: str, role: str) -> Any:
    """Whoever acts, in one of the roles held."""
    from backend.accounts.models import User
    from backend.accounts.services import Person

    return Person(User.objects.get(username=name), role)
