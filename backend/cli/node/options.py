"""Options that several commands share."""

from pathlib import Path

import click

from backend.cli.node.home import DEFAULT_HOME

home_option = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False, resolve_path=True),
    envvar="COMITY_HOME",
    default=DEFAULT_HOME,
    show_default="var/node of the checkout",
    help="The node's home folder.",
)
