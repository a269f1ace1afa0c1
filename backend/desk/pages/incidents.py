"""The list of incidents and the page of one."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.acting import acting_in
from backend.accounts.models import User
from backend.audit import recording
from backend.audit.events import Event
from backend.desk.pages import classification, deciding, stored
from backend.desk.pages.keeping import kept
from backend.desk.pages.sent_later import sent_later
from backend.incidents import access, selectors
from backend.incidents.deciding import NotDecided, Outcome
from backend.incidents.models import Incident
from backend.incidents.related import related_to, with_suggestion
from referral.selectors import referrals_of
from referral.views.requests import page_of, paging, user_of

DECIDED: Mapping[Outcome, Any] = MappingProxyType(
    {
        Outcome.CONFIRMED: _("The classification is confirmed as proposed."),
        Outcome.OVERRIDDEN: _("Your decision stands in place of the proposal; both are kept."),
    }
)


@require_safe
def incident_list(request: HttpRequest) -> HttpResponse:
    """The incidents, newest first."""
    page, at, user = page_of(request), timezone.now(), user_of(request)
    lines = selectors.incident_list(user, at=at, page=page)
    likely = with_suggestion(user, [line.incident.pk for line in lines], at=at)
    context = {"lines": lines, "likely": likely} | paging(page, len(lines), full=selectors.PAGE)
    return render(request, "incidents/list.html", context)


@require_safe
def incident(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One incident as reported and classified; that it was read goes on record."""
    at, user = timezone.now(), user_of(request)
    found = access.incident_for(user, pk, at=at)
    if found.erased:
        return redirect("keeping", pk=pk)
    page = selectors.incident_page(found)
    return _incident_page(request, page, deciding.form_for(page, user, at=at), at=at)


@require_POST
def decide_classification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person confirms or overrides the classification; what refuses it is said on the incident's page."""
    at, user = timezone.now(), user_of(request)
    found = access.incident_for(user, pk, action=access.Action.DECIDE_CLASSIFICATION, at=at)
    page = selectors.incident_page(found)
    form = deciding.form_for(page, user, at=at, data=request.POST)
    if form is None:
        raise Http404
    problem = ""
    if form.is_valid():
        try:
            decision = deciding.take(form, found, user, at=at)
        except NotDecided as refusal:
            # What the person saw is out of date: the page shows what is there now, and keeps their words.
            problem, page = str(refusal), selectors.incident_page(found)
        else:
            messages.success(request, DECIDED[Outcome(decision.outcome)])
            return redirect("incident", pk=pk)
    return _incident_page(request, page, form, problem=problem, at=at)


def _incident_page(
    request: HttpRequest,
    page: selectors.IncidentPage,
    form: deciding.Decide | None,
    *,
    problem: str = "",
    at: datetime,
) -> HttpResponse:
    """The incident as a page; 400 where it answers a decision that was not taken."""
    user = user_of(request)
    _record_reading(page.incident, user, at=at)
    result = stored.read(page.classification)
    referrals = referrals_of(page.incident)
    context = {
        "page": page,
        "sent": sent_later(page.whole, classification.pieces(result, page.report.narrative)),
        "offences": list(classification.offences(result, page.report.narrative)) if result else [],
        "unreadable": result is None,
        "warnings": classification.general_warnings(result) if result else (),
        "question": classification.question(result.next_question) if result else None,
        "standing": page.decisions[0] if page.decisions else None,
        "differs": _proposed_otherwise(page),
        "form": form,
        "problem": problem,
        "referrals": referrals,
        "related": related_to(page.incident, user, at=at),
        "exercise": any(line.exercise for line in referrals),
        **kept(page.incident),
        "may_open": access.may(user, access.Action.OPEN_REFERRAL, at=at),
    }
    refused = problem or (form is not None and form.is_bound)
    return render(request, "incidents/page.html", context, status=400 if refused else 200)


def _proposed_otherwise(page: selectors.IncidentPage) -> bool:
    """Whether the engine proposes since the decision what neither stands nor was proposed to who decided."""
    if not page.decisions:
        return False
    standing, newest = page.decisions[0].decision, set(page.proposals[0].codes)
    return newest not in (set(standing.codes), set(standing.proposal.codes))


def _record_reading(found: Incident, user: User, *, at: datetime) -> None:
    who = acting_in(user, access.PERMITTED[access.Action.READ], user.roles_at(at))
    with transaction.atomic():
        recording.record(Event.INCIDENT_READ, found, acting=who, at=at, detail={"reference": found.reference})
