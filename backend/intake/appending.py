"""What is appended to an upload: counted, hashed, checked chunk by chunk, durable before it is confirmed."""

import errno
import fcntl
import hashlib
import os
import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from backend.intake.refusals import DigestDiffers, NoSpace, NotSealed, OffsetDiffers, TooLarge, UploadTaken

_PIECE = 1024 * 1024
# What stays free on the disk whatever is announced: the database lives there too on a small node.
KEEP_FREE = 256 * 1024 * 1024
# Running digests in memory, a few hundred bytes each: one that was dropped is made anew from the file.
MOST_REMEMBERED = 1000


class Hashes:
    """The digest of each upload as far as it has arrived, so that the whole is not read again for every chunk."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[int, Any]] = OrderedDict()
        self._guard = threading.Lock()

    def take(self, name: str, offset: int) -> Any | None:
        """The running SHA-256 of the first `offset` bytes, which is forgotten here; None where it is not known."""
        with self._guard:
            known = self._known.pop(name, None)
        return known[1] if known and known[0] == offset else None

    def put(self, name: str, offset: int, digest: Any) -> None:
        """Remember it; the one that rested longest is forgotten for it."""
        with self._guard:
            self._known[name] = offset, digest
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)


class Part:
    """The file with what has arrived, held against every other process; a context manager, which lets it go.

    Safe to close while a thread still writes: that write ends first, and none begins after it.
    """

    def __init__(self, path: Path, *, first: bytes, hashes: Hashes) -> None:
        """Open and hold it; raises UploadTaken. `first` is what the whole has to begin with."""
        self._path, self._first, self._hashes = path, first, hashes
        new = not path.exists()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
        self._guard = threading.RLock()
        self._closed = False
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if new:
                sync_folder(path.parent)
            self.offset = os.fstat(self._file).st_size
            self._whole = hashes.take(path.name, self.offset) or self._hash_anew()
        except BlockingIOError:
            os.close(self._file)
            raise UploadTaken from None
        except BaseException:
            os.close(self._file)
            raise
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def removed(self) -> bool:
        """Whether somebody removed it between finding and holding it."""
        return os.fstat(self._file).st_nlink == 0

    def digest(self) -> bytes:
        """The SHA-256 of all that has arrived."""
        return bytes(self._whole.digest())

    def begin_chunk(self, offset: int, size: int, *, limit: int) -> None:
        """Prepare for `size` bytes; raises OffsetDiffers unless they begin where it stands, TooLarge beyond `limit`."""
        if offset != self.offset:
            raise OffsetDiffers(self.offset)
        if offset + size > limit:
            raise TooLarge(limit - offset)
        self._begin()
        self._end = offset + size

    def write(self, data: bytes) -> None:
        """Append a piece of the chunk; raises NotSealed, TooLarge or NoSpace, and what was written before stays."""
        with self._guard:
            if self._closed:
                return
            if self.offset + len(data) > self._end:
                raise TooLarge(self._end - self._start)
            expected = self._first[self.offset : self.offset + len(data)]
            if not data.startswith(expected):
                raise NotSealed
            check_space(self._path.parent, len(data))
            with room(), self._whole_pieces():
                _write_all(self._file, data, self.offset)
            self.offset += len(data)
            self._whole.update(data)
            self._chunk.update(data)

    def end_chunk(self, digest: bytes) -> None:
        """Make the chunk durable; raises DigestDiffers, and nothing of it stays, unless it has this SHA-256."""
        with self._guard:
            if self._chunk.digest() != digest:
                os.ftruncate(self._file, self._start)
                self.offset, self._whole = self._start, self._whole_before
                raise DigestDiffers
            with room():
                os.fsync(self._file)
            self._begin()

    def link(self, name: Path) -> None:
        """Give the whole a second name, durable; raises NoSpace."""
        # Its last byte may have come days ago: the sweep must not take it for what a crash left, before it has its row.
        os.utime(self._file)
        with room():
            os.link(self._path, name)
            sync_folder(name.parent)

    def close(self) -> None:
        """Let it go, with the bytes of a chunk that was cut."""
        with self._guard:
            if not self._closed:
                self._closed = True
                self._hashes.put(self._path.name, self.offset, self._whole)
                os.close(self._file)

    def _begin(self) -> None:
        self._start = self._end = self.offset
        self._whole_before = self._whole.copy()
        self._chunk = hashlib.sha256()

    def _hash_anew(self) -> Any:
        digest = hashlib.sha256()
        position = 0
        while position < self.offset and (data := os.pread(self._file, _PIECE, position)):
            digest.update(data)
            position += len(data)
        return digest

    @contextmanager
    def _whole_pieces(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            # What went beyond the last whole piece does not count.
            os.ftruncate(self._file, self.offset)
            raise


@contextmanager
def room() -> Iterator[None]:
    """Turn the error of a full disk into NoSpace."""
    try:
        yield
    except OSError as full:
        if full.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace from None
        raise


def check_space(folder: Path, size: int) -> None:
    """Raise NoSpace unless `size` more bytes leave the disk with what has to stay free."""
    if shutil.disk_usage(folder).free < size + KEEP_FREE:
        raise NoSpace


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
