"""Columns encrypted under the data key of an incident or a referral (crypto/SPEC.md, data keys)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from backend.vault.models import DataKey
from backend.vault.secrets import DataKeyDestroyed, must_read
from crypto.keyholder import datakeys

VERSION = 1


@dataclass(frozen=True)
class OpenDataKey:
    """An unwrapped data key; encrypts and decrypts single columns, each bound to its place by the AAD."""

    id: str
    _key: bytes = field(repr=False)

    def encrypt(self, plaintext: bytes, *, table: str, row: object, column: str) -> bytes:
        """The ciphertext for one column of one row; it opens nowhere else."""
        return datakeys.encrypt(self._key, plaintext, aad=datakeys.aad(table, str(row), column, VERSION))

    def decrypt(self, ciphertext: bytes, *, table: str, row: object, column: str) -> bytes:
        """The plaintext of a column; raises CannotOpen when the row was altered or moved."""
        return datakeys.decrypt(self._key, bytes(ciphertext), aad=datakeys.aad(table, str(row), column, VERSION))

    def wrap(self, key: bytes, *, table: str, row: object, column: str) -> bytes:
        """A further key (a sealed file's) under this one."""
        return datakeys.wrap_key(self._key, key, aad=datakeys.aad(table, str(row), column, VERSION))

    def unwrap(self, wrapped: bytes, *, table: str, row: object, column: str) -> bytes:
        """The key that was wrapped; raises CannotOpen."""
        return datakeys.unwrap_key(self._key, bytes(wrapped), aad=datakeys.aad(table, str(row), column, VERSION))

    def blinding(self, *, table: str, row: object, column: str) -> bytes:
        """32 bytes that blind the digest in a column: the same each time, to be guessed by nobody without the key."""
        return datakeys.blinding(self._key, aad=datakeys.aad(table, str(row), column, VERSION))


def new_data_key(*, at: datetime) -> tuple[DataKey, OpenDataKey]:
    """A new data key: the row, which the caller saves, and the key to use."""
    row = DataKey(made_at=at)
    key = datakeys.new_key()
    row.wrapped = datakeys.wrap_key(_root(), key, aad=_place(row))
    return row, OpenDataKey(str(row.id), key)


def make_data_key(*, at: datetime) -> tuple[DataKey, OpenDataKey]:
    """A new data key: the row, saved, and the key to use."""
    row, key = new_data_key(at=at)
    row.save(force_insert=True)
    return row, key


def open_data_key(row: DataKey) -> OpenDataKey:
    """Unwrap a data key; DataKeyDestroyed when it was erased."""
    if row.wrapped is None:
        raise DataKeyDestroyed(
            f"The data key {row.id} was destroyed on {row.destroyed_at:%Y-%m-%d}: nothing under it can be read again."
        )
    return _unwrapped(row, _root())


def open_data_keys(rows: Iterable[DataKey]) -> dict[UUID, OpenDataKey]:
    """The data keys by their ids, of those that were not destroyed; the keyring's root is read once for all."""
    root = _root()
    return {row.id: _unwrapped(row, root) for row in {row.id: row for row in rows}.values() if row.wrapped is not None}


def _unwrapped(row: DataKey, root: bytes) -> OpenDataKey:
    return OpenDataKey(str(row.id), datakeys.unwrap_key(root, bytes(row.wrapped), aad=_place(row)))


def _root() -> bytes:
    return must_read("shared", "keyring-root.key")


def _place(row: DataKey) -> bytes:
    return datakeys.aad("vault_datakey", str(row.id), "wrapped", VERSION)
