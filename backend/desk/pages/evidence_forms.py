"""The forms of the evidence pages: reading an item, proposing the release of a sensitive one, deciding on it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.accounts.services import Person
from backend.incidents import parties
from backend.incidents.custody import MAX_NOTE, Purpose
from backend.incidents.releasing import MAX_WORDS, Outcome
from referral.forms.fields import PassageField

TO_ME = "me"


class Read(forms.Form):
    """For which purpose, and why."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=[("", _("Choose one")), *Purpose.choices])
    note = PassageField(
        label=_("Why you read it"),
        rows=3,
        help_text=_("It is kept encrypted in the chain of custody, with your name and the time."),
        error_messages={"required": _("Write why you read the item; it stays in the chain of custody.")},
    )

    def clean_note(self) -> str:
        """The words, of a length that is kept."""
        return _bounded(self.cleaned_data["note"], MAX_NOTE)


class ProposeRelease(forms.Form):
    """To whom, and on which basis."""

    to = forms.ChoiceField(label=_("To whom"), choices=())
    basis = PassageField(
        label=_("Basis"),
        rows=3,
        help_text=_("The law, order or consent by which the material may leave. It is kept encrypted."),
        error_messages={"required": _("Write the basis; without one nothing of this kind leaves.")},
    )

    def __init__(self, letters: Sequence[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data, prefix="release")
        self._nodes = dict(letters)
        named = [
            (reference, gettext("With letter %(letter)s, to node %(node)s") % {"letter": reference, "node": node})
            for reference, node in letters
        ]
        self.fields["to"].choices = [("", _("Choose one")), *named, (TO_ME, _("To me, as a download"))]

    def clean_basis(self) -> str:
        """The words, of a length that is kept."""
        return _bounded(self.cleaned_data["basis"], MAX_WORDS)

    def destination(self, who: Person) -> tuple[str, str]:
        """Where to, in the words of custody, and the letter's reference."""
        to = self.cleaned_data["to"]
        return (parties.person(who.audit_id), "") if to == TO_ME else (parties.node(self._nodes[to]), to)


class DecideRelease(forms.Form):
    """What another person decides, and why."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=Outcome.choices, widget=forms.RadioSelect)
    reason = PassageField(
        label=_("Reason"),
        rows=3,
        help_text=_("It is kept encrypted, with your name and the time."),
        error_messages={"required": _("Write the reason; it stays with the decision.")},
    )

    def clean_reason(self) -> str:
        """The words, of a length that is kept."""
        return _bounded(self.cleaned_data["reason"], MAX_WORDS)


def _bounded(words: str, most: int) -> str:
    if len(words) > most:
        raise forms.ValidationError(
            gettext("There are %(got)d characters; write at most %(most)d.") % {"got": len(words), "most": most}
        )
    return words
