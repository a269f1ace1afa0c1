"""Indicators in the typed fields of a report, where the kind of the field says what its value is."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec.structs import replace

from backend.conventions.indicators.finding import extract
from backend.conventions.indicators.phones import international, national
from backend.conventions.indicators.text import Indicator


class PlaceField(Protocol):
    """Where it happened: an account, address, number or device, by its kind, and in which State."""

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def state(self) -> str | None: ...
    @property
    def note(self) -> str | None: ...


class PersonField(Protocol):
    """A victim or suspect."""

    @property
    def contact(self) -> str | None: ...
    @property
    def note(self) -> str | None: ...


class ReportFields(Protocol):
    """What is read of a report besides its narrative."""

    @property
    def title(self) -> str: ...
    @property
    def where(self) -> Sequence[PlaceField]: ...
    @property
    def victims(self) -> Sequence[PersonField]: ...
    @property
    def suspects(self) -> Sequence[PersonField]: ...


# The word that a narrative would put before a value of this kind.
_CALLED = {"phone": "telephone", "device": "IMEI", "chat": "username", "social-network": "username"}
_USERNAME_KINDS = frozenset({"chat", "social-network"})


def extract_fields(report: ReportFields, *, region: str | None = None) -> tuple[Indicator, ...]:
    """Every indicator in the fields of a report, each with the path of its field and its span in that field's text.

    `region` is the State (two letters) of the unit; a place with a State of its own has that State's telephone
    numbers. The officer's own contact is left out: it would link every report of a unit with every other. The
    narrative is for `extract`.
    """
    found = [_in_text("title", report.title, region)]
    for number, place in enumerate(report.where):
        path = f"where[{number}]"
        found.append(_in_place(f"{path}.value", place, region))
        found.append(_in_text(f"{path}.note", place.note, place.state or region))
    for path, text in _of_persons(report):
        found.append(_in_text(path, text, region))
    return tuple(indicator for indicators in found for indicator in indicators)


def _of_persons(report: ReportFields) -> Iterator[tuple[str, str | None]]:
    for name, persons in (("suspects", report.suspects), ("victims", report.victims)):
        for number, person in enumerate(persons):
            yield f"{name}[{number}].contact", person.contact
            yield f"{name}[{number}].note", person.note


def _in_text(path: str, text: str | None, region: str | None) -> list[Indicator]:
    if not text:
        return []
    return [replace(indicator, field=path) for indicator in extract(text, region=region)]


def _in_place(path: str, place: PlaceField, region: str | None) -> list[Indicator]:
    """What a value of this kind holds, read as if the word for the kind stood before it."""
    state = place.state or region
    prefix = f"{_CALLED[place.kind]}: " if place.kind in _CALLED else ""
    found = [
        replace(indicator, field=path, span=(indicator.span[0] - len(prefix), indicator.span[1] - len(prefix)))
        for indicator in extract(prefix + place.value, region=state)
    ]
    return found or _whole(path, place, state)


def _whole(path: str, place: PlaceField, state: str | None) -> list[Indicator]:
    """A value that has no indicator inside and is one as a whole: an ordinary word as a name, a bare number."""
    value = place.value.strip()
    start = place.value.find(value)
    span = (start, start + len(value))
    if place.kind in _USERNAME_KINDS and value and not any(char.isspace() for char in value):
        return [Indicator("username", value.lstrip("@").lower(), value, span, field=path)]
    if place.kind == "phone":
        digits = "".join(filter(str.isdigit, value))
        number = international(digits, value) if value.startswith("+") else national(value, state)
        if digits and number:
            return [Indicator("phone", number, value, span, field=path)]
    return []
