"""`comity audit`: does the log still say what was signed?"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from backend.audit.errors import UntrustedCard
from backend.audit.log import origin_of
from backend.audit.storage import Connection, read_head
from backend.audit.trust import TrustedLog, log_of_card
from backend.cli.node.home import Home
from backend.cli.node.options import home_option
from crypto import notes
from crypto.errors import CryptoError

if TYPE_CHECKING:
    from backend.audit.verification import LogReport

file = click.Path(path_type=Path, exists=True, dir_okay=False)
database_option = click.option(
    "--database",
    envvar="DATABASE_URL",
    metavar="URL",
    help="The node's database, where it is not the one of --home; any role that reads the audit tables will do.",
)
trust_option = click.option(
    "--trust", "card", type=file, help="The node's key card. Without it the log's key is read in the home folder."
)


@click.group("audit")
def command() -> None:
    """Recompute the audit log and compare it with its checkpoints; export them."""


@command.command()
@click.option(
    "--checkpoint",
    "files",
    type=file,
    multiple=True,
    help="A checkpoint of this log that was exported earlier; repeatable. Only these show that a log was rebuilt.",
)
@trust_option
@home_option
@database_option
def verify(files: Sequence[Path], card: Path | None, home: Path, database: str | None) -> None:
    """Recompute every entry from its event, and the tree, and compare them with all checkpoints.

    Exits with 1 and the first bad entry where they differ. Entries are counted from 0.
    """
    # Here and not above: its sentences are translated, and --help needs no Django.
    from backend.audit.verification import verify_log

    trusted = _trusted(card, home)
    exported = [_read_checkpoint(path, trusted) for path in files]
    with _log_of(home, database) as connection:
        report = verify_log(connection, trusted=trusted, exported=exported, at=datetime.now(UTC))
    _print(report, trusted, len(exported))
    if report.finding is not None:
        if report.finding.index is not None:
            click.echo(f"First bad entry: {report.finding.index}", err=True)
        _fail(report.finding.sentence)
    click.echo("The log is as it was signed.")


def _print(report: "LogReport", trusted: TrustedLog, exported: int) -> None:
    click.echo(
        f"log          {trusted.origin}, {trusted.key}\n"
        f"entries      {report.entries}\n"
        f"checkpoints  {report.checkpoints}\n"
        f"exported     {exported}\n"
        f"waiting      {report.waiting}"
    )
    if report.newest is not None:
        click.echo(f"\nThe newest checkpoint:\n\n{report.newest.note.decode()}")
    if report.overdue:
        click.echo(
            f"Warning: {report.overdue} events have waited for more than a minute to be logged; "
            "see whether the notary runs.",
            err=True,
        )


@command.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write. [default: print it]")
@trust_option
@home_option
@database_option
def export(out: Path | None, card: Path | None, home: Path, database: str | None) -> None:
    """Write the newest checkpoint, to be kept away from the node and given to `comity audit verify` later."""
    trusted = _trusted(card, home)
    with _log_of(home, database) as connection:
        head = read_head(connection)
    if head is None:
        _fail("The log is empty: there is no checkpoint yet; export one when events were logged.")
    _verified(head.note, trusted, "The newest checkpoint")
    if out is None:
        click.echo(head.note, nl=False)
    else:
        out.write_bytes(head.note)
        click.echo(f"{out}: checkpoint of {head.size} entries.")


def _trusted(card: Path | None, home: Path) -> TrustedLog:
    if card is not None:
        try:
            return log_of_card(card.read_bytes())
        except UntrustedCard as error:
            _fail(f"{card}: {error}")
    settings = Home(home).read_settings()
    folder = Home(home).keys("notary")
    if settings is None or not folder.is_dir():
        raise click.UsageError(f"{home} is not the home of a node with a log key; name the node's key card by --trust.")
    from backend.vault.notary import log_verifying_key

    try:
        return TrustedLog(origin_of(settings.node), log_verifying_key(folder))
    except CryptoError as error:
        _fail(str(error))


@contextmanager
def _log_of(home: Path, database: str | None) -> Iterator[Connection]:
    """A connection to the node's database as a role that may read the log; ends the command where there is none."""
    from backend.cli.node.acting import act_as, begin

    if database is None:
        act_as("act", home)
    else:
        os.environ["DATABASE_URL"] = database
        begin("desk")
    import psycopg

    from backend.audit.connecting import open_connection

    try:
        with open_connection() as connection:
            yield connection
    except psycopg.Error as error:
        # Its text may quote rows or the address.
        _fail(
            f"The log cannot be read ({type(error).__name__}); expected a running database and a role that may read "
            "the audit tables: check --home or DATABASE_URL."
        )


def _read_checkpoint(path: Path, trusted: TrustedLog) -> notes.Checkpoint:
    return _verified(path.read_bytes(), trusted, str(path))


def _verified(note: bytes, trusted: TrustedLog, name: str) -> notes.Checkpoint:
    try:
        return notes.verify_checkpoint(note, origin=trusted.origin, key=trusted.key)
    except CryptoError as error:
        _fail(f"{name} is no checkpoint of {trusted.origin} under its key: {error}")


def _fail(sentence: str) -> NoReturn:
    click.echo(f"comity: {sentence}", err=True)
    sys.exit(1)
