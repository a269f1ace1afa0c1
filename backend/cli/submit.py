"""`comity submit`: seal, sign and send a report with its evidence, and keep the receipt."""

import shutil
import sys
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from backend.audit.errors import AuditError
from backend.cli.progress import bar
from backend.incidents.report import MalformedReport, parse_report
from backend.vault.newest_seen import NewestSeen
from backend.vault.offline_submit import fetch_intake_key, read_device_key
from backend.vault.sending import EdgeUnreachable
from backend.vault.submitting.delivering import Acknowledged, Courier, KeyOutdated, NotAcknowledged
from backend.vault.submitting.plan import Material, Sealed, find_sealed
from backend.vault.submitting.sealing import UnfitReport, seal_all
from backend.vault.trusted_card import NotTrusted, TrustedCard, read_trusted_card
from crypto.errors import CryptoError
from crypto.signer import Signer

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
REFUSALS = (AuditError, CryptoError, EdgeUnreachable, NotAcknowledged, NotTrusted, OSError)


@click.command(name="submit")
@click.argument("report", type=FILE)
@click.argument("more", type=FILE, nargs=-1, metavar="[FILE]...")
@click.option("--evidence", type=FILE, multiple=True, help="Evidence file; further ones may follow it.")
@click.option("--intimate-image", type=FILE, multiple=True, help="Evidence file that is declared an intimate image.")
@click.option("--abuse-material", type=FILE, multiple=True, help="Evidence file that is declared a child's abuse.")
@click.option("--stix", type=FILE, multiple=True, help="STIX 2.1 bundle whose indicators go into the report.")
@click.option("--edge", required=True, metavar="URL", help="Address of the node's edge.")
@click.option("--device", type=FILE, required=True, metavar="KEY", help="Key file of the enrolled device.")
@click.option("--trust", type=FILE, required=True, metavar="CARD", help="Key card of the node, compared beforehand.")
@click.option("--receipt", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the receipt, too.")
@click.option(
    "--state", type=click.Path(path_type=Path, file_okay=False), help="Folder for what is sealed but not sent."
)
@click.option("--submission-id", type=click.UUID, help="Id of the submission; drawn unless given.")
def command(
    report: Path,
    more: tuple[Path, ...],
    evidence: tuple[Path, ...],
    intimate_image: tuple[Path, ...],
    abuse_material: tuple[Path, ...],
    stix: tuple[Path, ...],
    edge: str,
    device: Path,
    trust: Path,
    receipt: Path | None,
    state: Path | None,
    submission_id: uuid.UUID | None,
) -> None:
    """
    Seal REPORT (JSON, docs/report.md) and its evidence to the node's intake key, sign, upload, and print the receipt.

    After a cut link run the same command again: what is sealed is kept beside the report until it is acknowledged, and
    what was received already gets the same receipt.
    """
    sensitivity = dict.fromkeys(intimate_image, "intimate-image") | dict.fromkeys(abuse_material, "abuse-material")
    files = _evidence((*evidence, *more), sensitivity)
    material = Material(_with_indicators(report, stix), files, sensitivity, submission_id, datetime.now(UTC))
    try:
        card = read_trusted_card(trust.read_bytes(), at=material.at)
        signer = read_device_key(device)
        folder = (state or report.parent / ".comity-submit") / material.name(
            node=card.node, device=signer.verifying_key.fingerprint
        )
        sealed = find_sealed(folder) or _seal(material, edge, card, signer, folder, NewestSeen.beside(device))
        acknowledged = _deliver(sealed, edge, card, signer)
        if receipt is not None:
            receipt.write_bytes(acknowledged.proof)
    except (UnfitReport, MalformedReport) as error:
        raise click.UsageError(str(error)) from error
    except REFUSALS as error:
        click.echo(f"comity: {error}", err=True)
        sys.exit(1)
    _print(acknowledged)


def _evidence(files: Iterable[Path], sensitive: Iterable[Path]) -> tuple[Path, ...]:
    found = tuple(dict.fromkeys(files))
    unknown = [path for path in sensitive if path not in found]
    if unknown:
        raise click.UsageError(f"{unknown[0]} is declared sensitive but is no evidence; name it with --evidence, too.")
    return found


def _with_indicators(report: Path, bundles: tuple[Path, ...]) -> Path | bytes:
    """The report, with the indicators of STIX bundles; what they hold that is none is told."""
    if not bundles:
        return report
    from backend.cli.importing.rows import Unreadable
    from backend.cli.importing.stix import LARGEST, add_indicators, read_bundle

    def read_at_most(path: Path, size: int) -> bytes:
        # One byte more says that it is too large; what more there is stays unread.
        with path.open("rb") as file:
            return file.read(size + 1)

    try:
        read = [read_bundle(read_at_most(path, LARGEST)) for path in bundles]
    except Unreadable as error:
        raise click.UsageError(str(error)) from None
    for reason in (reason for bundle in read for reason in bundle.left_out):
        click.echo(f"left out: {reason}", err=True)
    return add_indicators(report.read_bytes(), read)


def _seal(material: Material, edge: str, card: TrustedCard, signer: Signer, folder: Path, seen: NewestSeen) -> Sealed:
    key = fetch_intake_key(edge, card=card, at=material.at, seen=seen)
    total = sum(path.stat().st_size for path in material.evidence)
    with bar("Sealing", total) as progress:
        return seal_all(
            material, card=card, key=key, signer=signer, folder=folder, check=parse_report, progress=progress
        )


def _deliver(sealed: Sealed, edge: str, card: TrustedCard, signer: Signer) -> Acknowledged:
    total = sum(part.size for part in sealed.plan.parts)
    try:
        with bar("Sending", total) as progress:
            return Courier(edge, signer, card, progress).deliver(sealed)
    except KeyOutdated as error:
        shutil.rmtree(sealed.folder)
        raise NotAcknowledged(f"{error} The old seal is discarded; run the same command again.") from error


def _print(acknowledged: Acknowledged) -> None:
    receipt = acknowledged.receipt
    click.echo(
        f"received: submission {receipt.submission} at {receipt.at:%Y-%m-%d %H:%M:%S} UTC, entry {receipt.index} of "
        "the node's log; keep the receipt that follows.",
        err=True,
    )
    click.echo(acknowledged.proof.decode(), nl=False)
