"""Where each intake and exchange key stands, for `comity keys list` and for whoever asks why one is still there."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from backend.directory.models import PublishedKey
from backend.intake.models import Submission
from backend.vault.ending import LATEST_ARRIVAL, key_files
from crypto.keyholder.keyring import FileKeyring

WAITING = (Submission.Stage.RECEIVED, Submission.Stage.QUARANTINED)


@dataclass(frozen=True)
class KeyState:
    """A key as the database has it, whether its private half is in the worker's folder, and what needs it."""

    key: PublishedKey
    held: bool
    received: int
    quarantined: int

    @property
    def gone(self) -> bool:
        """Whether it is destroyed, its file with it."""
        return self.key.destroyed_at is not None and not self.held

    def stands(self, *, at: datetime) -> str:
        """One phrase: from published to destroyed."""
        key, needs = self.key, self._needs()
        if key.destroyed_at is not None:
            return f"destroyed {key.destroyed_at:%Y-%m-%d}" + (", but its file is still here" if self.held else "")
        if key.withdrawn_at is not None:
            lost = "" if self.held else ", its file is lost"
            return f"withdrawn {key.withdrawn_at:%Y-%m-%d}{lost}, {needs}"
        if not self.held:
            return "its file is lost: run comity keys publish"
        if at < key.seal_from:
            return "to come"
        if at < key.seal_until:
            return f"sealed to until {key.seal_until:%Y-%m-%d}"
        if at < key.seal_until + LATEST_ARRIVAL:
            return f"accepted until {key.seal_until + LATEST_ARRIVAL:%Y-%m-%d}"
        return f"over since {key.seal_until + LATEST_ARRIVAL:%Y-%m-%d}, {needs}"

    def _needs(self) -> str:
        if self.received or self.quarantined:
            return f"kept for {self.received} submissions to open and {self.quarantined} in quarantine"
        return "to be destroyed by the next sweep"


def key_states(ring: FileKeyring) -> list[KeyState]:
    """Every published key, the oldest first."""
    files, needed = key_files(ring), _needed()
    return [
        KeyState(
            key,
            held=key.key_id in files,
            received=needed[key.key_id, Submission.Stage.RECEIVED],
            quarantined=needed[key.key_id, Submission.Stage.QUARANTINED],
        )
        for key in PublishedKey.objects.order_by("kind", "seal_from")
    ]


def unpublished(ring: FileKeyring) -> Mapping[str, str]:
    """Files that no row names, by key id: of a start that was cut off, or from another database."""
    files = key_files(ring)
    known = set(PublishedKey.objects.filter(key_id__in=files).values_list("key_id", flat=True))
    return {key_id: name for key_id, name in files.items() if key_id not in known}


def _needed() -> Counter[tuple[str, str]]:
    return Counter(Submission.objects.filter(stage__in=WAITING).values_list("key_id", "stage"))
