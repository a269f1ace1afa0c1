"""Lines of a file in bounded memory."""

from collections.abc import Iterator
from typing import BinaryIO

from backend.cli.importing.rows import LONGEST_ROW


def bounded_lines(source: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Number and bytes of each line, None instead of a line that is longer than a row may be."""
    number = 0
    while line := source.readline(LONGEST_ROW + 1):
        number += 1
        if len(line) > LONGEST_ROW and not line.endswith(b"\n"):
            while (rest := source.readline(LONGEST_ROW)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        else:
            yield number, line
