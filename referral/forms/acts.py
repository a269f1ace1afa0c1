"""What single acts on a letter need to know beside who acts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referral.forms.fields import DayField
from referral.letters.content import LegalReference
from referral.lifecycle import UrgencyGround
from referral.services.references import reference_label
from referral.words import GROUNDS


class SignUrgent(forms.Form):
    """The grounds on which one person signs alone."""

    grounds = forms.MultipleChoiceField(
        label=_("Why this cannot wait for a second person"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(ground.value, GROUNDS[ground]) for ground in UrgencyGround],
        error_messages={"required": _("Choose at least one ground.")},
        help_text=_("The second person, the translation and open references follow within three working days."),
    )

    def urgency(self) -> tuple[UrgencyGround, ...]:
        """The grounds chosen."""
        return tuple(UrgencyGround(ground) for ground in self.cleaned_data["grounds"])


class AnswerPreserved(forms.Form):
    """Until when which custodian keeps the data."""

    until = DayField(label=_("Preserved until"))
    custodian = forms.CharField(label=_("Custodian"), max_length=500)
    custodian_reference = forms.CharField(label=_("The custodian's reference, if any"), max_length=500, required=False)


class OverrideRisk(forms.Form):
    """A person of the authority answers for a finding, and says why."""

    rule = forms.ChoiceField(label=_("What speaks against the letter"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why the letter may go out all the same, or how it was mended after it went out. It is kept."),
    )

    def __init__(self, rules: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = list(rules)


class ConfirmReference(forms.Form):
    """A person saw the source of a reference that nobody had verified."""

    reference = forms.ChoiceField(label=_("Reference"))
    source_seen = forms.CharField(
        label=_("Source seen"),
        max_length=300,
        help_text=_("Where you read the provision itself: title, address, and the day of that version."),
    )

    def __init__(self, references: Sequence[LegalReference], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict.fromkeys(reference_label(reference) for reference in references)
        self.fields["reference"].choices = [(label, label) for label in labels]
