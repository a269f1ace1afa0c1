# ruff: noqa: N818  (the names say the condition)
"""Private keys as files: one key a file, 0600, in folders of 0700 that belong to the process's user."""

import os
import re
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from crypto.errors import CryptoError
from crypto.keyholder.datakeys import new_key

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}(/[a-z0-9][a-z0-9._-]{0,99}){0,3}")
MAX_KEY_FILE = 65_536
_OTHERS = 0o077


class KeyringError(CryptoError):
    """Root of a keyring's errors. These name the path, which is no secret, and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class KeyringUnsafe(KeyringError):
    """A key's file or folder is open to others, belongs to another user, or is not a plain file or folder."""


class KeyMissing(KeyringError):
    """There is no key of that name."""


class KeyExists(KeyringError):
    """There is a key of that name already; a keyring never overwrites one."""


class FileKeyring:
    """The keys under one folder. Names are lower case and may have folders: `intake/0123456789abcdef.age`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, *names: str) -> None:
        """Make a new random 32-byte key for each name, and the their folders. Raises `KeyExists`, `KeyringUnsafe`."""
        for name in names:
            self.write(name, new_key())

    def read(self, name: str) -> bytes:
        """Return the bytes of a key, its modes and owner checked anew. Raises `KeyMissing` or `KeyringUnsafe`."""
        path = self._path(name)
        try:
            self._check_folders(path)
            # O_NOFOLLOW: a link could lead out of the folders that were checked.
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            raise KeyMissing(
                f"No key {path}: expected a file; create it or restore it from the recovery kit."
            ) from None
        except OSError as error:
            got = os.strerror(error.errno or 0)
            raise KeyringUnsafe(f"{path} cannot be opened ({got}): expected a plain file of mode 0600.") from None
        try:
            _check(path, os.fstat(descriptor), stat.S_ISREG)
            secret = os.read(descriptor, MAX_KEY_FILE + 1)
        finally:
            os.close(descriptor)
        if len(secret) > MAX_KEY_FILE:
            raise KeyringUnsafe(f"{path} is no key: expected at most {MAX_KEY_FILE} bytes; restore it from a backup.")
        return secret

    def write(self, name: str, secret: bytes) -> None:
        """Store a new key durably: complete or not at all. Raises `KeyExists` or `KeyringUnsafe`."""
        path = self._path(name)
        self._make_folders(path)
        draft = path.with_name(f".{secrets.token_hex(8)}.new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # Unlike rename, refuses to replace.
        except FileExistsError:
            raise KeyExists(f"There is a key {path} already: expected none; destroy it first if it may go.") from None
        finally:
            draft.unlink()
        _sync_folder(path.parent)

    def destroy(self, name: str) -> None:
        """Overwrite a key's bytes and remove it, durably. Raises `KeyMissing` or `KeyringUnsafe`.

        A file system that writes elsewhere than it read (copy on write, a journal of data, flash) may keep the old
        bytes until it reuses their place; copies and backups are not reached.
        """
        path = self._path(name)
        try:
            self._check_folders(path)
            _overwrite(path)
            path.unlink()
        except FileNotFoundError:
            raise KeyMissing(f"No key {path}: expected a file to destroy; look at the names again.") from None
        _sync_folder(path.parent)

    def remove_drafts(self, *, before: float) -> int:
        """Destroy what writes that were cut off before `before` (a time stamp) left; how many."""
        left = [path for path in self.folder.rglob(".*.new") if path.lstat().st_mtime < before]
        for path in left:
            # Cut off between its two names, a draft is the key itself: that stays.
            if path.lstat().st_nlink == 1:
                _overwrite(path)
            path.unlink()
            _sync_folder(path.parent)
        return len(left)

    def names(self) -> list[str]:
        """Return the names of all keys, sorted."""
        files = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if not path.is_dir())
        return sorted(name for name in files if _NAME.fullmatch(name))

    def check(self) -> None:
        """Check modes and owners of all folders and files, as at start-up. Raises `KeyringUnsafe` or `KeyMissing`."""
        if not self.folder.exists():
            raise KeyMissing(f"No keyring {self.folder}: expected a folder; create its keys or restore them.")
        _check(self.folder, self.folder.lstat(), stat.S_ISDIR)
        for path in sorted(self.folder.rglob("*")):
            status = path.lstat()
            _check(path, status, stat.S_ISDIR if stat.S_ISDIR(status.st_mode) else stat.S_ISREG)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise KeyringError(f"{name!r} is not a key's name: use lower-case letters, digits, '.', '_', '-', '/'.")
        return self.folder / name

    def _folders(self, path: Path) -> list[Path]:
        folder, inner = path.parent, []
        while folder != self.folder:
            inner.append(folder)
            folder = folder.parent
        return [self.folder, *inner[::-1]]

    def _check_folders(self, path: Path) -> None:
        for folder in self._folders(path):
            _check(folder, folder.lstat(), stat.S_ISDIR)

    def _make_folders(self, path: Path) -> None:
        for folder in self._folders(path):
            folder.mkdir(mode=0o700, exist_ok=True, parents=folder == self.folder)
        self._check_folders(path)


def _check(path: Path, status: os.stat_result, is_kind: Callable[[int], bool]) -> None:
    mode = stat.S_IMODE(status.st_mode)
    if not is_kind(status.st_mode):
        raise KeyringUnsafe(f"{path} is not a plain file or folder: expected the key itself; remove links and devices.")
    if mode & _OTHERS:
        raise KeyringUnsafe(
            f"{path} has mode {mode:04o}, open to others: run chmod go= on it; replace keys that were read."
        )
    if status.st_uid != os.geteuid():
        raise KeyringUnsafe(
            f"{path} belongs to user {status.st_uid}: expected {os.geteuid()}, who runs this; run chown."
        )


def _overwrite(path: Path) -> None:
    """Write other bytes over a file's own, and wait for the disk."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as error:
        got = os.strerror(error.errno or 0)
        raise KeyringUnsafe(f"{path} cannot be overwritten ({got}): expected a plain file that we may write.") from None
    try:
        status = os.fstat(descriptor)
        _check(path, status, stat.S_ISREG)
        left = status.st_size
        while left > 0:
            left -= os.write(descriptor, secrets.token_bytes(min(left, MAX_KEY_FILE)))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
