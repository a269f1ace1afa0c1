"""The log's key, for the one process that holds it."""

from pathlib import Path
from typing import Protocol

from crypto.errors import MalformedKey
from crypto.keyholder.keyring import FileKeyring
from crypto.keyholder.signing import SigningKey
from crypto.keys import VerifyingKey
from crypto.signer import Signer

FILE = "log.pem"


class KeyFolders(Protocol):
    """The part of a process's environment that says which key folders it may read."""

    def key_folder(self, group: str) -> Path: ...


def log_signer(environment: KeyFolders) -> Signer:
    """The signer of checkpoints and receipts. Raises KeyMissing, KeyringUnsafe or MalformedKey.

    ImproperlyConfigured in a process that is not given the group "notary".
    """
    return _log_key(environment.key_folder("notary"))


def log_verifying_key(folder: Path) -> VerifyingKey:
    """The public half of the key in a node's folder ``keys/notary``, for whoever may read that; raises likewise."""
    return _log_key(folder).verifying_key


def _log_key(folder: Path) -> SigningKey:
    key = SigningKey.from_pem(FileKeyring(folder).read(FILE))
    if key.verifying_key.algorithm != "ed25519":  # C2SP notes are signed by Ed25519 (signature type 0x01).
        raise MalformedKey.because("the log's key is not Ed25519")
    return key
