"""`comity packet`: what anyone with the sender's key card, or the addressee, can check and read. Needs no node."""

import logging
import re
import sys
from collections.abc import Container, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

if TYPE_CHECKING:
    from backend.vault.offline import FileOpener
    from referral.packets import Contents, PackedEvidence, SenderCard, StatedPacket, VerifiedPacket

FILE = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True)
FOLDER = click.Path(path_type=Path, file_okay=False)
_TRUST_HELP = "Key card of the sender, whose fingerprint words you have compared. May be given several times."


@click.group("packet")
def command() -> None:
    """Packets: a letter and its evidence, sealed for one node."""


@command.command()
@click.argument("file", type=FILE)
@click.option("--trust", "cards", type=FILE, multiple=True, help=_TRUST_HELP)
def verify(file: Path, cards: tuple[Path, ...]) -> None:
    """Check FILE against the sender's key card; says "good", or exits 1.

    Without a key card it prints the fingerprint of the key that signed, and exits 1.
    """
    with _refusals(file), file.open("rb") as packet_file:
        if not cards:
            _say_unknown(packet_file)
        packet, _ = _verified(packet_file, _read_cards(cards))
        _describe(packet)
        built_at = packet.built_at.isoformat(timespec="seconds")
        click.echo(f"logged      entry {packet.log_index} of the sender's log, packed at {built_at}")
        click.echo("good")


@command.command("open")
@click.argument("file", type=FILE)
@click.option("--identity", "identities", type=FILE, multiple=True, required=True, help="File with the age identity.")
@click.option("--trust", "cards", type=FILE, multiple=True, help=_TRUST_HELP)
@click.option("--out", type=FOLDER, help="Folder to make; FILE's name with -opened by default.")
@click.option("--sensitive", is_flag=True, help="Open what was declared an intimate image or abuse material, too.")
def open_(file: Path, identities: tuple[Path, ...], cards: tuple[Path, ...], out: Path | None, sensitive: bool) -> None:
    """Open FILE into a folder: the letter, its request.json, the evidence.

    What was declared sensitive stays sealed unless --sensitive is given, and its digest is never printed.

    Without the sender's key card the parts are opened and compared with each other, the sender stays unknown, and the
    exit code is 1.
    """
    from backend.vault.offline import opener_from

    folder = out or file.with_name(f"{file.stem}-opened")
    with _refusals(file), file.open("rb") as packet_file:
        opener = opener_from([path.read_bytes() for path in identities])
        _check_free(folder)
        if not cards:
            _open_unknown(packet_file, opener, folder, sensitive)
        _open_verified(packet_file, opener, _read_cards(cards), folder, sensitive)


def _open_verified(
    file: BinaryIO, opener: "FileOpener", trusted: "list[SenderCard]", folder: Path, sensitive: bool
) -> None:
    from referral.letters.matching import match_text
    from referral.letters.validity_errors import TextDiffers
    from referral.packets import open_packet

    packet, sender = _verified(file, trusted)
    opened = open_packet(
        file,
        packet,
        opener=opener,
        certificates=sender.certificates,
        authorities=_authorities_of(packet.addressee, trusted),
        at=datetime.now(UTC),
    )
    _describe(packet)
    folder.mkdir(mode=0o700, parents=True)
    (folder / "letter.pdf").write_bytes(opened.letter.pdf)
    (folder / "request.json").write_bytes(opened.letter.request_json)
    _write_evidence(file, packet, opened.contents, opener, folder, sensitive)
    content = opened.letter.content
    click.echo(f"letter      {content.reference}, {content.kind}, dated {content.dated.isoformat()}")
    click.echo(f"signed      {opened.letter.authority}, {opened.letter.signed_at.isoformat()}")
    click.echo(f"certificate {opened.letter.signer_fingerprint}")
    try:
        match_text(opened.letter)
        click.echo("text        shows everything that request.json says")
    except TextDiffers as differs:
        click.echo(f"text        {differs}")
    click.echo(f"good, in {folder}")


def _verified(file: BinaryIO, trusted: "list[SenderCard]") -> "tuple[VerifiedPacket, SenderCard]":
    """The packet as verified by the card of its sender, which must have been valid when the packet was built."""
    from referral.packets import UnknownSender, verify_packet

    packet = verify_packet(file, [card.sender for card in trusted])
    for card in trusted:
        same = (card.sender.node, card.sender.transport) == (packet.sender, packet.transport)
        if same and card.valid_from <= packet.built_at < card.valid_until:
            return packet, card
    raise UnknownSender


