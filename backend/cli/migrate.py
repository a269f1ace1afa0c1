"""`comity migrate`: for a database server of one's own; `comity up` does the same by itself."""

import click


@click.command(name="migrate")
def command() -> None:
    """Migrate the database of DATABASE_URL, which must log in as the owner's role, and apply the grants."""
    from backend.cli.node.acting import begin

    begin("owner")
    from backend.cli.node.migrating import migrate

    migrate()
    click.echo("The database is migrated and the grants are applied.")
