"""The page on which an indicator is looked up, by POST: what stands in an address stands in logs and histories."""

from typing import Any

from django import forms
from django.db.models import BigIntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.accounts.acting import acting_in
from backend.conventions.catalogue import shipped
from backend.incidents import access, looking_up
from backend.incidents.comparing import HUB
from backend.vault.tokens import AskedTooOften
from referral.forms.fields import in_language, nothing
from referral.views.requests import user_of

MAY = access.PERMITTED[access.Action.LOOK_UP]


class Ask(forms.Form):
    """What is looked up."""

    text = forms.CharField(
        label=_("Indicator"),
        max_length=looking_up.LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("An address, number, account, wallet, name or hash, in any usual way of writing."),
        error_messages={"required": _("Write what you look for.")},
    )
    type = forms.ChoiceField(label=_("Type"), required=False, choices=())
    older = forms.IntegerField(
        required=False, min_value=1, max_value=BigIntegerField.MAX_BIGINT, widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        kinds = sorted(
            ((kind, in_language(label)) for kind, label in shipped().report_terms.indicators.items()),
            key=lambda one: one[1],
        )
        self.fields["type"].choices = nothing(_("As it is recognised")) + kinds

    def question(self) -> looking_up.Question:
        """What is asked, of a form that is valid."""
        asked = self.cleaned_data
        return looking_up.Question(asked["text"], asked["type"] or None, asked["older"])


@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """The form, and what was found; what keeps it from being looked up is said on the page."""
    at, user = timezone.now(), user_of(request)
    access.require(user, access.Action.LOOK_UP, at=at)
    form = Ask(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "hub": HUB, "page": looking_up.PAGE}
    if not form.is_bound:
        return render(request, "lookup.html", context)
    status = 400
    if form.is_valid():
        acting = acting_in(user, MAY, user.roles_at(at))
        try:
            context["answers"] = looking_up.look_up(form.question(), acting=acting, at=at)
            status = 200
        except looking_up.NotUnderstood as why:
            context["problem"] = str(why)
        except AskedTooOften as pause:
            context["problem"] = gettext(
                "You looked up as many indicators as one person may; nothing was looked up now, ask again in %(wait)d "
                "seconds."
            ) % {"wait": pause.wait}
            status = 429
    return render(request, "lookup.html", context, status=status)
