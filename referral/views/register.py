"""The register: references of the law data that nobody has verified, and who confirmed them for this node."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.acting import acting_in
from backend.accounts.services import Person
from referral import access, register
from referral.forms.register import ConfirmProvision, WithdrawConfirmation
from referral.problems import REFUSALS, sentence
from referral.services.register import confirm_provision, law_on, withdraw_confirmation
from referral.views.requests import user_of

FORMS: dict[str, type[Form]] = {"confirm": ConfirmProvision, "withdraw": WithdrawConfirmation}


@require_safe
def law_sources(request: HttpRequest) -> HttpResponse:
    """States and instruments with the number of their references that wait."""
    states, instruments = register.source_list(user_of(request), at=timezone.now())
    return render(request, "law/sources.html", {"states": states, "instruments": instruments})


@require_safe
def law_source(request: HttpRequest, source: str) -> HttpResponse:
    """The references of one State or instrument."""
    page = register.source_page(user_of(request), source, at=timezone.now())
    return render(request, "law/source.html", {"page": page})


@require_safe
def provision(request: HttpRequest, source: str, digest: str) -> HttpResponse:
    """One reference: what the data say, and who confirmed it."""
    return _page(request, source, digest, at=timezone.now())


@require_POST
def provision_act(request: HttpRequest, source: str, digest: str, act: str) -> HttpResponse:
    """A person confirms what they saw, or withdraws a confirmation."""
    at, user = timezone.now(), user_of(request)
    if act not in FORMS:
        raise Http404
    access.require(user, access.Action.CONFIRM_LAW, at=at)
    who = acting_in(user, access.PERMITTED[access.Action.CONFIRM_LAW], user.roles_at(at))
    shown = register.provision_page(user, source, digest, at=at)
    form = FORMS[act](request.POST)
    if not form.is_valid():
        return _page(request, source, digest, forms={act: form}, at=at)
    try:
        _do(act, shown, form, who, at=at)
    except REFUSALS as refusal:
        return _page(request, source, digest, problem=sentence(refusal), at=at)
    done = _("The reference is confirmed for this node.") if act == "confirm" else _("The confirmation is withdrawn.")
    messages.success(request, done)
    return redirect("provision", source=source, digest=digest)


def _do(act: str, shown: register.ShownProvision, form: Form, who: Person, *, at: datetime) -> None:
    given, one = form.cleaned_data, shown.provision
    if act == "confirm":
        confirm_provision(one.source, one.digest, source_seen=given["source_seen"], acting=who, at=at)
    else:
        line = register.line_for(who.user, one, given["confirmation"], at=at)
        withdraw_confirmation(line, reason=given["reason"], acting=who, at=at)


def _page(
    request: HttpRequest,
    source: str,
    digest: str,
    *,
    forms: dict[str, Form] | None = None,
    problem: str = "",
    at: datetime,
) -> HttpResponse:
    user = user_of(request)
    shown = register.provision_page(user, source, digest, at=at)
    filled = forms or {}
    context: dict[str, Any] = {
        "shown": shown,
        "name": register.short_name(source, law_on(at)),
        "may_act": access.may(user, access.Action.CONFIRM_LAW, at=at),
        "confirm": filled.get("confirm") or ConfirmProvision(),
        "withdraw": filled.get("withdraw") or WithdrawConfirmation(),
        "form": next(iter(filled.values()), None),
        "problem": problem,
    }
    return render(request, "law/provision.html", context, status=400 if problem or filled else 200)
