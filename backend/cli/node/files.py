"""Folders and files with exactly the mode that was asked for, whatever the caller's umask."""

import os
import secrets
from pathlib import Path

from backend.cli.node.errors import NodeError

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def private_folder(path: Path) -> Path:
    """Makes `path` (0700) where it is missing; NodeError where it is somebody else's, or open to others."""
    path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    found = path.stat()
    if found.st_uid != os.geteuid():
        raise NodeError(
            f"{path} belongs to the account with uid {found.st_uid} and this is uid {os.geteuid()}; "
            "start the node as the account that made the folder, or name another with --home."
        )
    if found.st_mode & 0o077:
        raise NodeError(
            f"{path} has mode {found.st_mode & 0o777:04o}, readable or writable by others; chmod 700 {path}"
        )
    return path


def write_private(path: Path, content: str) -> None:
    """Writes a file (0600) so that it is there in full or not at all."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "w") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(unfinished, path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def read_private(path: Path) -> str:
    """Reads a file that nobody else may read; NodeError where its mode was loosened."""
    if path.stat().st_mode & 0o077:
        raise NodeError(f"{path} is readable by others; chmod 600 {path}")
    return path.read_text()
