"""age identities: the private halves of recipients."""

import hashlib
import secrets
from typing import Self

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

from crypto import bech32
from crypto.errors import MalformedKey, Reason
from crypto.keys import PQRecipient, Recipient, X25519Recipient

PQ_HRP = "AGE-SECRET-KEY-PQ-"
X25519_HRP = "AGE-SECRET-KEY-"
_SECRET_SIZE = 32


class PQIdentity:
    """A hybrid identity. From its 32-byte seed SHAKE256 yields the ML-KEM seed (64 bytes) and the X25519 key (32)."""

    def __init__(self, seed: bytes) -> None:
        expanded = hashlib.shake_256(_sized(seed)).digest(96)
        self.mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        self.x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
        self.hpke = MLKEM768X25519PrivateKey(self.mlkem, self.x25519)

    @property
    def recipient(self) -> PQRecipient:
        """The public half."""
        return PQRecipient(self.mlkem.public_key().public_bytes_raw() + self.x25519.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the identity `AGE-SECRET-KEY-PQ-1…`, or raise `MalformedKey`."""
        return cls(_secret(text, PQ_HRP))


class X25519Identity:
    """A classical identity: an X25519 private key of 32 bytes."""

    def __init__(self, secret: bytes) -> None:
        self.x25519 = X25519PrivateKey.from_private_bytes(_sized(secret))
        self.recipient = X25519Recipient(self.x25519.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the identity `AGE-SECRET-KEY-1…`, or raise `MalformedKey`."""
        return cls(_secret(text, X25519_HRP))


Identity = PQIdentity | X25519Identity


def generate_pq() -> str:
    """Return a new hybrid identity, `AGE-SECRET-KEY-PQ-1…`. A secret."""
    return bech32.encode(PQ_HRP, secrets.token_bytes(_SECRET_SIZE))


def generate_x25519() -> str:
    """Return a new classical identity, `AGE-SECRET-KEY-1…`. A secret."""
    return bech32.encode(X25519_HRP, secrets.token_bytes(_SECRET_SIZE))


def parse_identity(text: str) -> Identity:
    """Return the identity of either kind, or raise `MalformedKey`."""
    return PQIdentity.parse(text) if text.startswith(PQ_HRP) else X25519Identity.parse(text)


def recipient_of(identity: str) -> Recipient:
    """Return the recipient to which one seals for `identity`. Raises `MalformedKey`."""
    return parse_identity(identity).recipient


def _secret(text: str, hrp: str) -> bytes:
    try:
        found, secret = bech32.decode(text)
    except ValueError:
        raise MalformedKey from Reason("an identity that is not Bech32")
    if found != hrp:  # Identities are upper case: a lower-case prefix does not compare equal.
        raise MalformedKey from Reason("an identity of another kind")
    return secret


def _sized(secret: bytes) -> bytes:
    if len(secret) != _SECRET_SIZE:
        raise MalformedKey from Reason("an identity that is not 32 bytes")
    return secret
