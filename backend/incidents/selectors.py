"""What pages and API show of incidents: decrypted for this request, kept nowhere."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.incidents import access
from backend.incidents.columns import indicator_of, opened
from backend.incidents.models import (
    Classification,
    ClassificationDecision,
    CustodyEvent,
    EvidenceItem,
    Incident,
)
from backend.incidents.report import Report
from backend.incidents.whole import Whole, later_on, read_whole
from backend.vault.columns import open_data_key, open_data_keys

PAGE = 50


@dataclass(frozen=True)
class IncidentLine:
    """One line of the list."""

    incident: Incident
    title: str
    codes: tuple[str, ...]
    evidence: int
    later: int = 0
    retracted: bool = False


@dataclass(frozen=True)
class ShownItem:
    """An evidence item with its name; of a sensitive one the plaintext digest is left out."""

    item: EvidenceItem
    name: str
    media_type: str
    plaintext_sha256: str
    custody: tuple[CustodyEvent, ...]


@dataclass(frozen=True)
class ShownDecision:
    """What a person decided on which proposal, and why."""

    decision: ClassificationDecision
    reason: str


@dataclass(frozen=True)
class IncidentPage:
    """All that the page of one incident shows.

    ``report`` is what stands of everything that was sent, ``whole`` has each part as it was sent. ``codes`` are those
    confirmed, or proposed where nobody has decided; ``classification`` is what the newest of the ``proposals`` found.
    ``decisions`` and proposals stand newest first: the first decision is the one that stands.
    """

    incident: Incident
    report: Report
    codes: tuple[str, ...]
    classification: Mapping[str, Any]
    proposals: tuple[Classification, ...]
    decisions: tuple[ShownDecision, ...]
    indicators: tuple[tuple[str, str], ...]
    evidence: tuple[ShownItem, ...]
    whole: Whole


def incident_list(user: User, *, at: datetime, page: int = 1) -> list[IncidentLine]:
    """A page of 50 incidents, newest first; Http404 without the right to list them."""
    access.require(user, access.Action.LIST, at=at)
    start = (max(page, 1) - 1) * PAGE
    incidents = list(
        Incident.objects.select_related("unit", "data_key")
        .defer("report_ct", "statement_ct")
        .order_by("-received_at")[start : start + PAGE]
    )
    ids = [incident.pk for incident in incidents]
    codes, sent_later = standing_codes(ids), later_on(ids)
    keys = open_data_keys(incident.data_key for incident in incidents)
    items = dict(EvidenceItem.objects.filter(incident__in=ids).values_list("incident").annotate(Count("pk")))
    return [
        IncidentLine(
            incident,
            "" if incident.erased else opened(keys[incident.data_key_id], incident, "title_ct").decode(),
            codes.get(incident.id, ()),
            items.get(incident.id, 0),
            *sent_later.get(incident.id, (0, False)),
        )
        for incident in incidents
    ]


def read_report(incident: Incident) -> Report:
    """What stands of the report and everything that was sent later."""
    return read_whole(incident).report


def standing_codes(incidents: Iterable[object]) -> dict[object, tuple[str, ...]]:
    """For ids of incidents the offence codes that stand: as decided, else as the engine proposed last; two queries."""
    ids = list(incidents)
    proposed = Classification.objects.filter(incident__in=ids).order_by("read_up_to", "made_at")
    decided = ClassificationDecision.objects.filter(incident__in=ids, replaced_by=None)
    rows = (*proposed.values_list("incident_id", "codes"), *decided.values_list("incident_id", "codes"))
    return {incident: tuple(codes) for incident, codes in rows}


def decisions_of(incident: Incident) -> tuple[ShownDecision, ...]:
    """Every decision on the incident, along the chain from the one that stands to the first."""
    key = open_data_key(incident.data_key)
    rows = {row.pk: row for row in incident.decisions.select_related("decided_by", "proposal")}
    replaced = {row.replaces_id for row in rows.values()}
    row = next((one for pk, one in rows.items() if pk not in replaced), None)
    shown = []
    while row is not None:
        shown.append(ShownDecision(row, opened(key, row, "reason_ct").decode()))
        row = rows.get(row.replaces_id)
    return tuple(shown)


def shown_items(items: "list[EvidenceItem]") -> tuple[ShownItem, ...]:
    """Items with their names, an erased one without, and custody; three queries whatever their number."""
    keys = open_data_keys(item.data_key for item in items)
    shown = []
    for item in items:
        if item.erased:
            shown.append(ShownItem(item, _("erased"), "", "", tuple(item.custody.all())))
            continue
        name, media_type, digest = (
            opened(keys[item.data_key_id], item, column).decode()
            for column in ("name_ct", "media_type_ct", "plaintext_sha256_ct")
        )
        told = "" if item.sensitive else digest
        shown.append(ShownItem(item, name, media_type, told, tuple(item.custody.all())))
    return tuple(shown)


def incident_page(incident: Incident) -> IncidentPage:
    """Everything that one incident's page shows; the caller came through access.incident_for."""
    key = open_data_key(incident.data_key)
    whole = read_whole(incident, key=key)
    proposals = tuple(incident.classifications.order_by(*Classification.NEWEST_FIRST))
    items = list(incident.evidence.select_related("data_key").prefetch_related("custody").order_by("pk"))
    indicators = tuple(indicator_of(key, row) for row in incident.indicators.order_by("position"))
    return IncidentPage(
        incident=incident,
        report=whole.report,
        codes=standing_codes([incident.pk]).get(incident.pk, ()),
        classification=json.loads(opened(key, proposals[0], "result_ct")) if proposals else {},
        proposals=proposals,
        decisions=decisions_of(incident),
        indicators=indicators,
        evidence=shown_items(items),
        whole=whole,
    )
