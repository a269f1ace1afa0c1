"""What pages and API show of incidents: decrypted for this request, kept nowhere."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from backend.accounts.models import User
from backend.incidents import access
from backend.incidents.columns import opened
from backend.incidents.models import Classification, CustodyEvent, EvidenceItem, Incident
from backend.incidents.report import Report, parse_report
from backend.vault.columns import open_data_key

PAGE = 50


@dataclass(frozen=True)
class IncidentLine:
    """One line of the list."""

    incident: Incident
    title: str
    codes: tuple[str, ...]
    evidence: int


@dataclass(frozen=True)
class ShownItem:
    """An evidence item with its name."""

    item: EvidenceItem
    name: str
    media_type: str
    plaintext_sha256: str
    custody: tuple[CustodyEvent, ...]


@dataclass(frozen=True)
class IncidentPage:
    """All that the page of one incident shows."""

    incident: Incident
    report: Report
    codes: tuple[str, ...]
    classification: Mapping[str, Any]
    indicators: tuple[tuple[str, str], ...]
    evidence: tuple[ShownItem, ...]


def incident_list(user: User, *, at: datetime, page: int = 1) -> list[IncidentLine]:
    """A page of 50 incidents, newest first; Http404 without the right to list them."""
    access.require(user, access.Action.LIST, at=at)
    start = (max(page, 1) - 1) * PAGE
    incidents = list(
        Incident.objects.select_related("unit", "data_key")
        .annotate(items=Count("evidence"))
        .defer("report_ct", "statement_ct")
        .order_by("-received_at")[start : start + PAGE]
    )
    newest: dict[object, Classification] = {}
    rows = Classification.objects.filter(incident__in=incidents).defer("result_ct").order_by("made_at")
    for row in rows:
        newest[row.incident_id] = row
    return [
        IncidentLine(
            incident,
            opened(open_data_key(incident.data_key), incident, "title_ct").decode(),
            tuple(newest[incident.id].codes) if incident.id in newest else (),
            incident.items,  # type: ignore[attr-defined]
        )
        for incident in incidents
    ]


def read_report(incident: Incident) -> Report:
    """The report as it was sealed."""
    return parse_report(opened(open_data_key(incident.data_key), incident, "report_ct"))


def newest_classification(incident: Incident) -> tuple[Classification, Mapping[str, Any]] | None:
    """The newest classification and its result, or None where there is none yet."""
    row = incident.classifications.order_by("-made_at").first()
    if row is None:
        return None
    return row, json.loads(opened(open_data_key(incident.data_key), row, "result_ct"))


def shown_items(items: "list[EvidenceItem]") -> tuple[ShownItem, ...]:
    """Items with their names and custody; three queries whatever their number."""
    keys: dict[object, Any] = {}
    shown = []
    for item in items:
        key = keys.setdefault(item.data_key_id, None) or open_data_key(item.data_key)
        keys[item.data_key_id] = key
        name, media_type, digest = (
            opened(key, item, column).decode() for column in ("name_ct", "media_type_ct", "plaintext_sha256_ct")
        )
        shown.append(ShownItem(item, name, media_type, digest, tuple(item.custody.all())))
    return tuple(shown)


def incident_page(incident: Incident) -> IncidentPage:
    """Everything that one incident's page shows; the caller came through access.incident_for."""
    key = open_data_key(incident.data_key)
    found = newest_classification(incident)
    items = list(incident.evidence.select_related("data_key").prefetch_related("custody").order_by("pk"))
    indicators = tuple(
        (row.type, opened(key, row, "value_ct", row=f"{incident.id}/{row.position}").decode())
        for row in incident.indicators.order_by("position")
    )
    return IncidentPage(
        incident=incident,
        report=read_report(incident),
        codes=tuple(found[0].codes) if found else (),
        classification=found[1] if found else {},
        indicators=indicators,
        evidence=shown_items(items),
    )
