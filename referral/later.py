"""What units sent later on the incidents of a referral: whoever drafts or signs a letter should have read it."""

from dataclasses import dataclass
from datetime import datetime

from backend.incidents.models import Incident, Supplement
from backend.incidents.whole import later_on
from referral.models import Referral


@dataclass(frozen=True)
class SentSince:
    """An incident on which something was sent later: how much, since when, and whether the report is withdrawn."""

    incident: Incident
    count: int
    retracted: bool
    last_at: datetime


def sent_since(referral: Referral, since: datetime | None = None) -> tuple[SentSince, ...]:
    """The incidents of a referral on which something was received later, after ``since`` where it is given.

    A withdrawn report is named whenever it was withdrawn. Three queries, nothing decrypted.
    """
    incidents = referral.incidents.defer("title_ct", "report_ct", "statement_ct")
    return _sent(list(incidents.order_by("received_at")), since)


def sent_on(incident: Incident) -> tuple[SentSince, ...]:
    """The same of one incident, before a referral is opened on it."""
    return _sent([incident], None)


def _sent(incidents: list[Incident], since: datetime | None) -> tuple[SentSince, ...]:
    sent = later_on(incident.pk for incident in incidents)
    rows = Supplement.objects.filter(incident__in=list(sent)).order_by("position")
    times: dict[object, list[datetime]] = {}
    for pk, received_at in rows.values_list("incident_id", "received_at"):
        times.setdefault(pk, []).append(received_at)
    found = []
    for incident in incidents:
        later = [at for at in times.get(incident.pk, []) if since is None or at > since]
        retracted = sent[incident.pk][1] if incident.pk in sent else False
        if later or retracted:
            found.append(SentSince(incident, len(later), retracted, times[incident.pk][-1]))
    return tuple(found)
