"""What the law engine proposes for an incident, kept under its data key; tokens for the indicators found.

A proposal stands as it was made. Where the law data or the engine are others, a further proposal stands beside it.
"""

import json
import logging
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.recording import NewEvent
from backend.audit.subjects import System
from backend.conventions import classification, versions
from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.dating import as_of
from backend.conventions.indicators import extract_fields
from backend.incidents.columns import indicator_of, indicator_place, sealed
from backend.incidents.models import Classification, Incident, Indicator
from backend.incidents.report import Report
from backend.incidents.whole import read_whole
from backend.intake.queue import failure_name
from backend.vault import tokens
from backend.vault.columns import OpenDataKey, open_data_key
from backend.vault.secrets import DataKeyDestroyed

ENGINE = System("law engine")
log = logging.getLogger("comity.incidents")
# What failed once fails again with the same engine and data, and those change by a restart: once for a process.
_failed: set[uuid.UUID] = set()


@dataclass(frozen=True)
class Proposal:
    """What the engine says of a report: the row, the indicators found, and its event. Nothing is saved yet."""

    row: Classification
    indicators: list[tuple[str, str]]
    told: NewEvent


def proposal_for(
    incident: Incident,
    report: Report,
    key: OpenDataKey,
    *,
    read_up_to: int = 0,
    catalogue: Catalogue | None = None,
    at: datetime,
) -> Proposal:
    """Classify by the report's narrative and facts, and find the indicators of narrative and fields.

    ``report`` is what stands of everything sent, ``read_up_to`` the position of the last that was sent later.
    """
    # The statutes are those of the day on which it is proposed.
    law = as_of(catalogue or shipped(), at.date())
    found = classification.classify(
        report.narrative,
        lang=report.language if report.language in law.cue_languages else None,
        facts={fact: answer for fact, answer in report.facts.items() if fact in law.facts},
        states=[state for state in _states(report) if state in law.state_codes],
        region=settings.COMITY.state,
        catalogue=law,
    )
    row = Classification(
        incident=incident,
        codes=list(found.codes),
        engine_version=versions.engine_version(),
        law_digest=versions.law_digest(law.folder),
        made_at=at,
        read_up_to=read_up_to,
    )
    result = json.dumps(found.to_json(), ensure_ascii=False).encode()
    row.result_ct = sealed(key, Classification, row.id, "result_ct", result)
    indicators = (*found.indicators, *extract_fields(report, region=settings.COMITY.state))
    detail = {"codes": ",".join(found.codes)[:1000], "engine": row.engine_version, "law": row.law_digest}
    told = NewEvent(Event.INCIDENT_CLASSIFIED, incident, ENGINE, detail)
    return Proposal(row, list(dict.fromkeys((i.type, i.value) for i in indicators)), told)


def classify_incident(
    incident: Incident,
    report: Report,
    key: OpenDataKey,
    *,
    read_up_to: int = 0,
    catalogue: Catalogue | None = None,
    at: datetime,
) -> Classification:
    """Propose for an incident and index its indicators; nothing rewritten.

    In the caller's transaction; IntegrityError where this engine proposed for the same by these law data before.
    """
    proposal = proposal_for(incident, report, key, read_up_to=read_up_to, catalogue=catalogue, at=at)
    proposal.row.save(force_insert=True)
    Indicator.objects.bulk_create(_not_indexed(incident, proposal.indicators, key))
    recording.record_all([proposal.told], at=at)
    return proposal.row


def propose_anew(*, catalogue: Catalogue | None = None, at: datetime) -> bool:
    """Propose for one incident, the newest first, that this engine has not classified by these law data.

    False when there is none. What a person confirmed stays as it stands, whatever is proposed beside it.
    """
    law = catalogue or shipped()
    done = Classification.objects.filter(
        engine_version=versions.engine_version(), law_digest=versions.law_digest(law.folder)
    )
    waiting = Incident.objects.exclude(pk__in=done.values("incident")).exclude(pk__in=_failed)
    incident = waiting.filter(data_key__destroyed_at=None).select_related("data_key").order_by("-received_at").first()
    if incident is None:
        return False
    try:
        with transaction.atomic():
            keep_others_from(incident)
            # Read under the lock: what was erased meanwhile gets no indicators again.
            incident.data_key.refresh_from_db()
            key = open_data_key(incident.data_key)
            whole = read_whole(incident, key=key)
            classify_incident(incident, whole.report, key, read_up_to=whole.read_up_to, catalogue=law, at=at)
    except IntegrityError:
        log.info("%s was classified by another worker at the same moment", incident.reference)
    except DataKeyDestroyed:
        log.info("%s was erased at the same moment", incident.reference)
    except Exception as problem:
        _failed.add(incident.pk)
        log.error("%s was not classified anew: %s", incident.reference, failure_name(problem))
    return True


def keep_others_from(incident: Incident) -> None:
    """Until the transaction ends nobody else adds to the incident, classifies it anew, holds or erases it.

    The lock is the one that the guards of retention take (migration 0006).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"retention {incident.pk}"])


def _states(report: Report) -> list[str]:
    """The States whose statutes are looked up: this one, and those where something of it happened."""
    return list(dict.fromkeys([settings.COMITY.state, *(place.state for place in report.where if place.state)]))


def _not_indexed(incident: Incident, found: list[tuple[str, str]], key: OpenDataKey) -> list[Indicator]:
    """The rows of what is not indexed yet: an indicator once found stays, whatever a later engine makes of it."""
    kept = list(incident.indicators.order_by("position"))
    known = {indicator_of(key, row) for row in kept}
    start = kept[-1].position + 1 if kept else 0
    return indicator_rows(incident, [pair for pair in found if pair not in known], key, start=start)


def indicator_rows(
    incident: Incident, found: list[tuple[str, str]], key: OpenDataKey, *, start: int = 0
) -> list[Indicator]:
    """The rows of indicators that the incident has not yet, from the position `start` on; nothing is saved."""
    return [
        Indicator(
            incident=incident,
            type=kind,
            normalisation=tokens.NORMALISATION,
            token=token,
            value_ct=sealed(key, Indicator, indicator_place(incident.id, position), "value_ct", value.encode()),
            position=position,
        )
        for position, ((kind, value), token) in enumerate(zip(found, tokens.tokens_for(found), strict=True), start)
    ]
