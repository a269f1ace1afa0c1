"""`comity roles`: the database roles for a PostgreSQL server of one's own."""

from pathlib import Path

import click


@click.command(name="roles")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, resolve_path=True))
def command(folder: Path) -> None:
    """
    Print the SQL that makes roles and databases, to be run once as a superuser of PostgreSQL 17 or newer.

    The roles' random passwords are written to FOLDER as libpq password files, one a role; a second run prints the same
    passwords again.
    """
    from backend.cli.node.roles import bootstrap_statements, make_passwords

    click.echo(bootstrap_statements(make_passwords(folder)), nl=False)
