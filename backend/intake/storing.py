"""Keeps a sealed body until its row commits: small ones in memory for the row, larger ones as a file, durable first.

A file is written under a temporary name, its bytes and then its folder are fsynced, and only then does accept() name it
in a row. A file without a row is removed here when accept() says so, by the node's daily sweep when nobody could say.
"""

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from backend.intake.appending import check_space, room, sync_folder
from backend.intake.checking import CheckedSubmission
from backend.intake.refusals import DigestDiffers, Interrupted, NotSealed, TooLarge
from backend.intake.wire import FIRST_BYTES

# The row's share (backend.intake.models.MAX_IN_ROW, which a test compares).
MAX_IN_ROW = 65_536
TEMPORARY = ".part"


class Keeping(Protocol):
    """A body on its way in: written piece by piece, then finished or thrown away."""

    def write(self, data: bytes) -> None: ...

    def finish(self) -> "Kept": ...

    def discard(self) -> None: ...


class Kept:
    """A whole body whose digest is right: in memory (`sealed`) or in the file `stored_as` of the sealed folder."""

    def __init__(self, *, sealed: bytes | None = None, path: Path | None = None) -> None:
        self.sealed = sealed
        self.stored_as = path.name if path else None
        self._path = path

    def remove(self) -> None:
        """Remove the file, if there is one. Only for a body that no row names."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def begin(submission: CheckedSubmission, *, folder: Path) -> Keeping:
    """Return where the body of `submission` goes; raises NoSpace before anything of it is read."""
    if submission.size <= MAX_IN_ROW:
        return _InMemory(submission)
    check_space(folder, submission.size)
    return _InFile(submission, folder)


def new_name() -> str:
    """A name for a sealed file, drawn by chance: it says nothing of sender or submission."""
    return secrets.token_hex(16)


class _Body:
    """Counts, hashes and looks at the first bytes of what comes."""

    def __init__(self, submission: CheckedSubmission) -> None:
        self._submission = submission
        self._hash = hashlib.sha256()
        self._size = 0
        self._first = b""

    def count(self, data: bytes) -> None:
        expected = FIRST_BYTES[self._submission.kind]
        if len(self._first) < len(expected):
            self._first = (self._first + data)[: len(expected)]
            if not expected.startswith(self._first):
                raise NotSealed
        self._size += len(data)
        if self._size > self._submission.size:
            raise TooLarge(self._submission.size)
        self._hash.update(data)

    def check(self) -> None:
        if self._size != self._submission.size:
            raise Interrupted
        if self._first != FIRST_BYTES[self._submission.kind]:
            raise NotSealed
        if self._hash.digest() != self._submission.digest:
            raise DigestDiffers


class _InMemory:
    def __init__(self, submission: CheckedSubmission) -> None:
        self._body = _Body(submission)
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> None:
        self._body.count(data)
        self._pieces.append(data)

    def finish(self) -> Kept:
        self._body.check()
        return Kept(sealed=b"".join(self._pieces))

    def discard(self) -> None:
        self._pieces.clear()


class _InFile:
    def __init__(self, submission: CheckedSubmission, folder: Path) -> None:
        self._body = _Body(submission)
        self._final = folder / new_name()
        self._temporary = self._final.with_suffix(TEMPORARY)
        self._file = _create(self._temporary)

    def write(self, data: bytes) -> None:
        self._body.count(data)
        # Again for each piece: of many bodies at once, each found room when it began.
        check_space(self._temporary.parent, len(data))
        with room():
            self._file.write(data)

    def finish(self) -> Kept:
        self._body.check()
        with room():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._temporary.rename(self._final)
            sync_folder(self._final.parent)
        return Kept(path=self._final)

    def discard(self) -> None:
        self._temporary.unlink(missing_ok=True)
        self._final.unlink(missing_ok=True)
        with suppress(OSError):
            # On a full disk closing tries once more to write what a buffer holds.
            self._file.close()


def _create(path: Path) -> BinaryIO:
    # The group may read: in production edge and worker are different accounts that share this one folder.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
    return os.fdopen(descriptor, "wb")
