"""Confirming or overriding a classification: the form on the incident's page, and what becomes of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db import IntegrityError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.accounts.acting import acting_in
from backend.accounts.models import User
from backend.conventions.catalogue import shipped
from backend.incidents import access
from backend.incidents.deciding import MAX_REASON, NotDecided, decide
from backend.incidents.models import ClassificationDecision, Incident
from backend.incidents.selectors import IncidentPage
from referral.forms.fields import PassageField, offence_choices

MAY = access.PERMITTED[access.Action.DECIDE_CLASSIFICATION]


class Decide(forms.Form):
    """Which offences stand, and why. Proposal and earlier decision are those that the person saw."""

    offences = forms.MultipleChoiceField(
        label=_("Offences"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    added = forms.MultipleChoiceField(
        label=_("Further offences of the common list"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=(),
    )
    reason = PassageField(
        label=_("Reason"),
        rows=4,
        help_text=_("What in the file bears it out. It is kept encrypted, and no letter repeats it."),
        error_messages={"required": _("Write the reason; it stays with the decision.")},
    )
    proposal = forms.UUIDField(widget=forms.HiddenInput)
    replaces = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, page: IncidentPage, data: Any = None) -> None:
        standing = page.decisions[0].decision if page.decisions else None
        initial = {
            "offences": list(page.codes),
            "proposal": page.proposals[0].pk,
            "replaces": standing.pk if standing else None,
        }
        super().__init__(data, initial=initial, prefix="decision")
        named = dict.fromkeys([*page.codes, *page.proposals[0].codes])
        known = dict(offence_choices(shipped()))
        self.fields["offences"].choices = [(code, known.get(code, code)) for code in named]
        self.fields["added"].choices = [(code, label) for code, label in known.items() if code not in named]
        self.fields["reason"].max_length = MAX_REASON
        self.fields["reason"].widget.attrs["maxlength"] = MAX_REASON
        if not named:
            del self.fields["offences"]
            self.fields["added"].label = _("Offences of the common list")

    def clean_reason(self) -> str:
        """The reason, of a length that is kept."""
        words: str = self.cleaned_data["reason"]
        if len(words) > MAX_REASON:
            raise forms.ValidationError(
                gettext("The reason has %(got)d characters; write at most %(most)d.")
                % {"got": len(words), "most": MAX_REASON}
            )
        return words

    def codes(self) -> Sequence[str]:
        """What was chosen."""
        return [*self.cleaned_data.get("offences", ()), *self.cleaned_data["added"]]


def form_for(page: IncidentPage, user: User, *, at: datetime, data: Any = None) -> Decide | None:
    """The form, for those who may decide and where there is something to decide on; else None."""
    if not page.proposals or not access.may(user, access.Action.DECIDE_CLASSIFICATION, at=at):
        return None
    return Decide(page, data)


def take(form: Decide, incident: Incident, user: User, *, at: datetime) -> ClassificationDecision:
    """The decision that a valid form asks for; raises NotDecided with a sentence for the page."""
    chosen = form.cleaned_data
    proposal = incident.classifications.filter(pk=chosen["proposal"]).first()
    if proposal is None:
        raise NotDecided(_stale())
    replaces = _replaced(incident, chosen["replaces"])
    who = acting_in(user, MAY, user.roles_at(at))
    try:
        return decide(incident, proposal, form.codes(), chosen["reason"], replaces=replaces, acting=who, at=at)
    except IntegrityError as refusal:
        raise NotDecided(_stale()) from refusal


def _replaced(incident: Incident, pk: UUID | None) -> ClassificationDecision | None:
    if pk is None:
        return None
    found: ClassificationDecision | None = incident.decisions.filter(pk=pk).first()
    if found is None:
        raise NotDecided(_stale())
    return found


def _stale() -> str:
    return gettext("Somebody acted on this at the same moment, or it was done already; look at it again.")
