"""Keys put back from a recovery kit. No Django and no database: this runs before the node does."""

from pathlib import Path

from crypto.keyholder.keyring import FileKeyring, KeyExists
from crypto.keyholder.recovery import open_kit


def restore_keys(home: Path, kit: bytes, identity: str) -> tuple[list[str], list[str]]:
    """Write the kit's keys into ``home``; the names written, and those left alone because they were there.

    Raises CannotOpen for another kit's identity, MalformedKey for none.
    """
    written, kept = [], []
    secrets = open_kit(kit, identity)
    home.parent.mkdir(parents=True, exist_ok=True)
    # One by one: `parents=True` leaves parents to the umask, and a node refuses folders that are open to others.
    for folder in (home, home / "keys"):
        folder.mkdir(mode=0o700, exist_ok=True)
    for name, secret in sorted(secrets.items()):
        group, _, file = name.partition("/")
        folder = home / "keys" / group
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            FileKeyring(folder).write(file, secret)
        except KeyExists:
            kept.append(name)
        else:
            written.append(name)
    return written, kept
