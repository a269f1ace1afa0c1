"""`comity receipt`: what anyone with a receipt and the node's key card can check, without a node."""

import sys
from pathlib import Path

import click

from backend.audit.errors import UntrustedCard
from backend.audit.receipts import verify_receipt
from backend.audit.trust import log_of_card
from crypto.errors import CryptoError

file = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("receipt")
def command() -> None:
    """Receipts of submissions."""


@command.command()
@click.argument("receipt", type=file)
@click.option("--trust", "card", type=file, required=True, help="Key card of the node that gave the receipt.")
def verify(receipt: Path, card: Path) -> None:
    """Verify RECEIPT, a file, and print what it says was received."""
    try:
        trusted = log_of_card(card.read_bytes())
        verified = verify_receipt(receipt.read_bytes(), trusted=trusted)
    except (CryptoError, UntrustedCard) as error:
        click.echo(f"comity: {receipt}: {error}", err=True)
        sys.exit(1)
    click.echo(f"submission  {verified.submission}")
    click.echo(f"kind        {verified.kind}, {verified.size} bytes")
    click.echo(f"sha256      {verified.sha256}")
    click.echo(f"sender      {verified.sender}")
    click.echo(f"received    {verified.at.isoformat(timespec='milliseconds')}")
    click.echo(
        f"entry       {verified.index} of the log {trusted.origin}, signed at {verified.checkpoint.size} entries"
    )
