"""What the law engine proposes for an incident, kept under its data key; tokens for the indicators found.

A proposal stands as it was made. Where the law data or the engine are others, a further proposal stands beside it.
"""

import json
import logging
import uuid
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import System
from backend.conventions import classification, versions
from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.indicators import extract_fields
from backend.incidents.columns import opened, sealed
from backend.incidents.models import Classification, Incident, Indicator
from backend.incidents.report import Report, parse_report
from backend.intake.queue import failure_name
from backend.vault import tokens
from backend.vault.columns import OpenDataKey, open_data_key

ENGINE = System("law engine")
log = logging.getLogger("comity.incidents")
# What failed once fails again with the same engine and data, and those change by a restart: once for a process.
_failed: set[uuid.UUID] = set()


def classify_incident(
    incident: Incident, report: Report, key: OpenDataKey, *, catalogue: Catalogue | None = None, at: datetime
) -> Classification:
    """Propose by the report's narrative and facts, index the indicators of narrative and fields; nothing rewritten.

    In the caller's transaction; IntegrityError where this engine proposed by these law data before.
    """
    law = catalogue or shipped()
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
    )
    result = json.dumps(found.to_json(), ensure_ascii=False).encode()
    row.result_ct = sealed(key, Classification, row.id, "result_ct", result)
    row.save(force_insert=True)
    indicators = (*found.indicators, *extract_fields(report, region=settings.COMITY.state))
    _index(incident, [(i.type, i.value) for i in indicators], key)
    detail = {"codes": ",".join(found.codes)[:1000], "engine": row.engine_version, "law": row.law_digest}
    recording.record(Event.INCIDENT_CLASSIFIED, incident, acting=ENGINE, at=at, detail=detail)
    return row


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
            key = open_data_key(incident.data_key)
            report = parse_report(opened(key, incident, "report_ct"))
            classify_incident(incident, report, key, catalogue=law, at=at)
    except IntegrityError:
        log.info("%s was classified by another worker at the same moment", incident.reference)
    except Exception as problem:
        _failed.add(incident.pk)
        log.error("%s was not classified anew: %s", incident.reference, failure_name(problem))
    return True


def _states(report: Report) -> list[str]:
    """The States whose statutes are looked up: this one, and those where something of it happened."""
    return list(dict.fromkeys([settings.COMITY.state, *(place.state for place in report.where if place.state)]))


def _index(incident: Incident, found: list[tuple[str, str]], key: OpenDataKey) -> None:
    """Add what is not indexed yet: an indicator once found stays, whatever a later engine makes of it."""
    kept = list(incident.indicators.order_by("position"))
    known = {(row.type, opened(key, row, "value_ct", row=f"{incident.id}/{row.position}").decode()) for row in kept}
    start = kept[-1].position + 1 if kept else 0
    added = [pair for pair in dict.fromkeys(found) if pair not in known]
    Indicator.objects.bulk_create(
        Indicator(
            incident=incident,
            type=kind,
            normalisation=tokens.NORMALISATION,
            token=token,
            value_ct=sealed(key, Indicator, f"{incident.id}/{position}", "value_ct", value.encode()),
            position=position,
        )
        for position, ((kind, value), token) in enumerate(zip(added, tokens.tokens_for(added), strict=True), start)
    )
