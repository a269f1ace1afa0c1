"""`comity card`: hand out this node's key card, take another's, confirm it after comparing the fingerprint words."""

from datetime import UTC, datetime
from pathlib import Path

import click

from backend.cli.node.options import home_option


@click.group(help="Export and import key cards.")
def command() -> None:
    """The group."""


@command.command("export")
@home_option
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; standard output otherwise."
)
def export(home: Path, out: Path | None) -> None:
    """Write this node's signed key card and print its fingerprint words."""
    from backend.cli.node.acting import act_as

    act_as("act", home)
    from backend.directory.keycard import read_card
    from backend.directory.models import Node

    node = Node.objects.get(own=True)
    card = bytes(node.card)
    if out is None:
        click.get_binary_stream("stdout").write(card)
    else:
        out.write_bytes(card)
    click.echo(f"{node.id}: {read_card(card).words}", err=True)


@command.command("import")
@home_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(home: Path, file: Path) -> None:
    """Take another node's card. It counts only once `comity card confirm` was called for it."""
    from backend.cli.node.acting import act_as

    act_as("act", home)
    from backend.audit.subjects import System
    from backend.audit.trust import LARGEST_CARD
    from backend.directory.cards import CardRefused, import_card
    from backend.directory.keycard import read_card
    from crypto.errors import CryptoError

    data = file.read_bytes()[: LARGEST_CARD + 1]
    try:
        node = import_card(data, acting=System("comity card"), at=datetime.now(UTC))
    except (CardRefused, CryptoError) as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"Imported {node.id}. Compare these words with its administrator by telephone, then run")
    click.echo(f"  comity card confirm {node.id}")
    click.echo(read_card(data).words)


@command.command("confirm")
@home_option
@click.argument("node")
@click.option("--by", required=True, help="Name of the person who compared the words.")
def confirm(home: Path, node: str, by: str) -> None:
    """Confirm a card after two people compared its fingerprint words by another way."""
    from backend.cli.node.acting import act_as

    act_as("act", home)
    from backend.audit.subjects import System
    from backend.directory.cards import confirm_node
    from backend.directory.keycard import read_card
    from backend.directory.models import Node

    found = Node.objects.filter(id=node, own=False).first()
    if found is None:
        raise click.ClickException(f"No card of {node!r} is imported; run `comity card import FILE` first.")
    confirm_node(found, acting=System(by), at=datetime.now(UTC))
    click.echo(f"{node} is confirmed with the words {read_card(bytes(found.card)).words}")
