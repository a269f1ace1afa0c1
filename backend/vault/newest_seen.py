"""The newest intake key that a device was shown by each node: nobody can lead it back to an older one.

Whoever takes over an edge, or the way to it, could go on showing a key whose private half was stolen, as long as its
statement lasts. A device that has seen a newer key of the node refuses. No Django here.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from backend.vault.trusted_card import IntakeKey, NotTrusted, TrustedCard
from backend.vault.writing import write_whole


class _Seen(msgspec.Struct, frozen=True):
    """By its statement: from when one may seal to it, and its id."""

    seal_from: datetime
    key_id: str


@dataclass(frozen=True)
class NewestSeen:
    """What a device remembers of nodes, in one small file: for each identity key the newest intake key."""

    path: Path

    @classmethod
    def beside(cls, device_key: Path) -> "NewestSeen":
        """Return the memory of the device whose key file this is."""
        return cls(device_key.with_name(f"{device_key.name}.seen"))

    def admit(self, key: IntakeKey, *, card: TrustedCard) -> IntakeKey:
        """Return the key, remembered from now on; raises NotTrusted when a newer one of this node was seen before.

        Two keys of one moment are never published: a second one counts as older. Raises OSError where the file cannot
        be written: a key that would be forgotten is not sealed to.
        """
        node = card.identity.fingerprint
        with _alone(self.path.parent):
            seen = self._read()
            newest = seen.get(node)
            if newest is not None and key.seal_from <= newest.seal_from and key.key_id != newest.key_id:
                raise NotTrusted(
                    f"The key that the node {card.node} shows is of {_instant(key.seal_from)}, but this device saw one "
                    f"of {_instant(newest.seal_from)} before; check this machine's clock, then ask the node's "
                    "administrator, by another way, whether the edge is theirs. Nothing was sealed."
                )
            if newest is None or newest.key_id != key.key_id:
                write_whole(self.path, msgspec.json.encode({**seen, node: _Seen(key.seal_from, key.key_id)}))
        return key

    def _read(self) -> dict[str, _Seen]:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=dict[str, _Seen])
        except FileNotFoundError:
            return {}
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise NotTrusted(
                f"{self.path}, where this device keeps which keys it saw, is damaged; compare today's key with the "
                "node's administrator, then remove the file."
            ) from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other commands of this device waiting: each reads before it writes."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
