"""How the columns of another system become places of a report: `losses.0.amount`, `facts.entered-without-right` …"""

import re
from collections.abc import Mapping as Members
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from backend.cli.importing.rows import Unreadable
from backend.incidents.report import Report

LEAVE_OUT, TO_NARRATIVE = "-", "narrative+"
# What a report says of itself, and what `comity import` fills in.
NOT_MAPPED = {"schema", "kind", "of", "withdraws", "reason", "evidence"}
PLACES = frozenset(Report.__struct_fields__) - NOT_MAPPED
TIMES = {"occurred_at", "occurred_until", "noticed_at", "at", "until"}
NUMBERS = {"port", "asn"}
LISTS = {"offences", "known_as", "transactions"}
MOST = 500
_PLACE = re.compile(r"[a-z_]+(\.([0-9]{1,3}|[a-z0-9][a-z0-9_-]*)){0,3}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")

Short = Annotated[str, msgspec.Meta(max_length=300)]


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping file (YAML or JSON); docs/importing.md says what each part does."""

    columns: dict[Short, Short] = {}
    constants: dict[Short, Short] = {}
    values: dict[Short, dict[Short, Short]] = {}
    times: list[Short] = []
    zone: Short | None = None
    decimal: Literal[".", ","] = "."
    delimiter: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = ","
    encoding: Short = "utf-8"
    separator: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = ";"

    def place_of(self, column: str) -> str:
        """Where a column goes; one that is named like a place goes there. Raises Unreadable for any other."""
        place = self.columns.get(column, column)
        if place not in (LEAVE_OUT, TO_NARRATIVE) and not is_place(place):
            raise Unreadable(
                f"The column “{column}” is no place of a report; give it one in the mapping's columns, or "
                f"“{TO_NARRATIVE}” to add it to the narrative, or “{LEAVE_OUT}” to leave it out."
            )
        return place

    def report(self, cells: Members[str, str]) -> dict[str, Any]:
        """The members of a report from the cells of a row, by column; raises ValueError naming the column."""
        found: dict[str, Any] = {}
        added = []
        for column, text in cells.items():
            place = self.place_of(column)
            if not text.strip() or place == LEAVE_OUT:
                continue
            if place == TO_NARRATIVE:
                added.append(f"{column}: {text.strip()}")
                continue
            try:
                self._set(found, place, text.strip())
            except ValueError:
                raise ValueError(f"The column “{column}” is not of the form that the mapping gives it.") from None
        for place, text in self.constants.items():
            if place not in found and (place.count(".") < 2 or place.rsplit(".", 1)[0] in _parents(found)):
                found[place] = text
        if added:
            found["narrative"] = "\n".join(part for part in (found.get("narrative"), "\n".join(added)) if part)
        return _tree(found)

    def _set(self, found: dict[str, Any], place: str, text: str) -> None:
        text = self.values.get(place, {}).get(text, text)
        last = place.rsplit(".", 1)[-1]
        if last in LISTS:
            found[place] = [part.strip() for part in text.split(self.separator) if part.strip()]
        elif last in NUMBERS:
            found[place] = int(text)
        elif last == "amount":
            thousands = "," if self.decimal == "." else "."
            found[place] = re.sub(rf"[\s{thousands}]", "", text).replace(",", ".")
        elif last in TIMES:
            found[place] = self._time(text).isoformat()
            if place == "occurred_at" and _DAY.fullmatch(text) and not self.times:
                # A day without a time: some time on that day, not its first second.
                found.setdefault("occurred_until", (self._time(text) + timedelta(hours=24)).isoformat())
        else:
            found[place] = text

    def _time(self, text: str) -> datetime:
        for form in self.times:
            try:
                return self._zoned(datetime.strptime(text, form))
            except ValueError:
                continue
        return self._zoned(datetime.fromisoformat(text))

    def _zoned(self, at: datetime) -> datetime:
        return at if at.tzinfo or not self.zone else at.replace(tzinfo=zone_of(self.zone))


def is_place(text: str) -> bool:
    """Whether this names a place of a report that a column can fill."""
    return _PLACE.fullmatch(text) is not None and text.split(".", 1)[0] in PLACES


def zone_of(text: str) -> tzinfo:
    """The zone of an offset (`-04:00`) or a name (`America/Grenada`); raises Unreadable."""
    if found := _OFFSET.fullmatch(text):
        away = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return timezone(away if found[1] == "+" else -away)
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise Unreadable(f"The zone “{text}” is none; write an offset such as -04:00, or a name.") from None


def read_mapping(path: Path | None) -> Mapping:
    """The mapping in a file, or the one that changes nothing; raises Unreadable."""
    if path is None:
        return Mapping()
    try:
        mapping = msgspec.yaml.decode(path.read_bytes(), type=Mapping)
        if "\n,".encode(mapping.encoding) != b"\n,":
            raise LookupError(mapping.encoding)
    except msgspec.MsgspecError as wrong:
        raise Unreadable(f"{path} is no mapping ({wrong}); docs/importing.md shows one.") from None
    except LookupError:
        raise Unreadable(f"{path} names no encoding that holds ASCII as it is; write utf-8 or cp1252.") from None
    if mapping.zone:
        zone_of(mapping.zone)
    for place in (*mapping.constants, *mapping.values):
        if not is_place(place):
            raise Unreadable(f"{path}: “{place}” is no place of a report; docs/importing.md lists them.")
    for column in mapping.columns:
        mapping.place_of(column)
    return mapping


def _parents(found: Members[str, Any]) -> set[str]:
    """The blocks that a row has something for: a constant alone makes none."""
    return {place.rsplit(".", 1)[0] for place in found if "." in place}


def _tree(found: Members[str, Any]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for place, value in found.items():
        node, parts = root, place.split(".")
        for part in parts[:-1]:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise ValueError(place)
        node[parts[-1]] = value
    return {name: _listed(value) for name, value in root.items()}


def _listed(node: Any) -> Any:
    """Members that are numbered become a list, in the order of their numbers."""
    if not isinstance(node, dict):
        return node
    inner = {name: _listed(value) for name, value in node.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)][:MOST]
    return inner
