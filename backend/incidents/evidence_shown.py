"""What the evidence pages show: names, custody, releases. Nothing here comes near an item's content."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.accounts.models import User
from backend.incidents import access
from backend.incidents.custody import note_of
from backend.incidents.models import CustodyEvent, EvidenceItem, Release, ReleaseDecision
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
    """A release with its words: on which basis, and why it was approved or refused; no decision while it waits."""

    release: Release
    basis: str
    decision: ReleaseDecision | None
    reason: str
    used: bool


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
    ids = _listed((max(page, 1) - 1) * PAGE)
    rows = EvidenceItem.objects.select_related("incident", "data_key").prefetch_related("custody").in_bulk(ids)
    return shown_items([rows[pk] for pk in ids])


def _listed(start: int) -> list[UUID]:
    """A page of ids. By the events, which are numbered as they come: no list of all items is sorted for it."""
    received = CustodyEvent.objects.filter(act=CustodyEvent.Act.RECEIVED)
    ids = list(received.order_by("-pk").values_list("item_id", flat=True)[start : start + PAGE])
    if len(ids) < PAGE:
        awaited = EvidenceItem.objects.exclude(stage=EvidenceItem.Stage.RECEIVED).order_by("pk")
        first = max(start - received.count(), 0)
        ids += awaited.values_list("pk", flat=True)[first : first + PAGE - len(ids)]
    return ids


def releases_to_decide(user: User, *, at: datetime) -> tuple[ShownRelease, ...]:
    """The proposals that wait for a second person; Http404 without the right to see evidence."""
    access.require(user, access.Action.SEE_EVIDENCE, at=at)
    return tuple(map(_shown_release, waiting_releases()))


def item_page(item: EvidenceItem) -> ItemPage:
    """Everything that one item's page shows; the caller came through access.evidence_for."""
    events = item.custody.select_related("item__data_key", "opening", "release")
    releases = item.releases.select_related("item__data_key", "proposed_by", "decision__decided_by", "used_by")
    return ItemPage(
        shown=shown_items([item])[0],
        events=tuple(ShownEvent(row, "" if item.erased else note_of(row), hasattr(row, "opening")) for row in events),
        releases=tuple(_shown_release(row) for row in releases) if not item.erased else (),
        erased=item.erased,
    )


def _shown_release(row: Release) -> ShownRelease:
    decision = getattr(row, "decision", None)
    reason = reason_of(decision) if decision else ""
    return ShownRelease(row, basis_of(row), decision, reason, hasattr(row, "used_by"))
