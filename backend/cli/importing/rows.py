"""What every reader yields: a row as a report's JSON members, or why it is none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.incidents.report import MAX_REPORT_BYTES, SCHEMA, MalformedReport, parse_report
from crypto import report as framing

# A row is read up to here, so that a file without line ends fills no memory.
LONGEST_ROW = MAX_REPORT_BYTES
# What leaves room for the statement in the largest size that a sealed report has (crypto/report.py); without evidence
# to list, a statement has less than a kilobyte.
LARGEST_BODY = framing.SIZES[-1] - 4096


@dataclass(frozen=True)
class Row:
    """A report's members as they were found; `line` is where the row begins, `columns` leads places back to names."""

    line: int
    report: Mapping[str, Any]
    columns: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """The report's JSON, in order by its schema; raises MalformedReport, which names the place or the column."""
        try:
            body = json.dumps({"schema": SCHEMA, **self.report}, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise MalformedReport("The row has bytes that are no text in the file's encoding.") from None
        try:
            parse_report(body)
        except MalformedReport as wrong:
            raise MalformedReport(self._by_column(str(wrong))) from None
        if len(body) > LARGEST_BODY:
            raise MalformedReport(f"The report has {len(body)} bytes, at most {LARGEST_BODY} of a row are taken.")
        return body

    def _by_column(self, sentence: str) -> str:
        for place, column in self.columns.items():
            path = as_path(place)
            if f" at {path}:" in sentence or f" at {path}." in sentence or sentence.endswith(path):
                return f"{sentence} (column “{column}”)"
        return sentence


@dataclass(frozen=True)
class BadRow:
    """A row that is no report; `reason` is a sentence that repeats nothing of its content."""

    line: int
    reason: str


def body_of(row: Row | BadRow) -> bytes | BadRow:
    """The body of a row's report, or why it is none."""
    if isinstance(row, BadRow):
        return row
    try:
        return row.body()
    except MalformedReport as wrong:
        return BadRow(row.line, str(wrong))


class Unreadable(Exception):
    """The file cannot be read further, or not at all; the sentence says why and what to do."""


def as_path(place: str) -> str:
    """A place as the schema's errors write it: `losses.0.amount` is `$.losses[0].amount`."""
    parts = (f"[{part}]" if part.isdigit() else f".{part}" for part in place.split("."))
    return "$" + "".join(parts)
