"""`comity serve`: one process of a node, for servers where something else supervises."""

import os

import click

from backend.cli.node.processes import BY_NAME, SERVED


@click.command(name="serve")
@click.argument("process", type=click.Choice([one.name for one in SERVED]))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on (edge and desk).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: 8100 edge, 8101 desk]")
def command(process: str, host: str, port: int | None) -> None:
    """
    Run PROCESS in the foreground, with the settings of the environment.

    docs/architecture.md lists which variables each process wants; with COMITY_ENV=production a missing one is refused.
    """
    spec = BY_NAME[process]
    os.environ["COMITY_PROCESS"] = spec.known_as
    os.environ["DJANGO_SETTINGS_MODULE"] = spec.settings
    if spec.command is None:
        raise click.UsageError(f"{process} does not serve")
    _refuse_unfit_settings()
    arguments = spec.command(host, port or {"desk": 8101}.get(process, 8100))
    os.execv(arguments[0], arguments)  # noqa: S606 - the program is this Python


def _refuse_unfit_settings() -> None:
    """Reads the settings once before the process does, so that what is missing is one sentence and no traceback."""
    from django.conf import settings

    # The first look loads them; ImproperlyConfigured reaches main(), which prints it.
    _ = settings.COMITY
