"""CSV and JSON Lines: one report a row."""

import csv
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from backend.cli.importing.lines import bounded_lines
from backend.cli.importing.mapping import LEAVE_OUT, Mapping
from backend.cli.importing.rows import LONGEST_ROW, BadRow, Row, Unreadable

TOO_LONG = f"The row is longer than {LONGEST_ROW} bytes."


def csv_rows(source: BinaryIO, mapping: Mapping) -> Iterator[Row | BadRow]:
    """The rows of a CSV file (RFC 4180) whose first row names the columns; raises Unreadable for that one."""
    lines = _Lines(source, mapping.encoding)
    csv.field_size_limit(LONGEST_ROW)
    reader = csv.reader(lines, delimiter=mapping.delimiter, strict=True)
    header = _header(reader, mapping)
    places = {mapping.place_of(name): name for name in header if mapping.place_of(name) != LEAVE_OUT}
    while True:
        begins, lines.broken = lines.number + 1, False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield BadRow(begins, "The row is no CSV: a quotation mark stands where none may, or is never closed.")
            continue
        if lines.broken:
            yield BadRow(begins, TOO_LONG)
        elif len(cells) == len(header):
            yield _mapped(begins, dict(zip(header, cells, strict=True)), mapping, places)
        elif cells:
            yield BadRow(begins, f"The row has {len(cells)} cells, the first row names {len(header)} columns.")


def json_rows(source: BinaryIO, mapping: Mapping) -> Iterator[Row | BadRow]:
    """The rows of a JSON Lines file: a report by its schema each; with mapped columns, an object of texts each."""
    for number, line in bounded_lines(source):
        if line is None:
            yield BadRow(number, TOO_LONG)
        elif line.strip():
            yield _json_row(number, line, mapping)


def _json_row(number: int, line: bytes, mapping: Mapping) -> Row | BadRow:
    try:
        found = msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return BadRow(number, "The row is not a JSON object in UTF-8.")
    if found.get("evidence"):
        return BadRow(number, "The row lists evidence; files go with `comity submit`, one report at a time.")
    if not mapping.columns:
        return Row(number, found)
    if wrong := [name for name, value in found.items() if isinstance(value, dict | list)]:
        return BadRow(number, f"The member “{wrong[0][:60]}” is no text; mapped rows hold texts and numbers only.")
    cells = {name: "" if value is None else str(value) for name, value in found.items()}
    return _mapped(number, cells, mapping, {place: name for name, place in mapping.columns.items()})


def _mapped(number: int, cells: dict[str, str], mapping: Mapping, places: dict[str, str]) -> Row | BadRow:
    try:
        return Row(number, mapping.report(cells), places)
    except (ValueError, OverflowError, Unreadable) as wrong:
        return BadRow(number, str(wrong))


def _header(reader: Iterator[list[str]], mapping: Mapping) -> list[str]:
    try:
        header = [name.strip() for name in next(reader)]
    except (StopIteration, csv.Error):
        raise Unreadable("The file has no first row that names the columns.") from None
    if len(set(header)) != len(header) or not all(header):
        raise Unreadable("The first row names a column twice, or one without a name; give each a name of its own.")
    return header


class _Lines:
    """The text of the lines; what is no text in the encoding stays as it is and is refused with its row."""

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        self.number = 0
        self.broken = False
        self._lines = bounded_lines(source)
        self._encoding = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.number, line = next(self._lines)
        if line is None:
            self.broken = True
            return "\n"
        encoding = self._encoding if self.number == 1 else self._encoding.removesuffix("-sig")
        return line.decode(encoding, errors="surrogateescape")
