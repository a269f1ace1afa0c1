"""The words of a draft, field by field and language by language."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.conventions.catalogue import shipped
from backend.conventions.legal_basis.answer import Requirement
from referral.composing import Draft, DraftMeasure
from referral.forms.fields import InstantField, PassageField, in_language, language_name
from referral.letters.content import Custodian, DataItem, Period, Urgency
from referral.letters.fields import AS_PARTICULARS
from referral.letters.strings import sentences
from referral.words import DATA_KINDS

BLANK_ROWS = 3
PARTICULARS = frozenset(field for section in AS_PARTICULARS.values() for field in section)


@dataclass(frozen=True)
class Section:
    """A part of the form under its own heading."""

    heading: Any
    names: tuple[str, ...]
    layout: str = "pairs"


class EditDraft(forms.Form):
    """A form over one draft; ``required`` are the letter fields that basis and practice ask for.

    ``offered`` are further ones, in which something that speaks against the letter can be mended.
    """

    def __init__(
        self,
        draft: Draft,
        required: Sequence[Requirement],
        *args: Any,
        offered: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.base_draft = draft
        self.required = {one.field: one for one in required}
        self.offered = offered
        self._sections: list[Section] = []
        self._facts()
        for number, sought in enumerate(draft.measures, start=1):
            self._measure(f"m{number}", sought)
        for code in draft.offences:
            self._offence(code)
        self._particulars()
        self._execution()

    @property
    def sections(self) -> Iterator[tuple[Section, list[BoundField]]]:
        """Sections with their fields, in the order of the letter."""
        return ((section, [self[name] for name in section.names]) for section in self._sections)

    def clean(self) -> dict[str, Any]:
        """Refuses half of something: a time without its other end, urgency without a reason."""
        given: dict[str, Any] = super().clean() or {}
        for number in range(1, len(self.base_draft.measures) + 1):
            start, end = given.get(f"m{number}-start"), given.get(f"m{number}-end")
            if bool(start) != bool(end):
                self.add_error(f"m{number}-end", _("A time has two ends; give both, or none."))
            elif start and end and end <= start:
                self.add_error(f"m{number}-end", _("The end must be later than the beginning."))
        first = f"urgency-{self.base_draft.languages[0]}"
        if (given.get("deadline") or given.get("life_at_risk")) and not self._texts("urgency"):
            self.add_error(first, _("Say why it is urgent."))
        return given

    def draft(self) -> Draft:
        """The draft as written on; what the form does not show is kept."""
        old = self.base_draft
        return msgspec.structs.replace(
            old,
            measures=tuple(self._sought(f"m{number}", sought) for number, sought in enumerate(old.measures, start=1)),
            summary_of_facts=self._texts("facts"),
            urgency=self._urgency(),
            confidentiality_reason=self._texts("confidentiality"),
            use_limitation=self._texts("use_limitation"),
            undertakings=tuple(filter(None, (self._texts(f"undertaking{number}") for number in self._undertakings()))),
            penalties=self._by_code("penalty"),
            provision_texts=self._by_code("provision"),
            particulars={field: text for field in self._stated() if (text := self._texts(f"particular-{field}"))},
        )

    # What the form is made of

    def _facts(self) -> None:
        with_help = self._hint("facts-summary")
        names = self._add_texts("facts", _("Summary of facts"), self.base_draft.summary_of_facts, 8, with_help)
        self._sections.append(Section(_("Summary of facts"), names))

    def _measure(self, prefix: str, sought: DraftMeasure) -> None:
        title = in_language(shipped().measure(sought.measure).label)
        custodian = sought.custodian
        names = self._add_texts(f"{prefix}-description", _("What is asked for"), sought.description, 3)
        names += self._add_line(f"{prefix}-custodian", _("Custodian"), custodian.name if custodian else "")
        names += self._add_line(
            f"{prefix}-address", _("The custodian's address"), (custodian.address or "") if custodian else ""
        )
        reason = custodian.reason if custodian else None
        names += self._add_texts(f"{prefix}-reason", _("Why the custodian is believed to hold the data"), reason, 2)
        period = sought.period
        names += self._add_instant(f"{prefix}-start", _("From (UTC)"), period.start if period else None)
        names += self._add_instant(f"{prefix}-end", _("Until, exclusive (UTC)"), period.end if period else None)
        self._sections.append(Section(title, names))
        rows: tuple[str, ...] = ()
        for row, item in enumerate((*sought.data, *[None] * BLANK_ROWS), start=1):
            rows += self._data_row(f"{prefix}-d{row}", row, item)
        heading = gettext("Data concerned: %(measure)s") % {"measure": title}
        self._sections.append(Section(heading, rows, layout="triples"))

    def _data_row(self, prefix: str, row: int, item: DataItem | None) -> tuple[str, ...]:
        number = gettext("Data %(row)d") % {"row": row}
        kinds = list(DATA_KINDS.items())
        if item and item.kind not in DATA_KINDS:
            kinds.append((item.kind, item.kind))
        self.fields[f"{prefix}-kind"] = forms.ChoiceField(
            label=gettext("%(data)s: kind") % {"data": number},
            choices=kinds,
            initial=item.kind if item else "account",
            required=False,
        )
        names = (f"{prefix}-kind",)
        names += self._add_line(
            f"{prefix}-value", gettext("%(data)s: identifier") % {"data": number}, item.value if item else ""
        )
        return names + self._add_instant(
            f"{prefix}-at", gettext("%(data)s: at (UTC)") % {"data": number}, item.at if item else None
        )

    def _offence(self, code: str) -> None:
        title = in_language(shipped().offence(code).label)
        draft = self.base_draft
        names = self._add_texts(f"provision-{code}", _("Words of the provision"), draft.provision_texts.get(code), 4)
        for language in draft.languages:
            name = f"penalty-{code}-{language}"
            label = self._in(_("Maximum penalty"), language)
            names += self._add_line(name, label, (draft.penalties.get(code) or {}).get(language, ""))
        self._sections.append(Section(title, names))

    def _particulars(self) -> None:
        names: tuple[str, ...] = ()
        for field in self._stated():
            label, given = sentences("en").get(f"field-{field}", field), self.base_draft.particulars.get(field)
            names += self._add_texts(f"particular-{field}", label, given, 2, self._hint(field))
        if names:
            self._sections.append(Section(_("Further statements"), names))

    def _execution(self) -> None:
        draft, urgency = self.base_draft, self.base_draft.urgency
        names = self._add_texts("urgency", _("Urgency and its reason"), urgency.reason if urgency else None, 2)
        names += self._add_instant(
            "deadline", _("An answer is of use until (UTC)"), urgency.deadline if urgency else None
        )
        self.fields["life_at_risk"] = forms.BooleanField(
            label=_("Life is at risk"), required=False, initial=bool(urgency and urgency.life_at_risk)
        )
        names += ("life_at_risk",)
        names += self._add_texts(
            "confidentiality", _("Confidentiality and its reason"), draft.confidentiality_reason, 2
        )
        names += self._add_texts("use_limitation", _("Use limitation"), draft.use_limitation, 2)
        for number in self._undertakings():
            given = draft.undertakings[number - 1] if number <= len(draft.undertakings) else None
            names += self._add_texts(f"undertaking{number}", _("Undertaking"), given, 2)
        self._sections.append(Section(_("Urgency, confidentiality, undertakings"), names))

    # What was written

    def _sought(self, prefix: str, old: DraftMeasure) -> DraftMeasure:
        given = self.cleaned_data
        name = given[f"{prefix}-custodian"]
        custodian = (
            Custodian(name=name, address=given[f"{prefix}-address"] or None, reason=self._texts(f"{prefix}-reason"))
            if name
            else None
        )
        start, end = given[f"{prefix}-start"], given[f"{prefix}-end"]
        return msgspec.structs.replace(
            old,
            description=self._texts(f"{prefix}-description"),
            custodian=custodian,
            period=Period(start=start, end=end) if start and end else None,
            data=tuple(self._items(prefix, old)),
        )

    def _items(self, prefix: str, old: DraftMeasure) -> Iterator[DataItem]:
        for row in range(1, len(old.data) + BLANK_ROWS + 1):
            kind, value, at = (self.cleaned_data[f"{prefix}-d{row}-{part}"] for part in ("kind", "value", "at"))
            if not value:
                continue
            earlier = old.data[row - 1] if row <= len(old.data) else DataItem(kind=kind, value=value)
            zone = earlier.time_zone if earlier.at == at else ("UTC" if at else None)
            yield msgspec.structs.replace(earlier, kind=kind, value=value, at=at, time_zone=zone)

    def _urgency(self) -> Urgency | None:
        reason = self._texts("urgency")
        if reason is None:
            return None
        given = self.cleaned_data
        return Urgency(reason=reason, deadline=given["deadline"], life_at_risk=given["life_at_risk"])

    def _texts(self, name: str) -> dict[str, str] | None:
        found = {code: self.cleaned_data.get(f"{name}-{code}", "") for code in self.base_draft.languages}
        return {code: text for code, text in found.items() if text} or None

    def _by_code(self, name: str) -> dict[str, dict[str, str]]:
        return {code: text for code in self.base_draft.offences if (text := self._texts(f"{name}-{code}"))}

    # Single fields

    def _undertakings(self) -> range:
        return range(1, len(self.base_draft.undertakings) + 2)

    def _stated(self) -> list[str]:
        """The particulars that the letter has, or is asked for, in writing order."""
        wanted = {*self.base_draft.particulars, *self.required, *self.offered} & PARTICULARS
        return [field for section in AS_PARTICULARS.values() for field in section if field in wanted]

    def _hint(self, field: str) -> str:
        asked = self.required.get(field)
        if asked is None:
            return ""
        mandatory = gettext("Mandatory") if asked.obligatory else gettext("Customary")
        return f"{mandatory}: {asked.text}"

    def _add_texts(
        self, name: str, label: Any, given: Mapping[str, str] | None, rows: int, hint: str = ""
    ) -> tuple[str, ...]:
        for language in self.base_draft.languages:
            field = PassageField(
                label=self._in(label, language),
                rows=rows,
                required=False,
                initial=(given or {}).get(language, ""),
                help_text=hint,
            )
            field.widget.attrs["lang"] = language
            self.fields[f"{name}-{language}"] = field
        return tuple(f"{name}-{language}" for language in self.base_draft.languages)

    def _add_line(self, name: str, label: Any, given: str) -> tuple[str, ...]:
        self.fields[name] = forms.CharField(label=label, max_length=500, required=False, initial=given)
        return (name,)

    def _add_instant(self, name: str, label: Any, given: Any) -> tuple[str, ...]:
        self.fields[name] = InstantField(label=label, required=False, initial=given)
        return (name,)

    def _in(self, label: Any, language: str) -> str:
        if len(self.base_draft.languages) == 1:
            return str(label)
        return gettext("%(label)s, in %(language)s") % {"label": label, "language": language_name(language)}
