"""docs/importing.md says what the code does, and its examples work."""

import io
import re
from pathlib import Path

from backend.cli.import_ import ENDINGS
from backend.cli.importing.mapping import read_mapping
from backend.cli.importing.rows import Row
from backend.cli.importing.stix import TYPES
from backend.cli.importing.tables import csv_rows
from backend.cli.node.home import CHECKOUT
from backend.incidents.report import Report, parse_report

PAGE = (CHECKOUT / "docs" / "importing.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.S)[1]  # type: ignore[index]


def imported(text: str, mapping: Path | None) -> Report:
    read = read_mapping(mapping)
    (row,) = csv_rows(io.BytesIO(text.encode(read.encoding)), read)
    assert isinstance(row, Row)
    return parse_report(row.body())


def test_the_table_of_the_page_is_a_report() -> None:
    report = imported(block("csv"), None)
    assert (report.losses[0].amount, report.where[0].value) == ("184000.00", "accounts@example.org")
    assert report.facts == {"entered-without-right": "yes"}


def test_the_mapping_of_the_page_does_what_its_comments_say(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(block("yaml"), encoding="utf-8")
    columns = list(read_mapping(path).columns)
    cells = [
        "E-1",
        "Asunto",
        "Hechos",
        "03/05/2024 10:00",
        "1.250,50",
        "sí",
        "198.51.100.7",
        "03/05/2024 09:00",
        "San José",
        "x",
    ]
    report = imported(f"{';'.join(columns)}\n{';'.join(cells)}\n", path)
    assert (report.losses[0].amount, report.losses[0].still_moving, report.losses[0].currency) == (
        "1250.50",
        "yes",
        "CRC",
    )
    assert report.narrative == "Hechos\nDespacho: San José"
    assert report.connections[0].at.isoformat() == "2024-05-03T09:00:00-06:00"


def test_every_path_of_stix_is_listed() -> None:
    paths = {path for path in TYPES if ":hashes." not in path}
    assert paths == set(re.findall(r"`([a-z0-9-]+:[a-z_.]+)`", PAGE))
    assert set(ENDINGS.values()) == {"csv", "jsonl", "cybertipline", "stix"}
