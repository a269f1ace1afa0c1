"""What the evidence pages show: names, custody, releases. Nothing here comes near an item's content."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Min, Q

from backend.accounts.models import User
from backend.incidents import access
from backend.incidents.custody import note_of
from backend.incidents.models import CustodyEvent, EvidenceItem, Release
from backend.incidents.releasing import basis_of, reason_of, waiting_releases
from backend.incidents.selectors import ShownItem, shown_items

PAGE = 50


@dataclass(frozen=True)
class ShownEvent:
    """One act of custody, with what a reader said of the purpose; whether the content was opened on it."""

    event: CustodyEvent
    note: str
    opened: bool


@dataclass(frozen=True)
class ShownRelease:
    """A release with its words: on which basis, and why it was approved or refused."""

    release: Release
    basis: str
    reason: str
    used: bool

    @property
    def decision(self) -> Any:
        """What another person decided; None while it waits."""
        return getattr(self.release, "decision", None)


@dataclass(frozen=True)
class ItemPage:
    """All that the page of one item shows; ``erased`` when nothing under its data key can be read again."""

    shown: ShownItem
    events: tuple[ShownEvent, ...]
    releases: tuple[ShownRelease, ...]
    erased: bool


def evidence_list(user: User, *, at: datetime, page: int = 1) -> tuple[ShownItem, ...]:
    """A page of 50 items, those received last first, then those awaited; Http404 without the right to see them."""
    access.require(user, access.Action.SEE_EVIDENCE, at=at)
    start = (max(page, 1) - 1) * PAGE
    rows = (
        EvidenceItem.objects.select_related("incident", "data_key")
        .prefetch_related("custody")
        .annotate(received_at=Min("custody__at", filter=Q(custody__act=CustodyEvent.Act.RECEIVED)))
        .order_by(F("received_at").desc(nulls_last=True), "pk")
    )
    return shown_items(list(rows[start : start + PAGE]))


def releases_to_decide(user: User, *, at: datetime) -> tuple[ShownRelease, ...]:
    """The proposals that wait for a second person; Http404 without the right to see evidence."""
    access.require(user, access.Action.SEE_EVIDENCE, at=at)
    return tuple(_shown_release(row) for row in waiting_releases() if row.item.data_key.destroyed_at is None)


def item_page(item: EvidenceItem) -> ItemPage:
    """Everything that one item's page shows; the caller came through access.evidence_for."""
    erased = item.data_key.destroyed_at is not None
    events = item.custody.select_related("item__data_key", "opening", "release")
    releases = item.releases.select_related("item__data_key", "proposed_by", "decision__decided_by", "used_by")
    return ItemPage(
        shown=shown_items([item])[0],
        events=tuple(ShownEvent(row, "" if erased else note_of(row), hasattr(row, "opening")) for row in events),
        releases=tuple(_shown_release(row) for row in releases) if not erased else (),
        erased=erased,
    )


def _shown_release(row: Release) -> ShownRelease:
    decision = getattr(row, "decision", None)
    return ShownRelease(row, basis_of(row), reason_of(decision) if decision else "", hasattr(row, "used_by"))
