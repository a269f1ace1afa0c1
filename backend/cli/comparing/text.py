"""Blocks and tables as plain text of at most 100 columns."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from backend.conventions.blocks import Block, Bullets, Heading, Notice, Paragraph, Table
from backend.conventions.dual_criminality.sheet import Sheet

WIDTH = 100
_GAP = 2


def sheet_text(sheet: Sheet) -> str:
    """The whole sheet."""
    widest = max(len(name) for name, _ in sheet.particulars)
    lines = [sheet.title, "=" * min(len(sheet.title), WIDTH), ""]
    lines += [f"{name:{widest}}  {words}" for name, words in sheet.particulars]
    for block in sheet.body:
        lines += _lines(block)
    return "\n".join([*lines, "", *(line for words in sheet.small_print for line in _wrapped(words))])


def _lines(block: Block) -> list[str]:
    if isinstance(block, Heading):
        rule = [("-" if block.level == 2 else ".") * min(len(block.text), WIDTH)]
        return ["", *_wrapped(block.text), *rule]
    if isinstance(block, Notice):
        return [f"** {block.text} **"]
    if isinstance(block, Bullets):
        return [line for item in block.items for line in _wrapped(item, first="- ", rest="  ")]
    if isinstance(block, Table):
        headings = [column.heading for column in block.columns]
        return ["", *table(headings, block.rows, [column.share for column in block.columns]), ""]
    return _wrapped(block.text) if isinstance(block, Paragraph) else []


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], shares: Sequence[int]) -> Iterator[str]:
    """Rows under headings, each cell wrapped to its share of the width."""
    room = WIDTH - _GAP * (len(shares) - 1)
    widths = [max(4, share * room // sum(shares)) for share in shares]
    yield from _row(headings, widths)
    yield (" " * _GAP).join("-" * width for width in widths)
    for row in rows:
        yield from _row(row, widths)


def _row(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    for place in range(max(len(lines) for lines in wrapped)):
        parts = [lines[place] if place < len(lines) else "" for lines in wrapped]
        yield (" " * _GAP).join(f"{part:{width}}" for part, width in zip(parts, widths, strict=True)).rstrip()


def _wrapped(words: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(words, WIDTH, initial_indent=first, subsequent_indent=rest) or [""]
