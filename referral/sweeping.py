"""Removes what a crash, or a packet that was refused half-way, left in the evidence folder."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from backend.incidents.models import EvidenceItem
from backend.intake.sweeping import remove_unnamed
from referral.models import Packet


def remove_unnamed_evidence(folder: Path, *, at: datetime) -> int:
    """Remove the files of the evidence folder that a day later no item and no packet names; return how many."""
    return remove_unnamed(folder, _named, at=at)


def _named(names: Collection[str]) -> set[str]:
    found: set[str] = set()
    for rows in (EvidenceItem.objects.filter(stored_as__in=names), Packet.objects.filter(stored_as__in=names)):
        found |= set(rows.values_list("stored_as", flat=True))
    return found
