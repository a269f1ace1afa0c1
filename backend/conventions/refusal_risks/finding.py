"""What the check answers: one finding for each rule that speaks, with its source and how to mend it."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

import msgspec

from backend.conventions.legal_basis.answer import Reference
from backend.conventions.refusal_risks.draft import TYPED, Draft


class Severity(StrEnum):
    """`block`: not to be signed so; `warn`: it may come back; `ask`: not to be told from the draft, a person looks."""

    BLOCK = "block"
    WARN = "warn"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Found:
    """Words of the draft: `[start, end)` in code points of the text `place` under the field."""

    field: str
    place: int
    language: str | None
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that speaks. `text`: what is wrong here; `to_look`: what only a person can tell.

    `references` are the rule's rows whose instrument is part of the basis. `mandatory_content`: what is wrong is that a
    mandatory content of the basis is missing. Of any other block the urgent form makes a warning, to be mended
    within `due_in_working_days`. `digest` changes with all that the finding is about.
    """

    rule: str
    severity: Severity
    text: tuple[str, ...]
    to_look: tuple[str, ...]
    found: tuple[Found, ...]
    ground: str
    why: str
    references: tuple[Reference, ...]
    mend: str
    source: str
    looks_at: tuple[str, ...]
    measures: tuple[str, ...]
    mandatory_content: bool = False
    due_in_working_days: int | None = None
    digest: str = ""

    def to_json(self) -> dict[str, Any]:
        """The finding as JSON-ready dictionaries and lists."""
        body: dict[str, Any] = msgspec.to_builtins(self)
        return body


def digest_of(finding: Finding, draft: Draft) -> str:
    """SHA-256, hexadecimal, of what the finding says and of every part of the draft that its rule looks at."""
    parts = sorted({TYPED[field] for field in finding.looks_at if field in TYPED})
    about = {
        "rule": finding.rule,
        "text": finding.text,
        "to_look": finding.to_look,
        "found": finding.found,
        "fields": {field: list(draft.words(field)) for field in finding.looks_at},
        "parts": {name: getattr(draft, name) for name in parts},
    }
    return sha256(msgspec.json.encode(about, order="deterministic")).hexdigest()
