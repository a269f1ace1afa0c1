"""Opening a referral, and beginning a letter of it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.conventions.catalogue import shipped
from backend.directory.models import Authority
from backend.incidents.selectors import ShownItem
from referral.composing import Draft, DraftMeasure
from referral.forms.fields import (
    CHOOSE,
    NONE,
    Choices,
    language_choices,
    nothing,
    offence_choices,
    shipped_measures,
    state_choices,
)
from referral.letters.strings import languages
from referral.lifecycle import LetterKind
from referral.words import KINDS


class OpenReferral(forms.Form):
    """Whom to ask for what: enough to find the legal basis."""

    state = forms.ChoiceField(label=_("Requested State"))
    measure = forms.ChoiceField(label=_("Measure sought"))

    def __init__(self, own_state: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = nothing(CHOOSE) + state_choices(own_state, shipped())
        self.fields["measure"].choices = nothing(CHOOSE) + shipped_measures()


class NewLetter(forms.Form):
    """What a letter is, from whom to whom, in which languages, for what, about which offences, with which evidence."""

    kind = forms.ChoiceField(
        label=_("Kind of letter"),
        widget=forms.RadioSelect,
        choices=[(kind.value, KINDS[kind]) for kind in (LetterKind.PRESERVATION_REQUEST, LetterKind.REQUEST)],
    )
    from_authority = forms.ChoiceField(label=_("Authority that sends"))
    to_authority = forms.ChoiceField(label=_("Authority addressed"))
    authentic = forms.ChoiceField(label=_("Language of the authentic version"))
    translation = forms.ChoiceField(label=_("Language of the translation"), required=False)
    measure = forms.ChoiceField(label=_("Measure sought"))
    second_measure = forms.ChoiceField(label=_("Second measure"), required=False)
    offences = forms.MultipleChoiceField(
        label=_("Offences"),
        help_text=_("Those found in the incident are chosen already; a person decides."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    evidence = forms.MultipleChoiceField(
        label=_("Evidence that goes with the letter"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(
        self,
        *args: Any,
        senders: Sequence[Authority],
        addressees: Sequence[Authority],
        items: Sequence[ShownItem],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Choices] = {
            "from_authority": nothing(CHOOSE) + [(one.id, _titled(one)) for one in senders],
            "to_authority": nothing(CHOOSE) + [(one.id, _titled(one)) for one in addressees],
            "authentic": language_choices(sorted(languages())),
            "translation": nothing(NONE) + language_choices(sorted(languages())),
            "measure": nothing(CHOOSE) + shipped_measures(),
            "second_measure": nothing(NONE) + shipped_measures(),
            "offences": offence_choices(shipped()),
            "evidence": [(str(item.item.id), item.name) for item in items],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered
        if not items:
            del self.fields["evidence"]

    def draft(self) -> Draft:
        """What was chosen, as a draft without words yet."""
        chosen = self.cleaned_data
        measures = dict.fromkeys(filter(None, [chosen["measure"], chosen["second_measure"]]))
        return Draft(
            languages=tuple(dict.fromkeys(filter(None, [chosen["authentic"], chosen["translation"]]))),
            measures=tuple(DraftMeasure(measure=measure) for measure in measures),
            offences=tuple(chosen["offences"]),
        )


def _titled(authority: Authority) -> str:
    return f"EXERCISE – {authority.title}" if authority.exercise else authority.title
