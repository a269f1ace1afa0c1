"""The secrets of second factors, encrypted at rest under the keyring root.

They are written before anybody has signed in, so that no row of a person can be named as their place: they are bound to
the column and to nothing narrower. Whoever can write that table could give one person the factor of another.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from backend.vault.secrets import keyring
from crypto.keyholder import datakeys

_PLACE = datakeys.aad("mfa_authenticator", "", "data", 1)


def seal_factor(secret: str) -> str:
    """The secret of a second factor as it is stored."""
    return urlsafe_b64encode(datakeys.encrypt(_root(), secret.encode(), aad=_PLACE)).decode("ascii")


def open_factor(stored: str) -> str:
    """The secret of a second factor; raises CannotOpen when it was altered."""
    return datakeys.decrypt(_root(), urlsafe_b64decode(stored.encode("ascii")), aad=_PLACE).decode()


def _root() -> bytes:
    return keyring("shared").read("keyring-root.key")
