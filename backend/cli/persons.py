"""Commands that a person of the node answers for: who it is, and that they may."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from backend.accounts.services import Person
    from backend.incidents.access import Action

by_option = click.option("--by", required=True, metavar="USERNAME", help="Whose act it is; goes on record.")


def act(home: Path) -> None:
    """Become the process of the administrator's acts, which has what the desk has."""
    from backend.cli.node.acting import act_as

    act_as("act", home)


def person_for(username: str, action: "Action", *, at: datetime) -> "Person":
    """The person in the role that permits the act; an error where there is none, or the person holds no such role."""
    from django.http import Http404

    from backend.accounts.acting import acting_in
    from backend.accounts.models import User
    from backend.incidents.access import PERMITTED

    user = User.objects.filter(username=username).first()
    if user is None:
        raise click.ClickException(f"There is no user {username!r}; write the name as it was added.")
    try:
        return acting_in(user, PERMITTED[action], user.roles_at(at))
    except Http404:
        roles = ", ".join(sorted(PERMITTED[action]))
        raise click.ClickException(
            f"{username!r} may not {action.value}; that takes a person appointed as {roles}."
        ) from None


@contextmanager
def refusals_told() -> Iterator[None]:
    """Say in one sentence why an act of a person was not done; used after act()."""
    from backend.conventions.errors import UnknownName
    from backend.incidents.retaining import NotRetained
    from backend.incidents.settling import NotSettled

    try:
        yield
    except (NotRetained, NotSettled, UnknownName) as refusal:
        raise click.ClickException(str(refusal)) from refusal
