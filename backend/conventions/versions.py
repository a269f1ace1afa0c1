"""Which law data and which engine gave an answer: digests, so that what is stored can say what made it."""

import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

from backend.conventions.catalogue import SHIPPED

_ENGINE = Path(__file__).parent


@functools.cache
def law_digest(folder: Path = SHIPPED) -> str:
    """SHA-256 (64 hex digits) over names and contents of a folder's data files, whatever their order on the disk.

    Read once for a process, as the data are: both change by a restart. Explanations (`*.md`) do not count.
    """
    return _digest(folder, (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".md"))


@functools.cache
def engine_version() -> str:
    """The first 16 hex digits of the SHA-256 over the engine's own source files: any change of it is another version.

    A number that people have to raise would be forgotten, and two answers of different engines pass for one's.
    """
    return _digest(_ENGINE, _ENGINE.rglob("*.py"))[:16]


def _digest(folder: Path, paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(paths):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{content}  {path.relative_to(folder).as_posix()}\n".encode())
    return whole.hexdigest()
