"""Where a process finds the private keys that it may hold: folders named in its environment, one per key group."""

from pathlib import Path

from django.conf import settings

from backend.directory.models import PublishedKey
from crypto.keyholder.keyring import FileKeyring, KeyMissing, KeyringError

# The key that always lies in the worker's folder: without it, the folder itself is not there.
FOLDER_AT_HAND = "transport.pem"


class KeyNotHeld(Exception):
    """This process has no such key: DESIGN §4 says which process holds which."""


class DataKeyDestroyed(KeyNotHeld):
    """What was encrypted under the data key was erased: nobody can read it again."""


class KeyUnavailable(OSError):
    """A key that must be here cannot be read: its folder is not mounted or has a wrong mode, or the settings are wrong.

    It says nothing of what was sealed to the key. Like any failure of the machine it passes once somebody mends it.
    """


def keyring(group: str) -> FileKeyring:
    """The keyring of a key group (identity, notary, worker, desk, shared), or KeyNotHeld."""
    for folder in settings.COMITY.keys:
        if Path(folder).name == group:
            return FileKeyring(Path(folder))
    raise KeyNotHeld(f"The process {settings.COMITY.process!r} holds no {group} keys; run this in one that does.")


def must_read(group: str, name: str) -> bytes:
    """A key without which this process cannot work; raises KeyUnavailable."""
    try:
        return keyring(group).read(name)
    except (KeyNotHeld, KeyringError) as wrong:
        raise KeyUnavailable(f"The key {name} of the group {group} cannot be read: {wrong}") from wrong


def identity_for(kind: str, key_id: str) -> str:
    """The age identity string of an intake or exchange key of this node.

    Raises KeyNotHeld when the key was destroyed, lost or never published, KeyUnavailable when it should be here.
    """
    name = f"{kind}/{key_id}.age"
    try:
        return keyring("worker").read(name).decode("ascii").strip()
    except KeyMissing as missing:
        key = PublishedKey.objects.filter(key_id=key_id, kind=kind, destroyed_at=None).first()
        # Withdrawn because it was lost, for instance in a restore; when its file is put back, it opens again.
        lost = key is not None and key.withdrawn_at is not None and FOLDER_AT_HAND in keyring("worker").names()
        if key is None or lost:
            raise KeyNotHeld(f"No {kind} key {key_id} is held here; it was destroyed, lost or never was.") from missing
        raise KeyUnavailable(f"The {kind} key {key_id} is published and not destroyed, but not here.") from missing
    except (KeyNotHeld, KeyringError) as wrong:
        raise KeyUnavailable(f"The {kind} key {key_id} cannot be read: {wrong}") from wrong