class _AnyAuthority:
    """The command alone knows no authorities; that the letter is for the addressee's State is checked all the same."""

    def __contains__(self, authority: object) -> bool:
        return True


def _authorities_of(addressee: str, trusted: "list[SenderCard]") -> Container[str]:
    """The addressee's authorities, where its own card is among those given."""
    cards = [card for card in trusted if card.sender.node == addressee]
    return {one.authority for card in cards for one in card.certificates} if cards else _AnyAuthority()


def _open_unknown(file: BinaryIO, opener: "FileOpener", folder: Path, sensitive: bool) -> None:
    from referral.packets import examine_packet
    from referral.packing.opening import open_parts

    packet = examine_packet(file)
    pdf, contents = open_parts(file, packet, opener)
    folder.mkdir(mode=0o700, parents=True)
    (folder / "letter.pdf").write_bytes(pdf)
    _write_evidence(file, packet, contents, opener, folder, sensitive)
    click.echo(f"letter      {contents.letter.reference}: its signature was not checked")
    click.echo(f"opened, in {folder}")
    _say_unknown(file)


def _write_evidence(
    file: BinaryIO, packet: "StatedPacket", contents: "Contents", opener: "FileOpener", folder: Path, sensitive: bool
) -> None:
    from referral.packets import open_evidence

    for number, item in enumerate(contents.evidence, start=1):
        if item.sensitivity != "none" and not sensitive:
            click.echo(f"evidence    item {number}, {item.size} bytes, declared {item.sensitivity}: left sealed")
            continue
        path = folder / _safe_name(number, item)
        part = path.with_suffix(path.suffix + ".part")
        try:
            with part.open("wb") as out:
                open_evidence(file, packet, item, opener, out)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
        told = f"sha256 {item.plaintext_sha256}" if item.sensitivity == "none" else f"declared {item.sensitivity}"
        click.echo(f"evidence    {path.name}, {item.size} bytes, {told}")


def _safe_name(number: int, item: "PackedEvidence") -> str:
    """A name that stays in the folder, whatever the sender called the item."""
    return f"evidence-{number:03}-{re.sub(r'[^A-Za-z0-9._-]', '_', item.name)[:80].strip('.')}"


def _say_unknown(file: BinaryIO) -> None:
    from crypto.keys import fingerprint_words
    from referral.packets import examine_packet

    packet = examine_packet(file)
    _describe(packet)
    click.echo(f"fingerprint {packet.transport.fingerprint}")
    click.echo(f"words       {fingerprint_words(packet.transport.fingerprint)}")
    click.echo(
        "comity: the packet is whole and signed by the key with this fingerprint, but whose key that is only a key card"
        " tells; name the sender's card with --trust.",
        err=True,
    )
    sys.exit(1)


def _describe(packet: "StatedPacket") -> None:
    click.echo(f"packet      {packet.packet}, {packet.size} bytes, {packet.evidence} evidence items")
    click.echo(f"from        {packet.sender}")
    click.echo(f"to          {packet.addressee}, sealed to its exchange key {packet.exchange_key}")


def _read_cards(paths: tuple[Path, ...]) -> "list[SenderCard]":
    from referral.packets import read_sender_card

    return [read_sender_card(path.read_bytes()) for path in paths]


def _check_free(folder: Path) -> None:
    if folder.exists():
        click.echo(f"comity: {folder} exists already; name another folder with --out.", err=True)
        sys.exit(1)


@contextmanager
def _refusals(file: Path) -> Iterator[None]:
    """Errors as one sentence and exit code 1."""
    from backend.audit.errors import UntrustedCard
    from crypto.errors import CryptoError
    from referral.drafting import MalformedLetter
    from referral.letters.validity_errors import LetterNotValid
    from referral.packets import PacketRefused

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # It logs at length what is said in one sentence below.
    try:
        yield
    except (PacketRefused, LetterNotValid, MalformedLetter, CryptoError, UntrustedCard) as error:
        click.echo(f"comity: {file}: {error}", err=True)
        sys.exit(1)
