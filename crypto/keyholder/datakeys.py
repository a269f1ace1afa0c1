"""Encryption at rest by data keys, and search tokens (SPEC.md, "Data keys", "Tokens")."""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.errors import CannotOpen, MalformedKey, Reason

KEY_SIZE = 32
FILE_KEY_SIZE = 16
TOKEN_SIZE = 16
_VERSION = b"\x01"
_NONCE_SIZE = 12
_TAG_SIZE = 16
_FIELD = b"comity/field/v1\n"
_WRAPPED_KEY = b"comity/wrapped-key/v1\n"
_TOKEN = b"comity/token/v1\n"
_BLINDING = b"comity/blinding/v1\n"


def new_key() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(KEY_SIZE)


def aad(table: str, row: str, column: str, version: int) -> bytes:
    """Return the additional data that ties a ciphertext to its place: table, row, column and the row's key version."""
    return b"".join(_prefixed(part) for part in (table, row, column)) + version.to_bytes(4, "big")


def encrypt(key: bytes, plaintext: bytes, *, aad: bytes) -> bytes:
    """Return `plaintext` under the 32-byte `key`: version byte, 12-byte random nonce, AES-256-GCM text and tag."""
    return _encrypt(key, plaintext, _FIELD + aad)


def decrypt(key: bytes, ciphertext: bytes, *, aad: bytes) -> bytes:
    """Return the plaintext, or raise `CannotOpen`: another key, another place, or changed bytes."""
    return _decrypt(key, ciphertext, _FIELD + aad)


def wrap_key(root: bytes, key: bytes, *, aad: bytes) -> bytes:
    """Return `key` (a data key, or the 16-byte key of a sealed file) under the 32-byte `root`."""
    if len(key) not in (KEY_SIZE, FILE_KEY_SIZE):
        raise MalformedKey from Reason("a key to wrap that is neither 32 nor 16 bytes")
    return _encrypt(root, key, _WRAPPED_KEY + aad)


def unwrap_key(root: bytes, wrapped: bytes, *, aad: bytes) -> bytes:
    """Return the wrapped key, or raise `CannotOpen`."""
    return _decrypt(root, wrapped, _WRAPPED_KEY + aad)


def blinding(key: bytes, *, aad: bytes) -> bytes:
    """Return the 32 bytes that blind the digest in a place (SPEC.md, 9), derived from the 32-byte data key."""
    return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=_BLINDING + aad).derive(_sized(key))


def token(root: bytes, *, type: str, version: int, value: str) -> bytes:
    """Return the 16-byte search token of a normalised `value`.

    `root` is the node's 32-byte token root; each `type` and normalisation `version` has a key of its own. Equal values
    have equal tokens, and whoever holds `root` can guess values.
    """
    info = _TOKEN + _prefixed(type) + version.to_bytes(4, "big")
    subkey = HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=info).derive(_sized(root))
    return hmac.digest(subkey, value.encode(), hashlib.sha256)[:TOKEN_SIZE]


def _encrypt(key: bytes, plaintext: bytes, additional: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_SIZE)  # Random: a data key encrypts far fewer than 2^32 values.
    return _VERSION + nonce + AESGCM(_sized(key)).encrypt(nonce, plaintext, _VERSION + additional)


def _decrypt(key: bytes, ciphertext: bytes, additional: bytes) -> bytes:
    start = 1 + _NONCE_SIZE
    if len(ciphertext) < start + _TAG_SIZE or ciphertext[:1] != _VERSION:
        raise CannotOpen from Reason("not a version 1 ciphertext")
    try:
        return AESGCM(_sized(key)).decrypt(ciphertext[1:start], ciphertext[start:], _VERSION + additional)
    except InvalidTag:
        raise CannotOpen from Reason("the tag does not fit key, place and bytes")


def _prefixed(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


def _sized(key: bytes) -> bytes:
    if len(key) != KEY_SIZE:
        raise MalformedKey from Reason("a key that is not 32 bytes")
    return key
