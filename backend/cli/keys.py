"""`comity keys`: list, publish, rotate, destroy, copy; authorities of this node; the way back from a recovery kit."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from backend.cli.node.options import home_option


@click.group(help="List, publish, rotate, destroy and copy keys, add authorities, restore.")
def command() -> None:
    """The group."""


@command.command("list")
@home_option
def list_(home: Path) -> None:
    """Show where each intake and exchange key stands, and what it is kept for."""
    _act(home)
    from backend.vault.key_list import key_states, unpublished
    from backend.vault.publishing import worker_keyring

    ring, at = worker_keyring(), datetime.now(UTC)
    for state in key_states(ring):
        key = state.key
        click.echo(f"{key.kind:<9} {key.key_id}  seal from {key.seal_from:%Y-%m-%d %H:%M}  {state.stands(at=at)}")
    for name in unpublished(ring).values():
        click.echo(f"keys/worker/{name} is of no published key; remove it unless the database is about to be restored.")


@command.command("publish")
@home_option
def publish(home: Path) -> None:
    """Make and sign the intake keys of the coming 30 days and, where due, a new exchange key."""
    _act(home)
    from backend.vault.ceremony import publish_keys

    click.echo(f"Made and published {publish_keys(at=datetime.now(UTC))} keys.")


@command.command("rotate")
@home_option
@click.argument("kind", type=click.Choice(["intake", "exchange"]))
@click.option("--by", required=True, help="Name of the person who decided it.")
def rotate(home: Path, kind: str, by: str) -> None:
    """Withdraw the keys of a KIND to which one may seal now or later, and publish others, as after a theft.

    What is sealed to a withdrawn key and not here yet is refused, to be sealed again to the new one.
    """
    _act(home)
    from backend.audit.subjects import System
    from backend.vault.ceremony import rotate_keys

    withdrawn, made = rotate_keys(kind, acting=System(by), at=datetime.now(UTC))
    click.echo(f"Withdrew {withdrawn} keys, made and published {made}.")
    if kind == "exchange":
        click.echo("Hand out the new card, by which other nodes seal to the new key: comity card export")
    click.echo("The withdrawn ones are destroyed when all that was accepted for them is opened or given up.")


@command.command("destroy")
@home_option
@click.argument("key_ids", nargs=-1, metavar="[KEY_ID]...")
@click.option("--by", help="Name of the person who decided it; wanted where keys are named.")
def destroy(home: Path, key_ids: tuple[str, ...], by: str | None) -> None:
    """Destroy what the worker's hourly sweep would, at once; with KEY_IDs these, without waiting for their time.

    No key is destroyed that an accepted submission still needs: open it, or give it up with a reason, first.
    """
    if key_ids and not by:
        raise click.UsageError("Say with --by who decided that these keys end before their time.")
    _act(home)
    from backend.audit.subjects import System
    from backend.vault import ceremony

    at = datetime.now(UTC)
    try:
        removed, kept = ceremony.destroy_keys(key_ids, acting=System(by or "comity keys"), at=at)
    except LookupError as unknown:
        raise click.ClickException(str(unknown)) from unknown
    for key_id in removed:
        click.echo(f"destroyed {key_id}")
    for state in kept:
        click.echo(f"kept      {state.key.key_id}  {state.stands(at=at)}")
    if removed:
        click.echo("Every backup of keys/worker still holds them: bring yours up to date with comity keys copy FOLDER.")
    if key_ids and kept:
        sys.exit(1)


@command.command("copy")
@home_option
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, resolve_path=True))
def copy(home: Path, folder: Path) -> None:
    """Bring the copy of the worker's keys in FOLDER up to date, and destroy in it what is destroyed here.

    The only backup of these keys that is to be kept: on an encrypted disk elsewhere, daily, without older versions.
    """
    _act(home)
    from backend.vault.ending import copy_keys
    from backend.vault.publishing import worker_keyring
    from crypto.errors import CryptoError

    try:
        added, destroyed = copy_keys(worker_keyring(), folder)
    except (CryptoError, OSError) as wrong:
        raise click.ClickException(f"The copy was not finished: {wrong}") from wrong
    click.echo(f"Added {added} keys to {folder}, destroyed {destroyed} in it.")


@command.command("authority")
@home_option
@click.argument("authority_id")
@click.option("--kind", required=True, type=click.Choice(["central", "competent", "24-7", "diplomatic"]))
@click.option("--title", required=True, help="The office's title, never a person's name.")
@click.option("--phone", default="", help="Office number.")
@click.option("--exercise", is_flag=True, help="For exercises: makes a key and a certificate that says EXERCISE.")
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PKCS #8 PEM of its key.")
@click.option(
    "--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its PEM certificate."
)
def authority(
    home: Path,
    authority_id: str,
    kind: str,
    title: str,
    phone: str,
    exercise: bool,
    key: Path | None,
    certificate: Path | None,
) -> None:
    """Add an authority that signs letters of this node, and issue the node's card anew."""
    if exercise == (key is not None and certificate is not None):
        raise click.UsageError("Give either --exercise, or both --key and --certificate.")
    _act(home)
    from backend.directory.models import Authority
    from crypto.errors import CryptoError

    if Authority.objects.filter(id=authority_id).exists():
        raise click.ClickException(f"There is an authority {authority_id!r} already; choose another id.")
    pair = (key.read_bytes(), certificate.read_bytes()) if key is not None and certificate is not None else None
    try:
        _add_authority(authority_id, kind, title, phone, pair)
    except CryptoError as refused:
        raise click.ClickException(
            f"The authority {authority_id!r} cannot stand on the card: {refused} An id has lower-case letters, digits "
            "and hyphens, a certificate is PEM."
        ) from refused
    click.echo(f"Added {authority_id}; hand out the new card: comity card export")


def _act(home: Path) -> None:
    from backend.cli.node.acting import act_as

    act_as("keys", home)


def _add_authority(authority_id: str, kind: str, title: str, phone: str, pair: tuple[bytes, bytes] | None) -> None:
    from backend.audit.subjects import System
    from backend.vault import authorities

    acting, at = System("comity keys"), datetime.now(UTC)
    if pair is None:
        authorities.add_exercise_authority(authority_id, kind=kind, title=title, phone=phone, acting=acting, at=at)
        return
    authorities.install_authority(
        authority_id,
        kind=kind,
        title=title,
        exercise=False,
        key_pem=pair[0],
        certificate_pem=pair[1],
        phone=phone,
        acting=acting,
        at=at,
    )


@command.command("restore")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False, resolve_path=True),
    required=True,
    help="Home folder whose keys are to be restored; the node must be stopped.",
)
@click.argument("kit", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--identity",
    type=click.File(),
    default="-",
    help="File with the identity shown at the first start; standard input otherwise.",
)
def restore(home: Path, kit: Path, identity: TextIO) -> None:
    """Put the keys of a recovery kit back where they are missing. Nothing that is there is overwritten."""
    from backend.vault.recovering import restore_keys
    from crypto.errors import CryptoError

    try:
        written, kept = restore_keys(home, kit.read_bytes(), identity.read().strip())
    except CryptoError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Restored {', '.join(written) or 'nothing'}; {len(kept)} were there already.")
