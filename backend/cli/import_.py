"""`comity import`: past incidents from another system's files, each sealed and sent as a report of this device."""

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from backend.audit.errors import AuditError
from backend.cli.importing.carrying import Carrier, Tally
from backend.cli.importing.cybertipline import cybertipline_rows
from backend.cli.importing.mapping import Mapping, read_mapping
from backend.cli.importing.rows import BadRow, Row, Unreadable, body_of
from backend.cli.importing.stix import LARGEST, read_bundle
from backend.cli.importing.tables import csv_rows, json_rows
from backend.vault.newest_seen import NewestSeen
from backend.vault.offline_submit import fetch_intake_key, read_device_key
from backend.vault.sending import EdgeUnreachable
from backend.vault.submitting.delivering import NotAcknowledged
from backend.vault.submitting.sealing import UnfitReport
from backend.vault.trusted_card import NotTrusted, read_trusted_card
from crypto.errors import CryptoError

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
REFUSALS = (AuditError, CryptoError, EdgeUnreachable, NotAcknowledged, NotTrusted, OSError, UnfitReport)
ENDINGS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".xml": "cybertipline", ".json": "stix"}
FORMS = click.Choice(sorted(set(ENDINGS.values())))

Rows = Iterator[Row | BadRow]


@click.command(name="import")
@click.argument("file", type=FILE)
@click.option("--format", "form", type=FORMS, help="Left out, the ending of the file's name says it.")
@click.option("--mapping", type=FILE, metavar="FILE", help="How columns become places of a report (YAML).")
@click.option("--check", is_flag=True, help="Only say which rows are no reports; nothing is sealed or sent.")
@click.option("--edge", metavar="URL", help="Address of the node's edge.")
@click.option("--device", type=FILE, metavar="KEY", help="Key file of the enrolled device.")
@click.option("--trust", type=FILE, metavar="CARD", help="Key card of the node, compared beforehand.")
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="Folder for what the next run needs.")
def command(
    file: Path,
    form: str | None,
    mapping: Path | None,
    check: bool,
    edge: str | None,
    device: Path | None,
    trust: Path | None,
    state: Path | None,
) -> None:
    """
    Send every report in FILE (CSV, JSON Lines, CyberTipline-shaped XML, STIX 2.1 bundle; docs/importing.md).

    A row that is no report is told with its line and reason, and ends nothing. After a cut run the same command again:
    it goes on where it stopped, and sends nothing twice. Exit code 1 where a row was bad or the edge did not answer.
    """

    def tell(row: BadRow) -> None:
        click.echo(f"{file}:{row.line}: {row.reason}", err=True)

    try:
        rows = _rows(file, form or _form(file), read_mapping(mapping))
    except Unreadable as error:
        raise click.UsageError(str(error)) from None
    if check:
        _end(_check(rows, tell), "{received} reports, {bad} bad rows")
    if not (edge and device and trust):
        raise click.UsageError("Name --edge, --device and --trust; or --check, to look at the rows only.")
    _end(
        _send(rows, edge, device, trust, state or file.parent / ".comity-import", tell),
        "{received} received, {before} received before, {bad} bad rows",
    )


def _end(tally: Tally, said: str) -> None:
    click.echo(said.format(received=tally.received, before=tally.before, bad=tally.bad))
    sys.exit(1 if tally.bad or tally.cut else 0)


def _form(file: Path) -> str:
    try:
        return ENDINGS[file.suffix.lower()]
    except KeyError:
        raise click.UsageError(f"{file} does not say by its ending what it is; name its --format.") from None


def _rows(file: Path, form: str, mapping: Mapping) -> Rows:
    readers: dict[str, Callable[[BinaryIO], Iterable[Row | BadRow]]] = {
        "csv": lambda source: csv_rows(source, mapping),
        "jsonl": lambda source: json_rows(source, mapping),
        "cybertipline": cybertipline_rows,
        "stix": _bundle,
    }
    size = file.stat().st_size
    with file.open("rb") as source, click.progressbar(length=size, label="Reading", file=sys.stderr) as bar:
        at = 0
        for row in readers[form](source):
            yield row
            bar.update(source.tell() - at)
            at = source.tell()


def _bundle(source: BinaryIO) -> Rows:
    bundle = read_bundle(source.read(LARGEST + 1))
    for reason in bundle.left_out:
        click.echo(f"left out: {reason}", err=True)
    yield Row(
        1,
        {
            "title": bundle.title or "Indicators from a STIX bundle",
            "narrative": bundle.narrative or "Indicators from a STIX bundle, without a description.",
            "indicators": list(bundle.indicators),
        },
    )


def _check(rows: Rows, tell: Callable[[BadRow], None]) -> Tally:
    tally = Tally()
    try:
        for row in rows:
            body = body_of(row)
            if isinstance(body, BadRow):
                tell(body)
                tally.bad += 1
            else:
                tally.received += 1
    except Unreadable as error:
        click.echo(f"comity: {error}", err=True)
        tally.cut = True
    return tally


def _send(rows: Rows, edge: str, device: Path, trust: Path, state: Path, tell: Callable[[BadRow], None]) -> Tally:
    tally = Tally()
    try:
        card = read_trusted_card(trust.read_bytes(), at=datetime.now(UTC))
        seen = NewestSeen.beside(device)
        carrier = Carrier(
            edge,
            card,
            read_device_key(device),
            state,
            lambda: fetch_intake_key(edge, card=card, at=datetime.now(UTC), seen=seen),
            tell,
            tally,
        )
        carrier.carry(rows)
    except (Unreadable, *REFUSALS) as error:
        click.echo(f"comity: {error}", err=True)
        click.echo("The run stopped early; run the same command again to go on.", err=True)
        tally.cut = True
    return tally
