"""`python -m backend.cli.node.migrating`: migrations, then the grants, as the owner's role; runs and ends."""

import sys

import django
from django.core.management import call_command
from django.db import connection

from backend.cli.node.errors import NodeError


def migrate() -> None:
    """Brings the database of this environment to the present migrations and the present grants."""
    from backend.cli.node.grants import apply_grants

    call_command("migrate", verbosity=0, interactive=False)
    connection.ensure_connection()
    apply_grants(connection.connection)


if __name__ == "__main__":
    django.setup()
    try:
        migrate()
    except NodeError as error:
        sys.exit(f"comity: {error}")
