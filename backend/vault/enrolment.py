"""The secret of an enrolment code: made and wrapped here, unwrapped only to check that a device knows it."""

import secrets
import uuid

from backend.vault.secrets import must_read
from crypto.keyholder import datakeys

SECRET_BYTES = 16


def make_code(invitation: uuid.UUID) -> tuple[bytes, bytes]:
    """A fresh secret of 16 bytes and the same wrapped by the keyring for the row of this invitation."""
    secret = secrets.token_bytes(SECRET_BYTES)
    return secret, datakeys.wrap_key(_root(), secret, aad=_place(invitation))


def open_code(invitation: uuid.UUID, wrapped: bytes) -> bytes:
    """The secret of an invitation; raises CannotOpen when the row was altered."""
    return datakeys.unwrap_key(_root(), bytes(wrapped), aad=_place(invitation))


def _root() -> bytes:
    return must_read("shared", "keyring-root.key")


def _place(invitation: uuid.UUID) -> bytes:
    return datakeys.aad("units_enrolmentinvitation", str(invitation), "wrapped_code", 1)
