"""CSV and JSON Lines as reports: what fits, what is told as bad with its line, and what is never lost in silence."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backend.cli.importing.mapping import Mapping, read_mapping
from backend.cli.importing.rows import LARGEST_BODY, LONGEST_ROW, BadRow, Row, Unreadable
from backend.cli.importing.tables import csv_rows, json_rows
from backend.incidents.report import MalformedReport, parse_report
from backend.vault.submitting.plan import Material
from backend.vault.submitting.sealing import seal_all
from backend.vault.throwaway import ThrowawayKey, throwaway_signer
from backend.vault.trusted_card import IntakeKey, TrustedCard

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

SPANISH = """
columns:
  Expediente: unit_reference
  Asunto: title
  Hechos: narrative
  Fecha: occurred_at
  Monto: losses.0.amount
  ¿En movimiento?: losses.0.still_moving
  Cuenta: where.0.value
  IP: connections.0.ip
  Hora IP: connections.0.at
  Puerto: connections.0.port
  Delitos: offences
  Despacho: narrative+
  Interno: "-"
constants:
  language: es
  losses.0.currency: CRC
  where.0.kind: bank
  connections.0.event: sign-in
values:
  losses.0.still_moving: {"sí": "yes", "no": "no"}
times: ["%d/%m/%Y %H:%M", "%d/%m/%Y"]
zone: "-06:00"
decimal: ","
delimiter: ";"
encoding: cp1252
"""
HEADER = "Expediente;Asunto;Hechos;Fecha;Monto;¿En movimiento?;Cuenta;IP;Hora IP;Puerto;Delitos;Despacho;Interno"
GOOD = (
    "SJ-2024-17;Transferencia desviada;Alguien entró al buzón sin permiso.;23/11/2024 14:30;1.250.000,50;sí;"
    'CR05015202001026284066;198.51.100.7;23/11/2024 14:25;51234;"illegal-access, computer-fraud";San José;x'
)


@pytest.fixture
def spanish(tmp_path: Path) -> Mapping:
    (tmp_path / "map.yaml").write_text(SPANISH + 'separator: ","\n', encoding="utf-8")
    return read_mapping(tmp_path / "map.yaml")


def table(*lines: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO("\r\n".join(lines).encode(encoding))


def only(rows: Any) -> Any:
    (row,) = list(rows)
    return row


def bad(rows: Any) -> list[tuple[int, str]]:
    """Lines and reasons of the rows that are no reports, as the command tells them."""
    found = []
    for row in rows:
        try:
            if isinstance(row, BadRow):
                found.append((row.line, row.reason))
            else:
                row.body()
        except MalformedReport as wrong:
            found.append((row.line, str(wrong)))
    return found


def test_the_columns_of_another_system_go_where_the_mapping_says(spanish: Mapping) -> None:
    row = only(csv_rows(table(HEADER, GOOD, encoding="cp1252"), spanish))
    report = parse_report(row.body())
    assert (report.unit_reference, report.title, report.language) == ("SJ-2024-17", "Transferencia desviada", "es")
    assert report.narrative == "Alguien entró al buzón sin permiso.\nDespacho: San José"
    assert report.occurred_at
    assert report.occurred_at.isoformat() == "2024-11-23T14:30:00-06:00"
    (loss,) = report.losses
    assert (loss.amount, loss.currency, loss.still_moving) == ("1250000.50", "CRC", "yes")
    (place,) = report.where
    assert (place.kind, place.value) == ("bank", "CR05015202001026284066")
    (seen,) = report.connections
    assert (seen.ip, seen.port, seen.event) == ("198.51.100.7", 51234, "sign-in")
    assert report.offences == ["illegal-access", "computer-fraud"]


def test_a_block_for_which_a_row_has_nothing_is_not_made_by_a_constant(spanish: Mapping) -> None:
    row = only(csv_rows(table(HEADER, "1;Asunto;Hechos;;;;;;;;;;", encoding="cp1252"), spanish))
    report = parse_report(row.body())
    assert (report.losses, report.where, report.connections, report.occurred_at) == ([], [], [], None)


PLAIN = "title,narrative,occurred_at,losses.0.amount,losses.0.currency,"
PLAIN += "where.0.kind,where.0.value,where.1.kind,where.1.value"
FIT = "A title,What happened,2024-05-03T10:00:00-04:00,12.50,USD,mail,a@example.org,web,https://example.org/x"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("A title,What happened", "2 cells, the first row names 9 columns"),
        (FIT.replace("12.50", "a dozen"), "(column “losses.0.amount”)"),
        (FIT.replace("USD", "ZZZ"), "(column “losses.0.currency”)"),
        (FIT.replace("mail", "dream"), "$.where[0]"),
        (FIT.replace("2024-05-03T10:00:00-04:00", "yesterday"), "The column “occurred_at” is not of the form"),
        (FIT.replace("-04:00,", ","), "(column “occurred_at”)"),
        (FIT.replace("What happened", ""), "`narrative` is missing"),
        (FIT.replace("A title", '"A title'), "The row is no CSV"),
        (FIT.replace("What happened", "\udc80"), "no text in the file's encoding"),
        (FIT.replace("What happened", "x" * LONGEST_ROW), "longer than"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_stops_nothing(row: str, says: str) -> None:
    data = "\n".join([PLAIN, FIT, '"of\ntwo lines"' + FIT.removeprefix("A title"), row, "", FIT])
    source = io.BytesIO(data.encode("utf-8", "surrogateescape"))
    rows = list(csv_rows(source, Mapping()))
    ((line, reason),) = bad(rows)
    assert line == 5
    assert says in reason
    # An open quotation mark takes what follows with it, as it must.
    assert [one.line for one in rows if isinstance(one, Row)][:2] == [2, 3]
    if "never closed" not in reason:
        assert rows[-1].line == 7
    assert not {"dozen", "dream", "yesterday"} & set(reason.split())


def test_an_unknown_column_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(Unreadable, match="“Colour” is no place"):
        next(csv_rows(table("title,narrative,Colour", "a,b,red"), Mapping()))
    for header in ("title,title", "title,,narrative"):
        with pytest.raises(Unreadable):
            next(csv_rows(table(header, "a,b,c"), Mapping()))
    with pytest.raises(Unreadable):
        next(csv_rows(table(""), Mapping()))


def test_a_day_without_a_time_becomes_a_span_and_not_its_first_second() -> None:
    row = only(csv_rows(table("title,narrative,occurred_at", "a,b,2024-05-03"), Mapping(zone="America/Grenada")))
    report = parse_report(row.body())
    assert report.occurred_at
    assert report.occurred_until
    assert (report.occurred_until - report.occurred_at).total_seconds() == 86400


@pytest.mark.parametrize(
    "text",
    [
        "columns: {a: schema}",
        "columns: {a: evidence.0.name}",
        "columns: {a: nonsense}",
        "columns: {a: ../title}",
        "constants: {kind: retraction}",
        "zone: Atlantis",
        "encoding: utf-16",
        "encoding: nonsense",
        "more: 1",
        "- a",
        "a: !!python/object/apply:os.system [true]",
    ],
)
def test_a_mapping_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(SPANISH, encoding="utf-8")
    read_mapping(path)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable):
        read_mapping(path)


def test_json_lines_are_reports_and_bad_ones_are_told() -> None:
    good = {"title": "A title", "narrative": "What happened", "facts": {"entered-without-right": "yes"}}
    lines = [
        json.dumps(good),
        "not json",
        "[1]",
        "",
        json.dumps({**good, "evidence": [{"id": "x"}]}),
        json.dumps({**good, "nonsense": 1}),
        "[" * 100_000,
        '{"title": "' + "x" * LONGEST_ROW + '"}',
        '{"title": "\\ud800", "narrative": "x"}',
        json.dumps({**good, "schema": "comity/report/v1"}),
    ]
    rows = list(json_rows(table(*lines), Mapping()))
    assert [line for line, _ in bad(rows)] == [2, 3, 5, 6, 7, 8, 9]
    assert parse_report(rows[0].body()).title == "A title"
    assert parse_report(rows[-1].body()) == parse_report(rows[0].body())


def test_flat_json_lines_go_through_the_mapping() -> None:
    mapping = Mapping(
        columns={"what": "title", "told": "narrative", "lost": "losses.0.amount"},
        constants={"losses.0.currency": "USD"},
    )
    row, wrong = json_rows(table('{"what": "A", "told": "B", "lost": 12}', '{"what": ["A"], "told": "B"}'), mapping)
    assert parse_report(row.body()).losses[0].amount == "12"  # type: ignore[union-attr]
    assert "“what” is no text" in wrong.reason  # type: ignore[union-attr]


def test_a_row_that_no_sealed_report_has_room_for_is_told_and_the_largest_is_sealed(tmp_path: Path) -> None:
    people = [{"note": "x" * 2000}] * 500
    report = {"title": "A", "victims": people, "suspects": people[:10], "narrative": "x"}
    room = LARGEST_BODY - len(Row(1, report).body())
    largest = Row(1, {**report, "narrative": "x" * (room + 1)}).body()
    opener, signer = ThrowawayKey.make(), throwaway_signer("ed25519")
    log: Any = None
    seal_all(
        Material(largest, (), {}, None, AT),
        card=TrustedCard("gd", signer.verifying_key, log),
        key=IntakeKey(opener.recipient.key_id, opener.recipient, AT),
        signer=signer,
        folder=tmp_path / "sealed",
        check=parse_report,
        progress=lambda _: None,
    )
    with pytest.raises(MalformedReport, match="of a row are taken"):
        Row(1, {**report, "narrative": "x" * (room + 2)}).body()


def test_a_file_without_line_ends_fills_no_memory() -> None:
    import tracemalloc

    class Endless(io.RawIOBase):
        left = 16 * 1024 * 1024

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            size = min(len(buffer), self.left)
            buffer[:size] = b"x" * size
            self.left -= size
            return size

    tracemalloc.start()
    rows = list(json_rows(io.BufferedReader(Endless()), Mapping()))
    assert [row.line for row in rows] == [1]
    assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    tracemalloc.stop()
