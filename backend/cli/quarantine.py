"""`comity quarantine`: what did not open and why; try it again after a fix, release it, or give it up."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from backend.cli.node.options import home_option
from backend.cli.persons import act, by_option, person_for, refusals_told

if TYPE_CHECKING:
    from backend.intake.models import Submission


@click.group(help="Show what did not open; try it again, release it, or give it up.")
def command() -> None:
    """The group."""


@command.command("list")
@home_option
@click.option("--given-up", is_flag=True, help="What persons gave up instead.")
def list_(home: Path, given_up: bool) -> None:
    """Show each submission with its id, kind, size, sender and the reason; never content."""
    act(home)
    from backend.intake.models import Submission

    stage = Submission.Stage.GIVEN_UP if given_up else Submission.Stage.QUARANTINED
    rows = Submission.objects.filter(stage=stage).defer("sealed").order_by("received_at")
    for row in rows.iterator():
        why = f"{row.given_up_by}: {row.given_up_because}" if given_up else row.quarantine_reason
        click.echo(
            f"{row.id}  {row.kind:8}  {row.received_at:%Y-%m-%d %H:%M}  {row.size:>11}  {row.sender[:16]}  {why}"
        )


@command.command("retry")
@home_option
@click.argument("submission", type=click.UUID, required=False)
@click.option("--reason", help="All that this very reason keeps, at most 1000 at once.")
@by_option
def retry(home: Path, submission: UUID | None, reason: str | None, by: str) -> None:
    """Have the worker try SUBMISSION, or all of one reason, again: after what kept them was mended."""
    if (submission is None) == (reason is None):
        raise click.UsageError("Give either the id of a submission or --reason; `comity quarantine list` shows both.")
    act(home)
    from backend.incidents import settling
    from backend.incidents.access import Action

    at = datetime.now(UTC)
    who = person_for(by, Action.RETRY_SUBMISSION, at=at)
    if submission is not None:
        with refusals_told():
            settling.retry(_found(submission), acting=who, at=at)
        click.echo("It is tried again; `comity quarantine list` shows it if something still keeps it.")
    else:
        click.echo(f"Tried again: {settling.retry_all(reason or '', acting=who, at=at)}")


@command.command("release")
@home_option
@click.argument("submission", type=click.UUID)
@by_option
def release(home: Path, submission: UUID, by: str) -> None:
    """Have SUBMISSION opened although its device was revoked, because it was sealed before that."""
    act(home)
    from backend.incidents import settling
    from backend.incidents.access import Action

    at = datetime.now(UTC)
    who = person_for(by, Action.RELEASE_SUBMISSION, at=at)
    with refusals_told():
        settling.release(_found(submission), acting=who, at=at)
    click.echo("It is released and opened, unless something else keeps it.")


@command.command("give-up")
@home_option
@click.argument("submission", type=click.UUID)
@click.option("--because", required=True, help="Why; stands in the log in clear: no names, nothing of the content.")
@by_option
def give_up(home: Path, submission: UUID, because: str, by: str) -> None:
    """Answer for it that nobody will open SUBMISSION any more. It cannot be taken back."""
    act(home)
    from backend.incidents import settling
    from backend.incidents.access import Action

    at = datetime.now(UTC)
    who = person_for(by, Action.GIVE_UP_SUBMISSION, at=at)
    with refusals_told():
        settling.give_up(_found(submission), because, acting=who, at=at)
    click.echo("It is given up; its bytes go when the key that they are sealed to is destroyed.")


def _found(pk: UUID) -> "Submission":
    from backend.intake.models import Submission

    found = Submission.objects.filter(pk=pk).defer("sealed").first()
    if found is None:
        raise click.ClickException(f"There is no submission {pk}; `comity quarantine list` shows their ids.")
    return found
