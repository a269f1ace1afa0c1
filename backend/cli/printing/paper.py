"""A proof as rows that a person can read from paper and type again: short, numbered, each with a check of its own.

    02. extra Y29taXR5L2F1ZGl0LWV2ZW50L3YxCnsiYWN0aW5nIjp7ImlkIjoiZWRnZSIsIn 9b1c
    03+ JvbGUiOiJzeXN0ZW0ifSwiYXQiOiIyMDI2LTExLTI0VDEyOjAwOjAwLjAwMDAwMFoi 03fe

A full stop begins a line of the proof, a plus sign continues it. The check is the first four hexadecimal digits of the
SHA-256 of what stands before it in the row: number, sign, a space, text. It finds slips of the hand; what the proof is
worth is found by verifying it.
"""

import hashlib
import re
from collections.abc import Iterator

WIDTH = 60
MAX_ROWS = 4096
_ROW = re.compile(r"(?P<said>(?P<number>[0-9]{2,4})(?P<sign>[.+])(?: (?P<text>.*))?) (?P<check>[0-9a-f]{4})")
_BEGINS = re.compile(r"[0-9]{2,4}[.+](?: |$)")


class NotAsPrinted(Exception):
    """A typed row is not the one on the paper; the sentence says which and what to do."""


def to_paper(proof: bytes) -> list[str]:
    """The rows of a proof."""
    lines = proof.decode().removesuffix("\n").split("\n")
    cut = [piece for line in lines for piece in _pieces(line)]
    said = [f"{number:02d}{piece}".rstrip() for number, piece in enumerate(cut, 1)]
    return [f"{row} {_check(row)}" for row in said]


def from_paper(typed: str) -> bytes:
    """The proof whose rows were typed, or read from the paper by a machine; raises NotAsPrinted.

    Further spaces do not count, and lines that begin with no number of a row are passed over: headings, feet of pages.
    """
    text = ""
    for number, row in enumerate(_typed_rows(typed), 1):
        found = _ROW.fullmatch(row)
        if not found or found["check"] != _check(found["said"]):
            raise NotAsPrinted(f"Row {number:02d} is not as printed; compare it with the paper, sign by sign.")
        if int(found["number"]) != number:
            raise NotAsPrinted(f"Row {found['number']} stands where row {number:02d} should be; add or remove one.")
        if found["sign"] == "." and number > 1:
            text += "\n"
        text += found["text"] or ""
    return f"{text}\n".encode()


def is_paper(data: bytes) -> bool:
    """Whether a file holds typed rows rather than a proof."""
    return re.search(rb"^\s*01\. ", data, re.MULTILINE) is not None


def _pieces(line: str) -> Iterator[str]:
    sign = "."
    while True:
        end = min(len(line), WIDTH)
        # A space at either side of a cut would be lost on paper.
        while end < len(line) and " " in line[end - 1 : end + 1]:
            end -= 1
        yield f"{sign} {line[:end]}"
        line, sign = line[end:], "+"
        if not line:
            return


def _typed_rows(typed: str) -> list[str]:
    rows = [" ".join(line.split()) for line in typed.splitlines()]
    rows = [row for row in rows if _BEGINS.match(row)]
    if len(rows) > MAX_ROWS:
        raise NotAsPrinted(f"There are more than {MAX_ROWS} rows; type the rows of one proof only.")
    return rows


def _check(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()[:4]
