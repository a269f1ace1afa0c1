"""Two incidents that may be reports of one thing, beside each other: a person confirms or dismisses it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.accounts.acting import acting_in
from backend.accounts.models import User
from backend.incidents import access, duplicates, related, selectors
from backend.incidents.deciding import MAX_REASON, NotDecided
from backend.incidents.duplicates import Outcome
from backend.incidents.models import Correlation, DuplicateDecision, Incident
from referral.forms.fields import PassageField
from referral.views.requests import user_of

ACTION = access.Action.DECIDE_DUPLICATE
OUTCOMES = (
    (Outcome.CONFIRMED, _("They report one thing")),
    (Outcome.DISMISSED, _("They are two things")),
)


class DecideDuplicate(forms.Form):
    """Whether the two are one thing, and why; `replaces` is the decision that the person saw."""

    outcome = forms.ChoiceField(
        label=_("The two incidents"),
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    reason = PassageField(
        label=_("Reason"),
        rows=4,
        help_text=_("It is kept encrypted, and no letter repeats it."),
        error_messages={"required": _("Write the reason; it stays with the decision.")},
    )
    replaces = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, standing: DuplicateDecision | None, data: Any = None) -> None:
        super().__init__(data, initial={"replaces": standing.pk if standing else None})
        self.fields["reason"].max_length = MAX_REASON
        self.fields["reason"].widget.attrs["maxlength"] = MAX_REASON


@require_http_methods(["GET", "HEAD", "POST"])
def duplicate(request: HttpRequest, pk: UUID, other: UUID) -> HttpResponse:
    """The page, and the decision; what refuses it is said there. That both were read goes on record."""
    at, user = timezone.now(), user_of(request)
    action = ACTION if request.method == "POST" else access.Action.READ
    incident = access.incident_for(user, pk, action=action, at=at)
    pair, found = related.suggestion_for(user, incident, other, action=action, at=at)
    standing = next(iter(related.standing_decisions([pair])), None)
    form = DecideDuplicate(standing, request.POST if request.method == "POST" else None)
    problem = ""
    if form.is_bound and form.is_valid():
        try:
            _take(form, pair, user, at=at)
        except NotDecided as refusal:
            problem = str(refusal)
        else:
            messages.success(request, _("Your decision is recorded; both incidents are kept."))
            return redirect("incident", pk=pk)
    return _page(request, (incident, found), pair, form, problem, at=at)


def _take(form: DecideDuplicate, pair: Correlation, user: User, *, at: datetime) -> None:
    chosen = form.cleaned_data
    replaces = pair.decisions.filter(pk=chosen["replaces"]).first() if chosen["replaces"] else None
    who = acting_in(user, access.PERMITTED[ACTION], user.roles_at(at))
    try:
        duplicates.decide_duplicate(
            pair, Outcome(chosen["outcome"]), chosen["reason"], replaces=replaces, acting=who, at=at
        )
    except IntegrityError as refusal:
        raise NotDecided(
            gettext("Somebody else decided since you loaded the page; read that decision before you decide.")
        ) from refusal


def _page(
    request: HttpRequest,
    both: tuple[Incident, Incident],
    pair: Correlation,
    form: DecideDuplicate,
    problem: str,
    *,
    at: datetime,
) -> HttpResponse:
    user = user_of(request)
    readable = [one for one in both if not one.erased]
    reader = acting_in(user, access.PERMITTED[access.Action.READ], user.roles_at(at))
    duplicates.record_comparing(both, acting=reader, at=at)
    decisions = duplicates.duplicate_decisions(pair)
    may = access.may(user, ACTION, at=at) and len(readable) == len(both)
    context = {
        "incident": both[0],
        "sides": [(one, selectors.read_report(one) if one in readable else None) for one in both],
        "pair": pair,
        "values": related.shared_values(*both) if both[0] in readable else (),
        "decisions": decisions,
        "form": form if may else None,
        "problem": problem,
    }
    return render(request, "incidents/duplicate.html", context, status=400 if form.is_bound else 200)
