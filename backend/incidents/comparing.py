"""What an incident shares with the others: found by tokens, weighed by what the reports say; nothing is kept here.

An indicator that very many incidents share says nothing of any two of them, and pairs of them would be without number:
it makes none, and is found by looking it up.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Count

from backend.incidents.columns import opened
from backend.incidents.likeness import Traits, signs, suggests, traits_of
from backend.incidents.models import Incident, Indicator
from backend.incidents.report import MalformedReport, Report, read_again
from backend.intake.queue import failure_name
from backend.vault.columns import open_data_key
from crypto.errors import CryptoError

# Incidents other than the one at hand that may have an indicator before it counts as one of everybody's.
HUB = 50
# Indicators of an incident that are compared, the latest first; the others are found by looking them up.
MOST_COMPARED = 1000
# Pairs that one comparison of an incident leaves; and of these, those whose reports are read for likeness.
MOST_RELATED, MOST_READ = 200, 20
log = logging.getLogger("comity.incidents")

_SHARING = """
WITH mine AS MATERIALIZED (
    SELECT DISTINCT due.id AS incident_id, latest.token FROM unnest(%s::uuid[]) AS due(id)
    CROSS JOIN LATERAL (
        SELECT token FROM incidents_indicator WHERE incident_id = due.id AND token IS NOT NULL
        ORDER BY position DESC LIMIT %s
    ) latest
)
SELECT mine.incident_id, others.ids FROM mine CROSS JOIN LATERAL (
    SELECT array_agg(near.incident_id) AS ids FROM (
        SELECT incident_id FROM incidents_indicator i
        WHERE i.token = mine.token AND i.incident_id <> mine.incident_id ORDER BY i.id DESC LIMIT %s
    ) near
) others WHERE cardinality(others.ids) <= %s
"""
_TELLING = """
SELECT own.incident_id, others.ids FROM incidents_comparison own CROSS JOIN LATERAL (
    SELECT array_agg(near.incident_id) AS ids FROM (
        SELECT incident_id FROM incidents_comparison c
        WHERE c.narrative_token = own.narrative_token AND c.incident_id <> own.incident_id LIMIT %s
    ) near
) others WHERE own.incident_id = ANY(%s) AND cardinality(others.ids) <= %s
"""


@dataclass(frozen=True)
class Pair:
    """What one incident shares with another, and what speaks for the two being one thing."""

    other: UUID
    shared: int
    signs: tuple[str, ...] = ()
    suggested: bool = False


def pairs_of(incidents: Sequence[UUID]) -> dict[UUID, list[Pair]]:
    """For each of these incidents those with which it shares most, at most MOST_RELATED; none where it shares nothing.

    A fixed number of statements whatever the number of incidents; for each indicator at most HUB + 1 rows are read.
    """
    found = _sharing(list(incidents))
    near = {incident: pairs[:MOST_READ] for incident, pairs in found.items()}
    traits = _traits({*near, *(pair.other for pairs in near.values() for pair in pairs)})
    return {
        incident: [_weighed(pair, traits.get(incident), traits.get(pair.other)) for pair in near[incident]]
        # Of those that share least no report is read: they are related, and nothing more is said of them.
        + pairs[MOST_READ:]
        for incident, pairs in found.items()
    }


def readable_reports(incidents: Iterable[UUID]) -> Iterator[tuple[UUID, Report]]:
    """The reports of the incidents, of those that were not erased. One that does not open holds up no other."""
    found = Incident.objects.filter(pk__in=list(incidents), data_key__destroyed_at=None)
    for incident in found.select_related("data_key").only("report_ct", "data_key"):
        try:
            yield incident.pk, read_again(opened(open_data_key(incident.data_key), incident, "report_ct"))
        except (CryptoError, MalformedReport) as closed:
            log.error("incident %s: its report cannot be read: %s", incident.pk, failure_name(closed))


def _sharing(incidents: list[UUID]) -> dict[UUID, list[Pair]]:
    shared: dict[UUID, dict[UUID, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SHARING, [incidents, MOST_COMPARED, HUB + 1, HUB])
        for incident, others in cursor.fetchall():
            counts = shared.setdefault(incident, {})
            for other in set(others):
                counts[other] = counts.get(other, 0) + 1
        cursor.execute(_TELLING, [HUB + 1, incidents, HUB])
        alike = {incident: set(others) for incident, others in cursor.fetchall()}
    named = {**shared, **alike}
    return {incident: _foremost(shared.get(incident, {}), alike.get(incident, set())) for incident in named}


def _foremost(shared: Mapping[UUID, int], alike: set[UUID]) -> list[Pair]:
    ranked = sorted({*shared, *alike}, key=lambda other: (other not in alike, -shared.get(other, 0), other))
    return [Pair(other, shared.get(other, 0)) for other in ranked[:MOST_RELATED]]


def _weighed(pair: Pair, one: Traits | None, other: Traits | None) -> Pair:
    if one is None or other is None:
        return pair
    found = signs(one, other, shared=pair.shared)
    return Pair(pair.other, pair.shared, tuple(sign.value for sign in found), suggests(found, one, other))


def _traits(incidents: set[UUID]) -> dict[UUID, Traits]:
    counted = Indicator.objects.filter(incident__in=incidents, token__isnull=False).values("incident")
    counts = dict(counted.annotate(count=Count("token", distinct=True)).values_list("incident", "count"))
    found = {}
    for incident, report in readable_reports(incidents):
        day = report.occurred_at.date() if report.occurred_at else None
        found[incident] = traits_of(
            report.narrative, report.losses, day, report.victims, indicators=counts.get(incident, 0)
        )
    return found
