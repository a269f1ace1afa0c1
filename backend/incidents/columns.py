"""Which columns of an incident are encrypted, and how they are read back."""

from typing import Any

from backend.vault.columns import OpenDataKey


def sealed(key: OpenDataKey, model: type, row: object, column: str, plaintext: bytes) -> bytes:
    """The ciphertext of one column under the row's data key."""
    return key.encrypt(plaintext, table=model._meta.db_table, row=row, column=column)  # type: ignore[attr-defined]


def opened(key: OpenDataKey, instance: Any, column: str, *, row: object | None = None) -> bytes:
    """The plaintext of one column of ``instance``; ``row`` where the row's place is not its primary key."""
    return key.decrypt(
        getattr(instance, column), table=instance._meta.db_table, row=instance.pk if row is None else row, column=column
    )


def indicator_place(incident: object, position: int) -> str:
    """The place of an indicator's value, from the id of its incident: the row has no id yet when it is sealed."""
    return f"{incident}/{position}"


def indicator_of(key: OpenDataKey, row: Any) -> tuple[str, str]:
    """Type and value of an indicator's row."""
    place = indicator_place(row.incident_id, row.position)
    return row.type, opened(key, row, "value_ct", row=place).decode()


def blinding_of(item: Any, key: OpenDataKey) -> str:
    """What blinds the plaintext digest of a sensitive evidence item, in hexadecimal (crypto/SPEC.md, 9)."""
    return key.blinding(table=item._meta.db_table, row=item.pk, column="plaintext_sha256_ct").hex()
