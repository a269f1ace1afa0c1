"""The typed blocks of a report: who, where, which address was seen when, what was lost, indicators, files.

A term of a closed vocabulary is bounded text here; `backend.incidents.report` compares it with the law data on arrival.
So what was sealed by the terms of its day can always be read again.
"""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

# Marks a text whose terms are a list of the law data; the published schema has that list in its place.
VOCABULARY = "x-comity-vocabulary"
_IP_FORMS: dict[str, Any] = {"anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}

Line = Annotated[str, Meta(min_length=1, max_length=300)]
Long = Annotated[str, Meta(min_length=1, max_length=2048)]
Note = Annotated[str, Meta(max_length=2000)]
Answer = Literal["yes", "no", "unknown"]
Instant = Annotated[datetime, Meta(tz=True)]
Port = Annotated[int, Meta(ge=1, le=65535)]
IpAddress = Annotated[str, Meta(min_length=2, max_length=45, extra_json_schema=_IP_FORMS)]
State = Annotated[str, Meta(max_length=60, extra_json_schema={VOCABULARY: "states"})]
Currency = Annotated[str, Meta(max_length=60, extra_json_schema={VOCABULARY: "currencies"})]
Chain = Annotated[str, Meta(max_length=60, extra_json_schema={VOCABULARY: "chains"})]
EventTerm = Annotated[str, Meta(max_length=60, extra_json_schema={VOCABULARY: "events"})]
IndicatorType = Annotated[str, Meta(max_length=60, extra_json_schema={VOCABULARY: "indicators"})]
# What a reporter says a file shows. None of the last two is ever decoded or previewed, whoever looks.
Sensitivity = Literal["none", "intimate-image", "abuse-material"]


class Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a report; a member that nobody declared is refused."""


class Person(Block, frozen=True):
    """A person as far as known."""

    name: Line | None = None
    contact: Line | None = None
    note: Note | None = None


class Party(Person, frozen=True):
    """A victim or suspect, as far as known; `known_as` are names used online."""

    kind: Literal["person", "organisation", "unknown"] = "unknown"
    known_as: Annotated[list[Line], Meta(max_length=50)] = []
    state: State | None = None
    under_18: Answer = "unknown"


class Loss(Block, frozen=True):
    """Money or value lost; `amount` is decimal text, `sent_to` the account or wallet that it went to."""

    amount: Annotated[str, Meta(pattern=r"^[0-9]{1,15}(\.[0-9]{1,8})?$")]
    currency: Currency
    at: Instant | None = None
    still_moving: Answer = "unknown"
    sent_to: Line | None = None
    note: Note | None = None


class Connection(Block, frozen=True):
    """An IP address, when it was seen, and doing what; `port` is its own port, which tells who shares an address.

    `until` where the log gives a span; `source` is whose log it is.
    """

    ip: IpAddress
    at: Instant
    event: EventTerm
    port: Port | None = None
    until: Instant | None = None
    source: Line | None = None
    note: Note | None = None


class DeclaredIndicator(Block, frozen=True):
    """An indicator named by its type (docs/indicators.md), as taken from a list, a tool or a STIX bundle."""

    type: IndicatorType
    value: Long
    at: Instant | None = None
    note: Note | None = None


class EvidenceEntry(Block, frozen=True):
    """One file of the evidence manifest; size in plaintext bytes."""

    id: uuid.UUID
    name: Line
    media_type: Annotated[str, Meta(max_length=120)]
    size: Annotated[int, Meta(ge=0, le=2**43)]
    sensitivity: Sensitivity = "none"

    @property
    def sensitive(self) -> bool:
        """Whether the reporter declared it so: it is then never shown, and leaves only by an act of two."""
        return self.sensitivity != "none"
