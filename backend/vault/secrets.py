"""Where a process finds the private keys that it may hold: folders named in its environment, one per key group."""

from pathlib import Path

from django.conf import settings

from crypto.keyholder.keyring import FileKeyring, KeyMissing


class KeyNotHeld(Exception):
    """This process has no such key: DESIGN §4 says which process holds which."""


def keyring(group: str) -> FileKeyring:
    """The keyring of a key group (identity, notary, worker, desk, shared), or KeyNotHeld."""
    for folder in settings.COMITY.keys:
        if Path(folder).name == group:
            return FileKeyring(Path(folder))
    raise KeyNotHeld(f"The process {settings.COMITY.process!r} holds no {group} keys; run this in one that does.")


def identity_for(kind: str, key_id: str) -> str:
    """The age identity string of an intake or exchange key of this node; KeyNotHeld when it is not here (any more)."""
    try:
        return keyring("worker").read(f"{kind}/{key_id}.age").decode("ascii").strip()
    except KeyMissing as missing:
        raise KeyNotHeld(f"No {kind} key {key_id} is held here; it was destroyed or never was.") from missing
