"""A letter's content as data: reading it from hostile bytes, writing it as `request.json`, and what it still lacks.

Pure. `request.json` is the machine copy of the visible letter, as canonical JSON; its published shape is
`referral/letters/request.schema.json`.
"""

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from crypto.canonical import canonical_json, parse_canonical
from crypto.errors import MalformedDocument
from referral.letters.content import LegalReference, LetterContent, Refusal
from referral.letters.fields import KNOWN, values_of
from referral.letters.kinds import LetterKind

__all__ = [
    "MAX_REQUEST_BYTES",
    "LetterContent",
    "LetterKind",
    "MalformedLetter",
    "Missing",
    "UnknownLetterField",
    "missing",
    "parse_request",
    "request_json",
    "request_schema",
    "unverified",
]

MAX_REQUEST_BYTES = 1_048_576
_MAX_DEPTH = 12
_SCHEMA_ID = "https://comity.example/schema/letter/v1"


class MalformedLetter(Exception):
    """The content of a letter is not what it must be; the message says where, never what was found there."""


class UnknownLetterField(Exception):
    """A requirement names a letter field that no part of the content answers to."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"The letter field {field!r} is not known; use an id of the list of letter fields, or add it to"
            " referral/letters/fields.py."
        )


@dataclass(frozen=True)
class Missing:
    """A mandatory field that is empty, in every language or in the one named."""

    field: str
    language: str | None = None


def parse_request(data: bytes) -> LetterContent:
    """Return the content in `request.json`, or raise MalformedLetter; `data` may come from anyone.

    The bytes must be canonical JSON of at most 1 MiB, of exactly the published structure, free of control and of
    invisible characters (which would make the visible letter say something else than its machine copy).
    """
    try:
        value = parse_canonical(data, max_bytes=MAX_REQUEST_BYTES, max_depth=_MAX_DEPTH)
        content = msgspec.convert(value, LetterContent)
    except MalformedDocument:
        raise MalformedLetter(
            "request.json is not canonical JSON within the limits; ask the sender to send it again."
        ) from None
    except msgspec.ValidationError as error:
        raise MalformedLetter(f"request.json does not have the structure of a letter ({_where(error)}).") from None
    for path, text in _texts(value, "$"):
        if any(_invisible(character) for character in text):
            raise MalformedLetter(f"request.json holds a control or invisible character at {path}; remove it.")
    return content


def request_json(content: LetterContent) -> bytes:
    """Return `request.json` for the content; raises MalformedLetter where the content could not be read back."""
    try:
        data = canonical_json(msgspec.to_builtins(content, str_keys=True))
    except MalformedDocument:
        raise MalformedLetter("The content holds a value that canonical JSON cannot carry.") from None
    if parse_request(data) != content:
        raise MalformedLetter("The content reads back differently; use texts, days and instants as documented.")
    return data


def request_schema() -> dict[str, Any]:
    """The JSON Schema of `request.json`; the file beside the letters is this, and a test compares them."""
    # Through JSON and back: a tuple among the defaults is an array there.
    schema = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(LetterContent)))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": _SCHEMA_ID, **schema}


def missing(content: LetterContent, requirements: Collection[str]) -> tuple[Missing, ...]:
    """Which of the required letter fields the content leaves empty, and in which languages; empty when complete.

    `requirements` are ids of letter fields, as the law data gives them for the measure and the instruments. The
    mandatory contents of the basis are never waived, in no form. Raises UnknownLetterField.
    """
    found: dict[Missing, None] = {}
    for field in requirements:
        if field not in KNOWN:
            raise UnknownLetterField(field)
        values = values_of(content, field)
        if not values or any(value is None or value is False for value in values):
            found[Missing(field)] = None
            continue
        for value in values:
            lacking = [code for code in content.languages if code not in value] if isinstance(value, Mapping) else ()
            found.update((Missing(field, language), None) for language in lacking)
    return tuple(found)


def unverified(content: LetterContent) -> tuple[LegalReference, ...]:
    """The references that nobody has verified: a letter is not signed on them, the urgent form apart."""
    return tuple(reference for reference in references(content) if not reference.stands)


def references(content: LetterContent) -> Iterator[LegalReference]:
    """Every provision that the letter cites, in the order in which it is read."""
    if content.legal_basis:
        yield from (part.reference for part in content.legal_basis.parts)
    for offence in content.offences:
        yield from offence.provisions
    if isinstance(content.answer, Refusal):
        yield from (ground.reference for ground in content.answer.grounds if ground.reference)


def _where(error: msgspec.ValidationError) -> str:
    """The path of the defect, without the value: msgspec puts it last, after ' - at '."""
    _words, at, path = str(error).rpartition(" - at `")
    return f"at {path.rstrip('`')}" if at else "at $"


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from _texts(member, f"{path}.{key}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _texts(member, f"{path}[{index}]")


def _invisible(character: str) -> bool:
    # Cc: controls; Cf: among them the ones that turn the direction of writing; Co, Cn, Cs: what no font can show.
    return character != "\n" and unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs"}
