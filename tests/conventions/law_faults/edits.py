"""How the tests change a file of the law data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import yaml

# A file as lists and mappings.
Document = Any
# What is wrong, in which file, the change that makes it so, and the words of the finding.
Edit = tuple[str, str, Callable[[Document], object], str]


def row_of(document: Document, instrument: str) -> Any:
    """The State's row on an instrument."""
    return next(row for row in document["treaties"] if row["instrument"] == instrument)


def edit(path: Path, *changes: Callable[[Document], object]) -> None:
    """Write the file anew with the changes."""
    document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)  # noqa: S506  a safe loader
    for change in changes:
        change(document)
    path.write_bytes(msgspec.json.encode(document))  # JSON is YAML, and quicker to write


def replace(path: Path, old: str, new: str) -> None:
    """Replace the first `old` in a file by `new`."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} no longer holds {old!r}: mend the test"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
