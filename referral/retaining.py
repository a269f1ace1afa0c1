"""What referrals have to do with how long an incident is kept: the States that they are with, and letters that run."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Count, Max, Q

from backend.incidents.periods import Ties
from referral.lifecycle import FINAL, REQUESTS
from referral.models import Referral


def ties_of(incidents: Collection[UUID]) -> Mapping[UUID, Ties]:
    """For each incident that a referral rests on: with which States, when last something moved, whether a letter runs.

    A letter runs from its draft until it is closed, withdrawn or ended otherwise. Two queries whatever their number.
    """
    runs = Q(letters__direction="out", letters__kind__in=REQUESTS) & ~Q(letters__stage__in=FINAL)
    rows = (
        Referral.objects.filter(incidents__in=incidents)
        .annotate(last=Max("letters__moved_at"), running=Count("letters", filter=runs))
        .values_list("pk", "other_state", "opened_at", "last", "running")
    )
    referrals = {pk: rest for pk, *rest in rows}
    found: dict[UUID, Ties] = {}
    links = Referral.incidents.through.objects.filter(incident__in=incidents, referral__in=referrals)
    for incident, referral in links.values_list("incident_id", "referral_id"):
        state, opened_at, last, running = referrals[referral]
        known = found.get(incident, Ties())
        found[incident] = Ties(
            known.states | {state},
            max(moment for moment in (known.moved_at, opened_at, last) if moment is not None),
            known.running or bool(running),
        )
    return found
