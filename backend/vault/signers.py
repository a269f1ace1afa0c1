"""The node's signing keys as signers: callers sign, none sees a key."""

from backend.vault.secrets import keyring
from crypto.keyholder.signing import SigningKey
from crypto.signer import Signer


def transport_signer() -> Signer:
    """Signs packet notes and the node's HTTP requests (worker)."""
    return SigningKey.from_pem(keyring("worker").read("transport.pem"))


def identity_signer() -> Signer:
    """Signs key cards and key statements, nothing else (``comity keys`` and its like)."""
    return SigningKey.from_pem(keyring("identity").read("identity.pem"))
