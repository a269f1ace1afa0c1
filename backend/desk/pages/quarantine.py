"""Quarantine: what did not open and why, and what persons do with it: try again, release, give up. Never content."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.acting import acting_in
from backend.accounts.services import Person
from backend.incidents import access, settling
from backend.incidents.access import PERMITTED, Action
from backend.intake.models import Submission
from crypto.keys import fingerprint_words
from referral.views.requests import user_of

GIVEN_UP_SHOWN = 50
ACTIONS: Mapping[str, Action] = MappingProxyType(
    {"retry": Action.RETRY_SUBMISSION, "release": Action.RELEASE_SUBMISSION, "give-up": Action.GIVE_UP_SUBMISSION}
)
_Call = Callable[[Submission, Any, Person, datetime], None]
CALLS: Mapping[str, _Call] = MappingProxyType(
    {
        "retry": lambda row, form, who, at: settling.retry(row, acting=who, at=at),
        "release": lambda row, form, who, at: settling.release(row, acting=who, at=at),
        "give-up": lambda row, form, who, at: settling.give_up(row, form.cleaned_data["because"], acting=who, at=at),
    }
)
DONE: Mapping[str, Any] = MappingProxyType(
    {
        "retry": _("It is tried again now; what still keeps it shows here in a moment."),
        "release": _("It is released and opened now, unless something else keeps it."),
        "give-up": _("It is given up, by you and for your reason; both are kept."),
    }
)


class GiveUp(forms.Form):
    """Why nobody will open it any more."""

    because = forms.CharField(
        label=_("Reason"),
        max_length=settling.MAX_REASON,
        help_text=_("It stands in the audit log in clear: write no names and nothing of the content."),
    )


@require_safe
def quarantine(request: HttpRequest) -> HttpResponse:
    """What could not be opened, or was not what it said to be: senders, sizes and reasons, never content."""
    return _page(request, at=timezone.now())


@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    """Try all again that one reason keeps, after what it names was mended."""
    at, user = timezone.now(), user_of(request)
    access.require(user, Action.RETRY_SUBMISSION, at=at)
    who = acting_in(user, PERMITTED[Action.RETRY_SUBMISSION], user.roles_at(at))
    count = settling.retry_all(request.POST.get("reason", "")[:300], acting=who, at=at)
    told = ngettext("%(n)d submission is tried again.", "%(n)d submissions are tried again.", count) % {"n": count}
    messages.success(request, told)
    return redirect("quarantine")


@require_POST
def act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """One act of one person on a submission; what refuses it is said on the page."""
    if act not in ACTIONS:
        raise Http404
    at, user = timezone.now(), user_of(request)
    found = access.quarantined_one_for(user, pk, action=ACTIONS[act], at=at)
    form = GiveUp(request.POST) if act == "give-up" else None
    if form is not None and not form.is_valid():
        return _page(request, form=form, about=found, at=at)
    try:
        CALLS[act](found, form, acting_in(user, PERMITTED[ACTIONS[act]], user.roles_at(at)), at)
    except settling.NotSettled as refusal:
        return _page(request, problem=str(refusal), at=at)
    messages.success(request, DONE[act])
    return redirect("quarantine")


def _page(
    request: HttpRequest,
    *,
    form: GiveUp | None = None,
    about: Submission | None = None,
    problem: str = "",
    at: datetime,
) -> HttpResponse:
    user = user_of(request)
    rows = [
        {
            "submission": row,
            "words": fingerprint_words(row.sender),
            "releasable": settling.may_be_released(row),
            "form": form if about is not None and about.pk == row.pk else GiveUp(auto_id=f"{row.pk}-%s"),
        }
        for row in access.quarantined_for(user, at=at)
    ]
    given_up = Submission.objects.filter(stage=Submission.Stage.GIVEN_UP).defer("sealed").order_by("-settled_at")
    context = {
        "rows": rows,
        "reasons": _reasons(),
        "given_up": given_up[:GIVEN_UP_SHOWN],
        "may": {act.replace("-", "_"): access.may(user, action, at=at) for act, action in ACTIONS.items()},
        "form": form,
        "problem": problem,
    }
    return render(request, "quarantine.html", context, status=400 if problem or form is not None else 200)


def _reasons() -> list[dict[str, Any]]:
    """The reasons that keep several submissions, the most frequent first."""
    kept = Submission.objects.filter(stage=Submission.Stage.QUARANTINED).values("quarantine_reason")
    return list(kept.annotate(count=Count("pk")).filter(count__gt=1).order_by("-count", "quarantine_reason")[:20])
