"""One incident's page of its period, holds and erasure, and the acts on them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.acting import acting_in
from backend.accounts.services import Person
from backend.incidents import access, erasing, holding, retaining
from backend.incidents.access import PERMITTED, Action
from backend.incidents.models import Erasure, Incident, LegalHold
from backend.incidents.periods import NO_TIES
from backend.incidents.remaining import remaining
from backend.incidents.retaining import NotRetained
from referral.forms.fields import PassageField
from referral.retaining import ties_of
from referral.selectors import referrals_of
from referral.views.requests import user_of

ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "hold": Action.PLACE_HOLD,
        "lift": Action.LIFT_HOLD,
        "order": Action.ORDER_ERASURE,
        "approve": Action.APPROVE_ERASURE,
        "refuse": Action.APPROVE_ERASURE,
        "take-back": Action.ORDER_ERASURE,
    }
)
DONE: Mapping[str, Any] = MappingProxyType(
    {
        "hold": gettext_lazy("The incident is held: it is not erased until every hold is lifted."),
        "lift": gettext_lazy("The hold is lifted."),
        "order": gettext_lazy("The erasure is ordered; another person approves it."),
        "approve": gettext_lazy("The erasure is approved; it is done in a moment, or when the last hold is lifted."),
        "refuse": gettext_lazy("The erasure is refused; the incident is kept."),
        "take-back": gettext_lazy("Your order is taken back; the incident is kept."),
    }
)


class Hold(forms.Form):
    """Why an incident must not be erased."""

    reason = PassageField(
        label=gettext_lazy("Reason of the hold"),
        rows=3,
        help_text=gettext_lazy("Which proceedings need it. It is kept encrypted, and erased with the incident."),
    )


class Lift(forms.Form):
    """Why a hold is not needed any more."""

    hold = forms.UUIDField(widget=forms.HiddenInput)
    reason = PassageField(label=gettext_lazy("Why it is not needed any more"), rows=3)


class Order(forms.Form):
    """On what an erasure before its time rests."""

    basis = forms.CharField(
        label=gettext_lazy("Order or provision that it rests on"),
        max_length=retaining.MAX_BASIS,
        help_text=gettext_lazy("It stands in the audit log in clear and outlives the data: write no names."),
    )


FORMS: Mapping[str, type[forms.Form]] = MappingProxyType({"hold": Hold, "lift": Lift, "order": Order})
_Call = Callable[[Incident, Any, Person, datetime], object]
CALLS: Mapping[str, _Call] = MappingProxyType(
    {
        "hold": lambda found, given, who, at: holding.place_hold(found, given["reason"], acting=who, at=at),
        "lift": lambda found, given, who, at: holding.lift_hold(
            _hold(found, given["hold"]), given["reason"], acting=who, at=at
        ),
        "order": lambda found, given, who, at: erasing.order_erasure(found, given["basis"], ties_of, acting=who, at=at),
        "approve": lambda found, given, who, at: erasing.approve_erasure(_order(found), ties_of, acting=who, at=at),
        "refuse": lambda found, given, who, at: erasing.refuse_erasure(_order(found), acting=who, at=at),
        "take-back": lambda found, given, who, at: erasing.refuse_erasure(_order(found), acting=who, at=at),
    }
)


@require_safe
def keeping(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For how long an incident is kept and why; once it is erased, when, and what is left of it."""
    at = timezone.now()
    return _page(request, access.incident_for(user_of(request), pk, at=at), at=at)


@require_POST
def act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """One act of one person; what refuses it is said on the page."""
    if act not in ACTIONS:
        raise Http404
    at, user = timezone.now(), user_of(request)
    found = access.incident_for(user, pk, action=ACTIONS[act], at=at)
    form = FORMS[act](request.POST) if act in FORMS else None
    if form is not None and not form.is_valid():
        return _page(request, found, form=form, act=act, at=at)
    who = acting_in(user, PERMITTED[ACTIONS[act]], user.roles_at(at))
    try:
        CALLS[act](found, form.cleaned_data if form else {}, who, at)
    except NotRetained as refusal:
        return _page(request, found, form=form, act=act, problem=str(refusal), at=at)
    messages.success(request, DONE[act])
    return redirect("keeping", pk=pk)


def kept(found: Incident) -> dict[str, Any]:
    """What a page says of how long an incident is kept: its period, None once erased, and whether a hold stands."""
    ties = ties_of([found.pk]).get(found.pk, NO_TIES)
    return {
        "period": None if found.erased else retaining.period_of(found, ties),
        "held": found.holds.filter(lifted_at=None).exists(),
    }


def _page(
    request: HttpRequest, found: Incident, *, form: Any = None, act: str = "", problem: str = "", at: datetime
) -> HttpResponse:
    user = user_of(request)
    order = erasing.standing_order(found)
    erased = found.data_key.destroyed_at
    context = {
        "incident": found,
        **kept(found),
        "holds": [(shown, _lifting(shown.hold, form)) for shown in holding.holds_of(found)],
        "order": order,
        "own_order": order is not None and order.ordered_by_id == user.pk,
        "complete_on": erasing.complete_on(erased) if erased else None,
        "now": at,
        "remaining": remaining(found) if erased else None,
        "referrals": referrals_of(found),
        "may": {name.replace("-", "_"): access.may(user, action, at=at) for name, action in ACTIONS.items()},
        "forms": {name: form if name == act else kind(auto_id=f"{name}-%s") for name, kind in FORMS.items()},
        "form": form,
        "problem": problem,
    }
    return render(request, "incidents/keeping.html", context, status=400 if problem or form is not None else 200)


def _lifting(hold: LegalHold, form: Any) -> Lift:
    """The form that lifts a hold: the one that was filled in, or an empty one of its own."""
    if isinstance(form, Lift) and form.data.get("hold") == str(hold.pk):
        return form
    return Lift(auto_id=f"lift-{hold.pk}-%s")


def _hold(found: Incident, pk: UUID) -> LegalHold:
    hold: LegalHold | None = found.holds.filter(pk=pk).first()
    if hold is None:
        raise NotRetained(_("There is no such hold on this incident; load the page again."))
    return hold


def _order(found: Incident) -> Erasure:
    order = erasing.standing_order(found)
    if order is None:
        raise NotRetained(_("Nobody has ordered the erasure of this incident."))
    return order
