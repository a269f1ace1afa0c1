"""`comity retention`: the node's rules for how long incidents are kept, its backups, what is due and what is erased."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from backend.cli.node.options import home_option
from backend.cli.persons import act, by_option, person_for, refusals_told

if TYPE_CHECKING:
    from backend.incidents.models import RetentionRule


@click.group(help="Set for how long incidents are kept; show what is due, held and erased.")
def command() -> None:
    """The group."""


@command.command("show")
@home_option
@click.option("--days", default=60, show_default=True, type=click.IntRange(0, 3650), help="What is due within DAYS.")
def show(home: Path, days: int) -> None:
    """Show rules, backups, standing holds, what comes due and what is erased: references and dates, no content."""
    act(home)
    from backend.incidents import erasing, retaining
    from backend.incidents.models import BackupLifetime, Erasure, LegalHold, RetentionRule
    from referral.retaining import ties_of

    at = datetime.now(UTC)
    for rule in RetentionRule.objects.filter(ended_at=None).order_by("state", "offence", "made_at"):
        stands = "in force" if rule.confirmed_at else "proposed"
        click.echo(f"rule    {rule.id}  {stands:8}  {_said(rule)}")
    lifetime = BackupLifetime.objects.order_by("set_at", "pk").last()
    click.echo(
        f"backups {f'{lifetime.days} days' if lifetime else 'not set: when an erasure is complete is not known'}"
    )
    for hold in LegalHold.objects.filter(lifted_at=None).select_related("incident").order_by("placed_at"):
        click.echo(f"held    {hold.incident.reference}  since {hold.placed_at:%Y-%m-%d}")
    for incident, period in retaining.due(ties_of, at=at + timedelta(days=days)):
        click.echo(f"due     {incident.reference}  {period.until:%Y-%m-%d}")
    said = erasing.lifetimes()
    for done in Erasure.objects.exclude(erased_at=None).select_related("incident").order_by("erased_at"):
        complete = erasing.complete_on(done.erased_at, said)
        told = f"complete {complete:%Y-%m-%d}" if complete else "complete: not known"
        click.echo(f"erased  {done.incident.reference}  {done.erased_at:%Y-%m-%d}  {told}")


@command.command("propose")
@home_option
@click.option("--state", required=True, help="Code of the State whose law it is, such as gd.")
@click.option("--offence", default="", help="Common offence code; left out, the rule is for any other offence.")
@click.option("--months", type=int, help="How long; with --without-end instead, it is kept for good.")
@click.option("--without-end", is_flag=True, help="Kept without end.")
@click.option("--basis", required=True, help="The provision that sets the period.")
@by_option
def propose(home: Path, state: str, offence: str, months: int | None, without_end: bool, basis: str, by: str) -> None:
    """Propose a rule; it counts once another person confirms it."""
    if (months is None) != without_end:
        raise click.UsageError("Give either --months or --without-end.")
    act(home)
    from backend.incidents import retaining
    from backend.incidents.access import Action

    at = datetime.now(UTC)
    who = person_for(by, Action.SET_RETENTION, at=at)
    with refusals_told():
        made = retaining.make_rule(state, offence, months, basis, acting=who, at=at)
    click.echo(f"Proposed {made.id}. Another person confirms it: comity retention confirm {made.id} --by USERNAME")


@command.command("confirm")
@home_option
@click.argument("rule", type=click.UUID)
@by_option
def confirm(home: Path, rule: UUID, by: str) -> None:
    """Put another person's RULE in force. It erases nothing before thirty days from now."""
    act(home)
    from backend.incidents import retaining
    from backend.incidents.access import Action

    at = datetime.now(UTC)
    who = person_for(by, Action.SET_RETENTION, at=at)
    found = _rule(rule)
    with refusals_told():
        retaining.confirm_rule(found, acting=who, at=at)
    click.echo(f"In force: {_said(found)}")


@command.command("end")
@home_option
@click.argument("rule", type=click.UUID)
@by_option
def end(home: Path, rule: UUID, by: str) -> None:
    """End RULE, or refuse it where it was proposed: what it covered is kept."""
    act(home)
    from backend.incidents import retaining
    from backend.incidents.access import Action

    at = datetime.now(UTC)
    who = person_for(by, Action.SET_RETENTION, at=at)
    with refusals_told():
        retaining.end_rule(_rule(rule), acting=who, at=at)
    click.echo("Ended.")


@command.command("backups")
@home_option
@click.argument("days", type=int)
@by_option
def backups(home: Path, days: int, by: str) -> None:
    """Say after how many DAYS the last copy of the database, its write-ahead log included, is destroyed."""
    act(home)
    from backend.incidents import retaining
    from backend.incidents.access import Action

    at = datetime.now(UTC)
    who = person_for(by, Action.SET_BACKUPS, at=at)
    with refusals_told():
        retaining.set_backup_lifetime(days, acting=who, at=at)
    click.echo(f"Backups are kept for {days} days.")


def _rule(pk: UUID) -> "RetentionRule":
    from backend.incidents.models import RetentionRule

    found = RetentionRule.objects.filter(pk=pk).first()
    if found is None:
        raise click.ClickException(f"There is no rule {pk}; `comity retention show` lists them.")
    return found


def _said(rule: "RetentionRule") -> str:
    period = f"{rule.months} months" if rule.months else "without end"
    return f"{rule.state}  {rule.offence or 'any other offence'}  {period}  {rule.basis}"
