"""Forms of the register of confirmed references."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ConfirmProvision(forms.Form):
    """Which source was seen."""

    source_seen = forms.CharField(
        label=_("Source seen"),
        max_length=300,
        help_text=_("Where you read the provision itself: title, address, and the day of that version."),
    )


class WithdrawConfirmation(forms.Form):
    """Why a confirmation counts no longer; which one comes with the button."""

    confirmation = forms.CharField(widget=forms.HiddenInput, max_length=36)
    reason = forms.CharField(
        label=_("Why it counts no longer"),
        max_length=300,
        help_text=_("Letters that were signed on it stay as they are."),
    )
