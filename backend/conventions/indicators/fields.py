"""Indicators in the typed fields of a report, where the kind of the field says what its value is."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from backend.conventions.indicators.declared import normalised
from backend.conventions.indicators.finding import extract
from backend.conventions.indicators.phones import international, national
from backend.conventions.indicators.text import Indicator


class PlaceField(Protocol):
    """Where it happened: an account, address, number or device, by its kind, and in which State.

    `typed` are further identifiers: member, type of indicator (`ip` for an address of either version), value.
    """

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def state(self) -> str | None: ...
    @property
    def note(self) -> str | None: ...
    @property
    def typed(self) -> Sequence[tuple[str, str, str]]: ...


class PersonField(Protocol):
    """A victim or suspect."""

    @property
    def contact(self) -> str | None: ...
    @property
    def note(self) -> str | None: ...
    @property
    def known_as(self) -> Sequence[str]: ...


class LossField(Protocol):
    """What was lost, and where it went."""

    @property
    def sent_to(self) -> str | None: ...
    @property
    def note(self) -> str | None: ...


class ConnectionField(Protocol):
    """An IP address, seen at a time."""

    @property
    def ip(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def note(self) -> str | None: ...


class DeclaredField(Protocol):
    """An indicator whose type is said."""

    @property
    def type(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def at(self) -> datetime | None: ...
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
    @property
    def losses(self) -> Sequence[LossField]: ...
    @property
    def connections(self) -> Sequence[ConnectionField]: ...
    @property
    def indicators(self) -> Sequence[DeclaredField]: ...


# The word that a narrative would put before a value of this kind.
_CALLED = {"phone": "telephone", "device": "IMEI", "chat": "username", "social-network": "username"}
_USERNAME_KINDS = frozenset({"chat", "social-network"})
# A number of a bank account by fewer digits would link what has nothing to do with each other.
_FEWEST_DIGITS = 5


def extract_fields(report: ReportFields, *, region: str | None = None) -> tuple[Indicator, ...]:
    """Every indicator in the fields of a report, each with the path of its field and its span in that field's text.

    `region` is the State (two letters) of the unit; a place with a State of its own has that State's telephone
    numbers. The officer's own contact is left out: it would link every report of a unit with every other. The
    narrative is for `extract`.
    """
    found = [_in_text("title", report.title, region)]
    for number, place in enumerate(report.where):
        found += _of_place(f"where[{number}]", place, region)
    for path, text in _in_words(report):
        found.append(_in_text(path, text, region))
    found += list(_declared(report, region))
    return tuple(indicator for indicators in found for indicator in indicators)


def _of_place(path: str, place: PlaceField, region: str | None) -> Iterator[list[Indicator]]:
    state = place.state or region
    yield _in_place(f"{path}.value", place, region)
    yield _in_text(f"{path}.note", place.note, state)
    for member, kind, value in place.typed:
        yield _typed(f"{path}.{member}", kind, value, state)


def _in_words(report: ReportFields) -> Iterator[tuple[str, str | None]]:
    """What a person wrote of people and losses, which may hold indicators of any type."""
    for name, persons in (("suspects", report.suspects), ("victims", report.victims)):
        for number, person in enumerate(persons):
            yield f"{name}[{number}].contact", person.contact
            yield f"{name}[{number}].note", person.note
    for number, loss in enumerate(report.losses):
        yield f"losses[{number}].sent_to", loss.sent_to
        yield f"losses[{number}].note", loss.note


def _declared(report: ReportFields, region: str | None) -> Iterator[list[Indicator]]:
    """What stands in a field of its own type: names used online, addresses seen, indicators."""
    for name, persons in (("suspects", report.suspects), ("victims", report.victims)):
        for number, person in enumerate(persons):
            for place, known in enumerate(person.known_as):
                yield _typed(f"{name}[{number}].known_as[{place}]", "username", known, region)
    for number, seen in enumerate(report.connections):
        yield _typed(f"connections[{number}].ip", "ip", seen.ip, region, at=seen.at)
        yield _in_text(f"connections[{number}].note", seen.note, region)
    for number, one in enumerate(report.indicators):
        yield _typed(f"indicators[{number}].value", one.type, one.value, region, at=one.at)
        yield _in_text(f"indicators[{number}].note", one.note, region)


def _typed(path: str, kind: str, value: str, region: str | None, *, at: datetime | None = None) -> list[Indicator]:
    found = normalised(kind, value, region=region)
    if found is None:
        return []
    when = at.isoformat().replace("+00:00", "Z") if at else None
    # A card number is masked at once, as everywhere.
    raw = found[1] if found[0] == "card" else value
    return [Indicator(*found, raw, (0, len(value)), when, path)]


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
    if place.kind == "wallet" and value and not any(char.isspace() for char in value):
        return [Indicator("wallet", value, value, span, field=path)]
    if place.kind == "bank" and sum(map(str.isdigit, value)) >= _FEWEST_DIGITS:
        found = normalised("account", value)
        return [Indicator(*found, value, span, field=path)] if found else []
    return []
