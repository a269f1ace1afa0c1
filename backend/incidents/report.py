"""The report as an officer's device seals it: parsed once, at the rim, into frozen types (schema: docs/report.md)."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

SCHEMA = "comity/report/v1"
MAX_REPORT_BYTES = 1024 * 1024

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Text = Annotated[str, msgspec.Meta(max_length=100_000)]
Answer = Literal["yes", "no", "unknown"]
Sensitivity = Literal["none", "intimate-image", "abuse-material"]
Place = Literal["web", "mail", "chat", "social-network", "phone", "bank", "wallet", "device", "network"]


class MalformedReport(Exception):
    """The opened report does not fit the schema; the sentence names the place, never the content."""


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A victim or a suspect as far as known."""

    name: Line | None = None
    contact: Line | None = None
    note: Annotated[str, msgspec.Meta(max_length=2000)] | None = None


class Loss(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money or value lost; ``amount`` is decimal text, ``currency`` ISO 4217."""

    amount: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,15}(\.[0-9]{1,8})?$")]
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3,5}$")]
    at: datetime | None = None
    still_moving: Answer = "unknown"


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where it happened, or where data lies: an account, address, number or device, and who keeps it."""

    kind: Place
    value: Line
    provider: Line | None = None
    state: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}$")] | None = None
    note: Annotated[str, msgspec.Meta(max_length=2000)] | None = None


class EvidenceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the evidence manifest; size in plaintext bytes."""

    id: uuid.UUID
    name: Line
    media_type: Annotated[str, msgspec.Meta(max_length=120)]
    size: Annotated[int, msgspec.Meta(ge=0, le=2**43)]
    sensitivity: Sensitivity = "none"

    @property
    def sensitive(self) -> bool:
        """Whether the reporter declared it so: it is then never shown, and leaves only by an act of two."""
        return self.sensitivity != "none"


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the unit reports."""

    schema: Literal["comity/report/v1"]
    title: Line
    narrative: Text
    language: Literal["en", "es", "fr", "nl"] | None = None
    occurred_at: datetime | None = None
    officer: Person | None = None
    victims: Annotated[list[Person], msgspec.Meta(max_length=500)] = []
    suspects: Annotated[list[Person], msgspec.Meta(max_length=500)] = []
    losses: Annotated[list[Loss], msgspec.Meta(max_length=500)] = []
    where: Annotated[list[Where], msgspec.Meta(max_length=500)] = []
    facts: Annotated[dict[Annotated[str, msgspec.Meta(max_length=60)], Answer], msgspec.Meta(max_length=200)] = {}
    evidence: Annotated[list[EvidenceEntry], msgspec.Meta(max_length=1000)] = []


def place_of(wrong: msgspec.ValidationError) -> str:
    """The path of the defect. msgspec's own message may repeat what was found, so nothing else of it goes on."""
    _, found, path = str(wrong).rpartition(" - at `")
    return path.rstrip("`") if found else "$"


def report_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a report, as published in docs/api/report.schema.json."""
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:{SCHEMA.replace('/', ':')}"}
    return {**named, **msgspec.json.schema(Report)}


def parse_report(body: bytes) -> Report:
    """The report in ``body`` (JSON, UTF-8, at most 1 MiB); raises MalformedReport."""
    if len(body) > MAX_REPORT_BYTES:
        raise MalformedReport(f"The report has {len(body)} bytes, at most {MAX_REPORT_BYTES} are read.")
    try:
        report = msgspec.json.decode(body, type=Report, strict=True)
    except RecursionError as deep:
        raise MalformedReport("The report is nested too deeply.") from deep
    except msgspec.ValidationError as wrong:
        raise MalformedReport(f"The report does not fit the schema at {place_of(wrong)}.") from None
    except msgspec.DecodeError as wrong:
        raise MalformedReport("The report is not JSON.") from wrong
    times = [report.occurred_at, *(loss.at for loss in report.losses)]
    if any(time is not None and time.tzinfo is None for time in times):
        raise MalformedReport("The report has a time without a zone.")
    if len({entry.id for entry in report.evidence}) != len(report.evidence):
        raise MalformedReport("The report names an evidence file twice.")
    return report
