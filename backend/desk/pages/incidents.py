"""The list of incidents, the page of one, and what was quarantined instead."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from backend.accounts.acting import acting_in
from backend.accounts.models import User
from backend.audit import recording
from backend.audit.events import Event
from backend.desk.pages import classification
from backend.incidents import access, selectors
from backend.incidents.models import Incident
from crypto.keys import fingerprint_words
from referral.selectors import referrals_of
from referral.views.requests import page_of, paging, user_of


@require_safe
def incident_list(request: HttpRequest) -> HttpResponse:
    """The incidents, newest first."""
    page = page_of(request)
    lines = selectors.incident_list(user_of(request), at=timezone.now(), page=page)
    return render(request, "incidents/list.html", {"lines": lines} | paging(page, len(lines), full=selectors.PAGE))


@require_safe
def incident(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One incident as reported and classified; that it was read goes on record."""
    at, user = timezone.now(), user_of(request)
    found = access.incident_for(user, pk, at=at)
    _record_reading(found, user, at=at)
    page = selectors.incident_page(found)
    result = classification.read(page.classification)
    referrals = referrals_of(found)
    context = {
        "page": page,
        "pieces": classification.pieces(result, page.report.narrative),
        "offences": list(classification.offences(result, page.report.narrative)) if result else [],
        "warnings": result.warnings if result else (),
        "referrals": referrals,
        "exercise": any(line.exercise for line in referrals),
        "may_open": access.may(user, access.Action.OPEN_REFERRAL, at=at),
    }
    return render(request, "incidents/page.html", context)


@require_safe
def quarantine(request: HttpRequest) -> HttpResponse:
    """What could not be opened, or was not what it said to be: senders, sizes and reasons, never content."""
    rows = [
        {"submission": row, "words": fingerprint_words(row.sender)}
        for row in access.quarantined_for(user_of(request), at=timezone.now())
    ]
    return render(request, "quarantine.html", {"rows": rows})


def _record_reading(found: Incident, user: User, *, at: datetime) -> None:
    who = acting_in(user, access.PERMITTED[access.Action.READ], user.roles_at(at))
    with transaction.atomic():
        recording.record(Event.INCIDENT_READ, found, acting=who, at=at, detail={"reference": found.reference})
