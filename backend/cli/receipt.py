"""`comity receipt`: what anyone with a receipt and the node's key card can check and print, without a node."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from backend.audit.errors import UntrustedCard
from backend.audit.receipts import VerifiedReceipt, verify_receipt
from backend.audit.trust import LARGEST_CARD, TrustedLog, log_of_card
from backend.cli.printing.paper import NotAsPrinted, from_paper, is_paper
from backend.cli.printing.wording import LANGUAGES
from backend.vault.sending import Body
from crypto.errors import CryptoError
from crypto.notes import MAX_PROOF
from crypto.verifying import stated_signer

file = click.Path(path_type=Path, exists=True, dir_okay=False)
trust = click.option("--trust", "card", type=file, required=True, help="Key card of the node that gave the receipt.")


class NotOfThis(Exception):
    """The receipt is genuine, but for something else."""


@click.group("receipt")
def command() -> None:
    """Receipts of submissions."""


@command.command()
@click.argument("receipt", type=file)
@trust
@click.option("--sealed", type=file, help="The sealed file that was sent; the receipt must be for exactly this one.")
def verify(receipt: Path, card: Path, sealed: Path | None) -> None:
    """Verify RECEIPT, a file, and print what it says was received.

    RECEIPT may also be the rows of a printed receipt, typed from the paper.
    """
    with _refusals(receipt):
        _, verified, trusted = _verified(receipt, card)
        if sealed is not None:
            _compare(verified, sealed)
    click.echo(f"submission  {verified.submission}")
    click.echo(f"kind        {verified.kind}, {verified.size} bytes")
    click.echo(f"sha256      {verified.sha256}")
    click.echo(f"sender      {verified.sender}")
    click.echo(f"received    {verified.at.isoformat(timespec='milliseconds')}")
    click.echo(
        f"entry       {verified.index} of the log {trusted.origin}, signed at {verified.checkpoint.size} entries"
    )


@command.command("print")
@click.argument("receipt", type=file)
@trust
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The PDF to write.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the page.")
def print_(receipt: Path, card: Path, out: Path, language: str) -> None:
    """Verify RECEIPT and write it as a page to print (PDF), with the whole proof on it."""
    from backend.cli.printing.sheet import CannotPrint, receipt_pdf

    with _refusals(receipt):
        proof, verified, trusted = _verified(receipt, card)
        identity = stated_signer(card.read_bytes(), max_bytes=LARGEST_CARD)
        try:
            out.write_bytes(receipt_pdf(proof, verified, trusted=trusted, identity=identity, language=language))
        except CannotPrint as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{out}: the receipt of submission {verified.submission}")


@contextmanager
def _refusals(receipt: Path) -> Iterator[None]:
    try:
        yield
    except (CryptoError, UntrustedCard, NotAsPrinted, NotOfThis, OSError) as error:
        click.echo(f"comity: {receipt}: {error}", err=True)
        sys.exit(1)


def _verified(receipt: Path, card: Path) -> tuple[bytes, VerifiedReceipt, TrustedLog]:
    trusted = log_of_card(card.read_bytes())
    with receipt.open("rb") as opened:
        # A printed proof has a few bytes more in each row.
        proof = opened.read(2 * MAX_PROOF)
    if proof.startswith(b"%PDF"):
        raise NotOfThis("This is the printed page; save the file receipt.txt that is attached to it, and verify that.")
    if is_paper(proof):
        proof = from_paper(proof.decode(errors="replace"))
    return proof, verify_receipt(proof, trusted=trusted), trusted


def _compare(receipt: VerifiedReceipt, sealed: Path) -> None:
    body = Body.of(sealed)
    if (body.size, body.sha256.hex()) != (receipt.size, receipt.sha256):
        raise NotOfThis(
            f"The receipt is for {receipt.size} bytes with SHA-256 {receipt.sha256}, {sealed} has {body.size} with "
            f"{body.sha256.hex()}; look for the receipt of this file."
        )
