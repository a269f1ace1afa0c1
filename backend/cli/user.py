"""`comity user`: the first and further people of a node."""

from datetime import UTC, datetime
from pathlib import Path

import click

from backend.cli.node.options import home_option

ROLES = ("officer", "duty", "prosecutor", "approver", "signer", "registrar", "administrator", "auditor")


@click.group(help="Add people and appoint them.")
def command() -> None:
    """The group."""


@command.command("add")
@home_option
@click.argument("username")
@click.option("--name", "full_name", default="", help="Full name.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be repeated.")
@click.option("--authority", help="Id of the authority where the roles are held.")
def add(home: Path, username: str, full_name: str, roles: tuple[str, ...], authority: str | None) -> None:
    """Add a person; prints a password for the first sign-in, where a new one and the second factor are set up."""
    from backend.cli.node.acting import act_as

    act_as("act", home)
    from backend.accounts.models import User
    from backend.accounts.services import add_user
    from backend.audit.subjects import System
    from backend.directory.models import Authority

    if User.objects.filter(username=username).exists():
        raise click.ClickException(f"There is a user {username!r} already; choose another name.")
    office = Authority.objects.filter(id=authority, node__own=True).first() if authority else None
    if authority and office is None:
        raise click.ClickException(f"This node has no authority {authority!r}; `comity keys authority` adds one.")
    _, password = add_user(
        username, full_name, roles=roles, authority=office, acting=System("comity user"), at=datetime.now(UTC)
    )
    click.echo(f"Password of {username} for the first sign-in: {password}")


@command.command("reset")
@home_option
@click.argument("username")
def reset(home: Path, username: str) -> None:
    """Begin a person's sign-in anew, after a lost password or authenticator app; prints a password for one use."""
    from backend.cli.node.acting import act_as

    act_as("act", home)
    from backend.accounts.models import User
    from backend.audit.subjects import System
    from backend.desk.signin.anew import begin_anew

    user = User.objects.filter(username=username).first()
    if user is None:
        raise click.ClickException(f"There is no user {username!r}; write the name as it was added.")
    password = begin_anew(user, acting=System("comity user"), at=datetime.now(UTC))
    click.echo(f"Password of {username} for the first sign-in: {password}")
