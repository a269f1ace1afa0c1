"""`comity manage`: Django's own commands, for those who work on Comity."""

from pathlib import Path

import click

from backend.cli.node.options import home_option


@click.command(name="manage", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@home_option
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(home: Path, arguments: tuple[str, ...]) -> None:
    """Run one of Django's commands (ARGUMENTS) as the owner of a running node's database."""
    from backend.cli.node.acting import act_as

    act_as("migrate", home)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["comity manage", *arguments])
