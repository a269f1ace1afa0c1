"""What the law engine says of an incident, kept under its data key; tokens for the indicators found."""

import json
from datetime import datetime

from django.conf import settings

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import System
from backend.conventions import classification
from backend.conventions.catalogue import shipped
from backend.incidents.columns import sealed
from backend.incidents.models import Classification, Incident, Indicator
from backend.incidents.report import Report
from backend.vault import tokens
from backend.vault.columns import OpenDataKey

ENGINE = System("law engine")
# Raised with every change of the engine or its data that changes answers: a row says which one gave it.
ENGINE_VERSION = "1"


def classify_incident(incident: Incident, report: Report, key: OpenDataKey, *, at: datetime) -> Classification:
    """Classify by the report's narrative and facts, index its indicators; one further row, nothing rewritten."""
    law = shipped()
    found = classification.classify(
        report.narrative,
        lang=report.language if report.language in law.cue_languages else None,
        facts={fact: answer for fact, answer in report.facts.items() if fact in law.facts},
        states=[state for state in _states(report) if state in law.state_codes],
    )
    row = Classification(
        incident=incident,
        codes=list(found.codes),
        engine_version=ENGINE_VERSION,
        made_at=at,
        made_by="engine",
    )
    result = json.dumps(found.to_json(), ensure_ascii=False).encode()
    row.result_ct = sealed(key, Classification, row.id, "result_ct", result)
    row.save(force_insert=True)
    _index(incident, [(i.type, i.value) for i in found.indicators], key)
    recording.record(
        Event.INCIDENT_CLASSIFIED, incident, acting=ENGINE, at=at, detail={"codes": ",".join(found.codes)[:1000]}
    )
    return row


def _states(report: Report) -> list[str]:
    """The States whose statutes are looked up: this one, and those where something of it happened."""
    return list(dict.fromkeys([settings.COMITY.state, *(place.state for place in report.where if place.state)]))


def _index(incident: Incident, found: list[tuple[str, str]], key: OpenDataKey) -> None:
    found = list(dict.fromkeys(found))
    Indicator.objects.bulk_create(
        Indicator(
            incident=incident,
            type=kind,
            normalisation=tokens.NORMALISATION,
            token=token,
            value_ct=sealed(key, Indicator, f"{incident.id}/{position}", "value_ct", value.encode()),
            position=position,
        )
        for position, ((kind, value), token) in enumerate(zip(found, tokens.tokens_for(found), strict=True))
    )
