"""Fields that several forms share."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import get_language, get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from backend.conventions.catalogue import Catalogue, shipped

Choices = list[tuple[str, Any]]
INSTANT = "%Y-%m-%dT%H:%M:%S"


class PassageField(forms.CharField):
    """Several lines; browsers part them as CR LF, letters by LF alone."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 4, **named: Any) -> None:
        super().__init__(max_length=20_000, widget=forms.Textarea(attrs={"rows": rows}), **named)

    def to_python(self, value: Any) -> str:
        """The words with their line ends as LF."""
        found: str = super().to_python(value)
        return found.replace("\r\n", "\n").replace("\r", "\n")


class InstantField(forms.DateTimeField):
    """An instant in UTC, to the second: an IP address without one identifies nobody."""

    def __init__(self, **named: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format=INSTANT)
        super().__init__(widget=widget, input_formats=[INSTANT, "%Y-%m-%dT%H:%M"], **named)


class DayField(forms.DateField):
    """A day."""

    def __init__(self, **named: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **named)


def in_language(label: Any) -> str:
    """A label of the law data in the language of the page."""
    return str(label.in_language(get_language() or "en"))


def state_choices(own: str, catalogue: Catalogue) -> Choices:
    """Every other State of the data, by name."""
    named = [(state.code, in_language(state.name)) for state in catalogue.states() if state.code != own]
    return sorted(named, key=lambda choice: choice[1])


def measure_choices(catalogue: Catalogue) -> Choices:
    """Every measure in scope, in the order of the data, narrower ones indented below the wider."""
    return [
        (measure.id, "– " * _depth(measure.id, catalogue) + in_language(measure.label))
        for measure in catalogue.measures.values()
        if measure.in_scope
    ]


def offence_choices(catalogue: Catalogue) -> Choices:
    """The common list of offences."""
    return [(offence.code, in_language(offence.label)) for offence in catalogue.offences.values()]


def language_choices(codes: list[str]) -> Choices:
    """Languages by name."""
    return [(code, language_name(code)) for code in codes]


def language_name(code: str) -> str:
    """A language, named in the language of the page."""
    return gettext(get_language_info(code)["name"])


def nothing(label: Any) -> Choices:
    """The choice of nothing."""
    return [("", label)]


def _depth(measure_id: str, catalogue: Catalogue) -> int:
    return sum(1 for _ in _parents(measure_id, catalogue))


def _parents(measure_id: str, catalogue: Catalogue) -> Iterator[str]:
    parent = catalogue.measures[measure_id].parent
    while parent is not None:
        yield parent
        parent = catalogue.measures[parent].parent


CHOOSE = _("Choose")
NONE = _("None")


def shipped_measures() -> Choices:
    """The measures of the shipped data."""
    return measure_choices(shipped())
