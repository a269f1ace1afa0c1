"""Incidents are compared with the others as they arrive, and again when indicators come to them: the worker's part."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.recording import NewEvent
from backend.incidents.comparing import Pair, pairs_of, readable_reports
from backend.incidents.likeness import LEAST_WORDS, words_of
from backend.incidents.models import Comparison, Incident
from backend.incidents.setting_aside import MAX_ATTEMPTS, WORKER
from backend.intake.queue import claimed_many, ends_the_worker, failure_name
from backend.vault import tokens

# Incidents that share a transaction. The worst of them cost fifty thousand looks into an index each.
TOGETHER = 16
log = logging.getLogger("comity.incidents")

# In the order of the pairs, so that two workers who keep the same ones wait for each other instead of blocking.
_KEEP = """
INSERT INTO incidents_correlation AS kept (id, first_id, second_id, shared, signs, suggested, found_at)
SELECT gen_random_uuid(), first, second, shared, string_to_array(signs, ','), suggested, %s
FROM unnest(%s::uuid[], %s::uuid[], %s::int[], %s::text[], %s::bool[]) AS pair(first, second, shared, signs, suggested)
ORDER BY first, second
ON CONFLICT (first_id, second_id) DO UPDATE
    -- What was suggested stays so: a person may have decided on it.
    SET shared = EXCLUDED.shared, signs = EXCLUDED.signs, suggested = kept.suggested OR EXCLUDED.suggested
    WHERE (kept.shared, kept.signs) <> (EXCLUDED.shared, EXCLUDED.signs)
RETURNING first_id, second_id, suggested, xmax = 0
"""


def correlate_waiting(*, at: datetime, most: int = TOGETHER) -> int:
    """Compare up to `most` incidents that wait for it, in one transaction; how many, 0 when none is due.

    What fails in the shared transaction is compared alone: one incident holds up no other.
    """
    waiting = Comparison.objects.filter(waiting_since__isnull=False)
    with claimed_many(waiting, order="waiting_since", at=at, most=most) as due:
        # What was tried before may be what ends the worker: it is tried alone.
        left = [row for row in due if row.attempts > 1]
        try:
            compare([row.pk for row in due if row.attempts == 1], at=at)
        except Exception as problem:
            log.warning("incidents are compared one by one: %s", failure_name(problem))
            left = due
        for row in left:
            _compare_alone(row, at=at)
        return len(due)


def _compare_alone(row: Comparison, *, at: datetime) -> None:
    if ends_the_worker(row, most=MAX_ATTEMPTS):
        log.error("incident %s is not compared any more: the worker ended each time", row.pk)
        Comparison.objects.filter(pk=row.pk).update(waiting_since=None)
        return
    try:
        compare([row.pk], at=at)
    except Exception as problem:
        # It waits, longer each time; until then what it shares with others is found by looking it up.
        log.error("incident %s was not compared: %s on attempt %d", row.pk, failure_name(problem), row.attempts)


def compare(incidents: Sequence[UUID], *, at: datetime) -> None:
    """Compare incidents that wait with all others, and keep what is found."""
    if not incidents:
        return
    # Committed before anything is compared: of two who are compared at once, the later one sees the other's.
    _tell_narratives(incidents)
    with transaction.atomic():
        # Locked before anything is read: an indicator stored meanwhile waits, and wakes the row anew.
        rows = Comparison.objects.select_for_update().filter(pk__in=incidents, waiting_since__isnull=False)
        held = [row.pk for row in rows.order_by("pk")]
        _keep(pairs_of(held), at=at)
        Comparison.objects.filter(pk__in=held).update(waiting_since=None, attempts=0, not_before=None, compared_at=at)


def _tell_narratives(incidents: Sequence[UUID]) -> None:
    """Give each incident that has none yet the token of its narrative."""
    with transaction.atomic():
        # Locked before a report is read: an erasure takes the token away after this, or there is no report any more.
        without = Comparison.objects.select_for_update().filter(pk__in=incidents, narrative_token=None)
        told = []
        for incident, report in readable_reports(without.order_by("pk").values_list("pk", flat=True)):
            words = words_of(report.narrative)
            if len(words) >= LEAST_WORDS:
                told.append(Comparison(pk=incident, narrative_token=tokens.narrative_token(words)))
        Comparison.objects.bulk_update(told, ["narrative_token"])


def _keep(found: Mapping[UUID, Sequence[Pair]], *, at: datetime) -> None:
    """Keep the pairs, each once; the log is told how many are new for which incident."""
    comparing: dict[tuple[UUID, UUID], tuple[UUID, Pair]] = {}
    for incident, pairs in found.items():
        for pair in pairs:
            comparing.setdefault(_ordered(incident, pair.other), (incident, pair))
    if not comparing:
        return
    rows = [(*ends, pair.shared, ",".join(pair.signs), pair.suggested) for ends, (_, pair) in comparing.items()]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [at, *map(list, zip(*rows, strict=True))])
        kept = cursor.fetchall()
    counts: dict[UUID, list[bool]] = {}
    for first, second, suggested, new in kept:
        if new:
            counts.setdefault(comparing[first, second][0], []).append(suggested)
    incidents = Incident.objects.only("reference").filter(pk__in=counts).order_by("pk")
    recording.record_all([_told(incident, counts[incident.pk]) for incident in incidents], at=at)


def _told(incident: Incident, suggested: Sequence[bool]) -> NewEvent:
    detail = {"reference": incident.reference, "related": len(suggested), "suggested": sum(suggested)}
    return NewEvent(Event.INCIDENT_CORRELATED, incident, WORKER, detail)


def _ordered(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    return (one, other) if one < other else (other, one)
