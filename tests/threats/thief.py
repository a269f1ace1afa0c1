"""What a thief can do with what was stolen: read every cell and file, and look for the secrets in any disguise."""

import base64
import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg

Cell = tuple[str, str, object]


def disguises(secret: bytes) -> set[bytes]:
    """A secret as it may stand somewhere: plain, UTF-16, hexadecimal, base64 at each of three offsets, its digest."""
    found = {secret, secret.decode("latin-1").encode("utf-16-le"), secret.hex().encode(), secret.hex().upper().encode()}
    for offset in range(3):
        # The characters that depend on the secret alone, whatever stands before and after it.
        encoded = base64.b64encode(bytes(offset) + secret)
        found.add(encoded[-(-offset * 8 // 6) : len(encoded) // 4 * 4 - 4])
    digest = hashlib.sha256(secret).digest()
    return found | {digest, digest.hex().encode(), base64.b64encode(digest), base64.urlsafe_b64encode(digest)[:43]}


def traces(secrets: Iterable[bytes], pieces: Iterable[tuple[str, bytes]]) -> list[str]:
    """Where any of the secrets stands in any disguise."""
    sought = [(secret, form) for secret in secrets for form in disguises(secret)]
    return [f"{secret!r} in {place}" for place, data in pieces for secret, form in sought if form in data]


def cells(connection: "psycopg.Connection[Any]", schemas: tuple[str, ...] = ("public",)) -> Iterator[Cell]:
    """Every value of every table, as in a dump: (table, column, value)."""
    tables = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) ORDER BY 2", [list(schemas)]
    ).fetchall()
    for schema, table in tables:
        rows = connection.execute(psycopg.sql.SQL("SELECT * FROM {}").format(psycopg.sql.Identifier(schema, table)))
        names = [column.name for column in rows.description or ()]
        for row in rows:
            for name, value in zip(names, row, strict=True):
                yield table, name, value


def as_bytes(value: object) -> bytes:
    """A value as it would stand in a dump."""
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def pieces(dump: Iterable[Cell]) -> Iterator[tuple[str, bytes]]:
    """The cells of a dump as pieces to look through."""
    return ((f"{table}.{column}", as_bytes(value)) for table, column, value in dump if value is not None)


def files(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below the folders, as pieces to look through; one that the node removes meanwhile is not there."""
    for inside, _, names in (found for folder in folders for found in os.walk(folder)):
        for path in (Path(inside, name) for name in sorted(names)):
            with contextlib.suppress(FileNotFoundError):
                if path.is_file() and not path.is_symlink():
                    yield str(path), path.read_bytes()
