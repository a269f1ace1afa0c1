"""Canonical JSON by RFC 8785, without fractions: one value, one sequence of bytes (SPEC.md, "Canonical JSON")."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from crypto.errors import MalformedDocument, Reason

MAX_INTEGER = 2**53 - 1  # Beyond it JSON readers that use doubles lose digits: RFC 7493, section 2.2.
MAX_DEPTH = 32
_INTEGER_DIGITS = 17  # of MAX_INTEGER, with a sign; longer ones are not even converted.
# Its escapes without ensure_ascii are those of RFC 8785, section 3.2.2.2. json.dumps would make an encoder each time.
_write_text = json.JSONEncoder(ensure_ascii=False).encode


def canonical_json(value: Any, *, max_depth: int = MAX_DEPTH) -> bytes:
    """Return the canonical UTF-8 bytes of `value`: mappings with text keys, lists, text, integers, booleans, null.

    Raises `MalformedDocument` for anything else: fractions, integers beyond ±(2^53 − 1), lone surrogates, too deep.
    """
    try:
        return _write(value, max_depth).encode()
    except UnicodeEncodeError:
        raise MalformedDocument from Reason("a text holds a lone surrogate")


def parse_canonical(data: bytes, *, max_bytes: int, max_depth: int = MAX_DEPTH) -> Any:
    """Return the value of which `data` is exactly the canonical form, or raise `MalformedDocument`."""
    if len(data) > max_bytes:
        raise MalformedDocument from Reason(f"{len(data)} bytes where {max_bytes} are allowed")
    try:
        value = json.loads(
            data.decode(),
            object_pairs_hook=_unique,
            parse_int=_integer,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise MalformedDocument from Reason("not UTF-8 JSON of reasonable depth")
    if canonical_json(value, max_depth=max_depth) != data:
        raise MalformedDocument from Reason("JSON, but not in canonical form")
    return value


def _write(value: Any, depth: int) -> str:
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _write_text(value)
    if isinstance(value, int):
        return _write_integer(value)
    if depth == 0:
        raise MalformedDocument from Reason("nested too deep")
    if isinstance(value, Mapping):
        members = (f"{_write(key, 0)}:{_write(value[key], depth - 1)}" for key in sorted(value, key=_order))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_write(item, depth - 1) for item in value) + "]"
    raise MalformedDocument from Reason(f"a value of type {type(value).__name__}")


def _write_integer(value: int) -> str:
    if abs(value) > MAX_INTEGER:
        raise MalformedDocument from Reason("an integer beyond 2^53 - 1")
    return int.__repr__(value)


def _order(key: Any) -> bytes:
    if not isinstance(key, str):
        raise MalformedDocument from Reason("a member name that is not text")
    return key.encode("utf-16-be")  # RFC 8785 sorts by UTF-16 code units, not by code points.


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedDocument from Reason("a member name occurs twice")
    return members


def _integer(digits: str) -> int:
    if len(digits) > _INTEGER_DIGITS:
        raise MalformedDocument from Reason("an integer beyond 2^53 - 1")
    return int(digits)


def _no_fraction(_digits: str) -> NoReturn:
    raise MalformedDocument from Reason("a number that is not an integer")
