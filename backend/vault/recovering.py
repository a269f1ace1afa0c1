"""Keys put back from a recovery kit. No Django and no database: this runs before the node does."""

from pathlib import Path

from crypto.keyholder.keyring import FileKeyring, KeyExists
from crypto.keyholder.recovery import open_kit


def restore_keys(home: Path, kit: bytes, identity: str) -> tuple[list[str], list[str]]:
    """Write the kit's keys into ``home``; the names written, and those left alone because they were there.

    Raises CannotOpen for another kit's identity, MalformedKey for none.
    """
    written, kept = [], []
    for name, secret in sorted(open_kit(kit, identity).items()):
        group, _, file = name.partition("/")
        folder = home / "keys" / group
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            FileKeyring(folder).write(file, secret)
        except KeyExists:
            kept.append(name)
        else:
            written.append(name)
    return written, kept
