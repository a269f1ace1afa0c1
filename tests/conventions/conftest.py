"""A copy of the law data in which a test may break one thing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.conventions.catalogue import SHIPPED


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The shipped data in a folder of the test's own."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "data"))


@pytest.fixture
def change(data: Path) -> Callable[[str, str, str], Path]:
    """Replace the first `old` in a file of the copy by `new`; returns the folder."""

    def changed(file: str, old: str, new: str) -> Path:
        path = data / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} no longer holds {old!r}: mend the test"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return data

    return changed
