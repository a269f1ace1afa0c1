"""How intake and exchange keys end: withdrawn ahead of their time, destroyed when nothing needs them any more.

A private half is destroyed thirty days after seal-until, or when its key was withdrawn, and in both cases only when
every accepted submission that names it is opened or was given up on record. The database decides that in destroy_key(),
against accept() at the same moment. The file goes after the decision is on the disk: a crash between the two leaves a
file that nobody needs, which the next sweep removes, never a submission without its key.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting, System
from backend.directory.models import PublishedKey
from backend.vault.secrets import FOLDER_AT_HAND, keyring
from crypto.keyholder.keyring import FileKeyring, KeyringError

# How long after seal-until what was sealed in time may still arrive; the database's functions say the same.
LATEST_ARRIVAL = timedelta(days=30)
KINDS = tuple(PublishedKey.Kind.values)
_DRAFTS_KEPT = timedelta(days=1)
log = logging.getLogger("comity.vault")


def withdraw(keys: "QuerySet[PublishedKey]", *, reason: str, acting: Acting, at: datetime) -> int:
    """From now on nothing sealed to these keys is accepted, nor are they published; in the caller's transaction."""
    # In the order in which accept() holds them, so that neither waits for the other.
    live = list(keys.filter(destroyed_at=None, withdrawn_at=None).order_by("key_id").select_for_update())
    for key in live:
        key.withdrawn_at = at
        key.save(update_fields=["withdrawn_at"])
        recording.record(Event.KEY_WITHDRAWN, key, acting=acting, at=at, detail={"kind": key.kind, "reason": reason})
    return len(live)


def withdraw_lost(ring: FileKeyring, *, at: datetime) -> int:
    """Withdraw what the node can't open: after a restore, keys are in the database and in no folder.

    They are not destroyed: a file that is put back from a backup opens again what waits for it.
    """
    held = set(ring.names())
    if FOLDER_AT_HAND not in held:
        return 0  # The folder is not at hand at all: that says nothing about its keys.
    lost = [key.key_id for key in PublishedKey.objects.filter(destroyed_at=None) if file_name(key) not in held]
    return withdraw(PublishedKey.objects.filter(key_id__in=lost), reason="lost", acting=System("keys"), at=at)


def ended(*, at: datetime) -> "QuerySet[PublishedKey]":
    """The keys that may go as far as time is concerned, the earliest first."""
    over = Q(withdrawn_at__isnull=False) | Q(seal_until__lte=at - LATEST_ARRIVAL)
    return PublishedKey.objects.filter(over, destroyed_at=None).order_by("seal_until", "key_id")


def destroy_ended(*, at: datetime) -> int:
    """The worker's sweep: destroy every key that ended and that nothing needs, with its file; how many files went."""
    return len(destroy_keys(ended(at=at), keyring("worker"), acting=System("worker"), at=at))


def destroy_keys(keys: "QuerySet[PublishedKey]", ring: FileKeyring, *, acting: Acting, at: datetime) -> list[str]:
    """Destroy those of `keys` that may go, then every file of a destroyed key; the ids whose files went."""
    for key_id in list(keys.values_list("key_id", flat=True)):
        # One transaction each, on the disk before any file is touched: it waits for others, and holds up nobody long.
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SELECT destroy_key(%s, %s, %s, %s)", [key_id, at, acting.audit_role, acting.audit_id])
            if cursor.fetchone() == (True,):
                log.info("the key %s is destroyed", key_id)
    ring.remove_drafts(before=(at - _DRAFTS_KEPT).timestamp())
    return _remove_files(ring)


def _remove_files(ring: FileKeyring) -> list[str]:
    """Overwrite and remove the files of all keys that the database knows as destroyed."""
    files = key_files(ring)
    removed = []
    for key_id in PublishedKey.objects.filter(key_id__in=files, destroyed_at__isnull=False).values_list(
        "key_id", flat=True
    ):
        try:
            ring.destroy(files[key_id])
        except (KeyringError, OSError) as wrong:
            # It is tried again with the next sweep; `comity keys list` shows it until then.
            log.error("the file of the destroyed key %s could not be removed: %s", key_id, type(wrong).__name__)
        else:
            removed.append(key_id)
    return removed


def copy_keys(ring: FileKeyring, folder: Path) -> tuple[int, int]:
    """Bring the copy of the worker's keys in a folder up to date: add what is missing, destroy what is destroyed here.

    How many were added and destroyed. What is merely missing here is left in the copy: that is what it is for. Raises
    a CryptoError where the folder is open to others, or OSError.
    """
    copy = FileKeyring(folder)
    missing = sorted(set(ring.names()) - set(copy.names()))
    for name in missing:
        copy.write(name, ring.read(name))
    return len(missing), len(_remove_files(copy))


def file_name(key: PublishedKey) -> str:
    """The name of a key's private half in the worker's keyring."""
    return f"{key.kind}/{key.key_id}.age"


def key_files(ring: FileKeyring) -> dict[str, str]:
    """The intake and exchange keys that lie in the worker's keyring: key id and file name."""
    names = [name for name in ring.names() if name.startswith(tuple(f"{kind}/" for kind in KINDS))]
    return {name.partition("/")[2].removesuffix(".age"): name for name in names}
