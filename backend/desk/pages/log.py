"""The audit log as auditors and administrators see it: references, stages and times, never what was reported."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from backend.audit import selectors
from backend.audit.models import PendingEvent
from referral import access
from referral.views.requests import page_of, paging, user_of

PAGE = 100


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint and the events, newest first."""
    access.require(user_of(request), access.Action.SEE_LOG, at=timezone.now())
    page = page_of(request)
    start = (page - 1) * PAGE
    events = list(selectors.events()[start : start + PAGE])
    context = {
        "events": events,
        "checkpoint": selectors.newest_checkpoint(),
        "waiting": PendingEvent.objects.count(),
    }
    return render(request, "audit.html", context | paging(page, len(events), full=PAGE))
