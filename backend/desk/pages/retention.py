"""The node's rules for how long incidents are kept, how long backups are, what is due, held, ordered and erased."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.acting import acting_in
from backend.accounts.services import Person
from backend.conventions.catalogue import shipped
from backend.incidents import access, erasing, retaining
from backend.incidents.access import PERMITTED, Action
from backend.incidents.models import BackupLifetime, Erasure, LegalHold, RetentionRule
from backend.incidents.models.retention import MAX_MONTHS
from backend.incidents.retaining import NotRetained
from referral.forms.fields import in_language, offence_choices
from referral.retaining import ties_of
from referral.views.requests import user_of

SOON = timedelta(days=60)
SHOWN = 100
ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "rule": Action.SET_RETENTION,
        "confirm": Action.SET_RETENTION,
        "end": Action.SET_RETENTION,
        "backups": Action.SET_BACKUPS,
    }
)
DONE: Mapping[str, Any] = MappingProxyType(
    {
        "rule": _("The rule is proposed; it counts once another person confirms it."),
        "confirm": _("The rule is in force. It erases nothing before thirty days from now."),
        "end": _("The rule has ended; what it covered is kept."),
        "backups": _("How long backups are kept is recorded."),
    }
)


class Rule(forms.Form):
    """A period for an offence in a State, and what it rests on."""

    state = forms.ChoiceField(label=_("State"))
    offence = forms.ChoiceField(label=_("Offence"), required=False)
    months = forms.IntegerField(
        label=_("Months"),
        min_value=1,
        max_value=MAX_MONTHS,
        required=False,
        help_text=_("Counted from the day on which last something came or moved. Leave it empty to keep without end."),
    )
    basis = forms.CharField(
        label=_("Provision that sets the period"),
        max_length=retaining.MAX_BASIS,
        help_text=_("The law or order as your office relies on it. No period is built in."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"state": settings.COMITY.state}, **kwargs)
        law = shipped()
        named = [(state.code, in_language(state.name)) for state in law.states()]
        self.fields["state"].choices = sorted(named, key=lambda choice: choice[1])
        self.fields["offence"].choices = [("", _("any other offence")), *offence_choices(law)]


class Chosen(forms.Form):
    """Which rule an act is about."""

    rule = forms.ModelChoiceField(queryset=RetentionRule.objects.all())


class Backups(forms.Form):
    """How long copies of the database live."""

    days = forms.IntegerField(
        label=_("Days until the last backup of a day is destroyed"),
        min_value=0,
        max_value=retaining.MAX_DAYS,
        help_text=_(
            "Dumps, copies of the database folder and of its write-ahead log, on every medium. 0: none is made."
        ),
    )


FORMS: Mapping[str, type[forms.Form]] = MappingProxyType(
    {"rule": Rule, "confirm": Chosen, "end": Chosen, "backups": Backups}
)
_Call = Callable[[Any, Person, datetime], object]
CALLS: Mapping[str, _Call] = MappingProxyType(
    {
        "rule": lambda given, who, at: retaining.make_rule(
            given["state"], given["offence"], given["months"], given["basis"], acting=who, at=at
        ),
        "confirm": lambda given, who, at: retaining.confirm_rule(given["rule"], acting=who, at=at),
        "end": lambda given, who, at: retaining.end_rule(given["rule"], acting=who, at=at),
        "backups": lambda given, who, at: retaining.set_backup_lifetime(given["days"], acting=who, at=at),
    }
)


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """Rules, backups, what comes due, what is held, ordered and erased: references and dates, no content."""
    return _page(request, at=timezone.now())


@require_POST
def act(request: HttpRequest, act: str) -> HttpResponse:
    """One act of one person; what refuses it is said on the page."""
    if act not in ACTIONS:
        raise Http404
    at, user = timezone.now(), user_of(request)
    access.require(user, ACTIONS[act], at=at)
    form = FORMS[act](request.POST)
    if not form.is_valid():
        return _page(request, form=form, act=act, at=at)
    who = acting_in(user, PERMITTED[ACTIONS[act]], user.roles_at(at))
    try:
        CALLS[act](form.cleaned_data, who, at)
    except NotRetained as refusal:
        return _page(request, form=form, act=act, problem=str(refusal), at=at)
    messages.success(request, DONE[act])
    return redirect("retention")


def _page(request: HttpRequest, *, form: Any = None, act: str = "", problem: str = "", at: datetime) -> HttpResponse:
    user = user_of(request)
    access.require(user, Action.SEE_RETENTION, at=at)
    rules = RetentionRule.objects.filter(ended_at=None).select_related("made_by", "confirmed_by")
    erasures = Erasure.objects.filter(refused_at=None).select_related("incident", "rule", "ordered_by", "approved_by")
    erased = erasures.filter(erased_at__isnull=False).order_by("-erased_at")[:SHOWN]
    said = erasing.lifetimes()
    context = {
        "rules": rules.filter(confirmed_at__isnull=False).order_by("state", "offence"),
        "proposed": rules.filter(confirmed_at=None).order_by("made_at"),
        "lifetime": BackupLifetime.objects.select_related("set_by").order_by("set_at", "pk").last(),
        "soon": list(islice(retaining.due(ties_of, at=at + SOON), SHOWN)),
        "ordered": erasures.filter(erased_at=None).order_by("ordered_at")[:SHOWN],
        "holds": LegalHold.objects.filter(lifted_at=None)
        .select_related("incident", "placed_by")
        .order_by("placed_at")[:SHOWN],
        "erased": [(one, erasing.complete_on(one.erased_at, said)) for one in erased],
        "now": at,
        "may_set": access.may(user, Action.SET_RETENTION, at=at),
        "may_set_backups": access.may(user, Action.SET_BACKUPS, at=at),
        "may_read": access.may(user, Action.READ, at=at),
        "rule_form": form if act == "rule" else Rule(auto_id="rule-%s"),
        "backups_form": form if act == "backups" else Backups(auto_id="backups-%s"),
        "form": form,
        "problem": problem,
    }
    return render(request, "retention.html", context, status=400 if problem or form is not None else 200)
