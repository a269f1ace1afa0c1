"""A copy of the law data in which a test may break one thing."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.conventions import catalogue
from backend.conventions.catalogue import SHIPPED
from tests.conventions.law_faults.edits import replace


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """Files of the same name and bytes are parsed once in a run: a test that breaks one file reads 70 others anew.

    What cannot be read is read, and refused, every time.
    """
    read, known = catalogue.read, {}

    def remembered(path: Path, kind: Any) -> Any:
        content = path.read_bytes() if path.is_file() else b""
        key = (path.parent.name, path.name, hashlib.sha256(content).digest(), kind)
        if key not in known:
            known[key] = read(path, kind)
        return known[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(catalogue, "read", remembered)
        yield


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The shipped data in a folder of the test's own."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "data"))


@pytest.fixture
def change(data: Path) -> Callable[[str, str, str], Path]:
    """Replace the first `old` in a file of the copy by `new`; returns the folder."""

    def changed(file: str, old: str, new: str) -> Path:
        replace(data / file, old, new)
        return data

    return changed
