"""Framing of sealed plaintexts: a type line, a line with a statement, a body (SPEC.md, "Framing")."""

from crypto.errors import MalformedDocument, Reason
from crypto.verifying import MAX_STATEMENT

REPORT = "comity/report/v1"
# A carrier sees how large a sealed report is: all have one of these sizes before sealing. The last leaves room for the
# header of the sealed file in the mebibyte that an edge takes.
SIZES = (4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 1_044_480)
_MAX_TYPE = 64


def frame(type: str, statement: bytes, body: bytes) -> bytes:
    """Return the plaintext that carries `statement` (one line) and `body` under `type`.

    Raises `MalformedDocument` when the type or the statement can't stand on a line of its own.
    """
    _check_type(type)
    if b"\n" in statement or not statement or len(statement) > MAX_STATEMENT:
        raise MalformedDocument from Reason("a statement that is not one line of allowed length")
    return type.encode("ascii") + b"\n" + statement + b"\n" + body


def padded(type: str, body: bytes, *, statement_size: int) -> bytes:
    """Return `body` with as many spaces after it as give its frame with a statement of that size one of `SIZES`.

    JSON allows the spaces. Raises `MalformedDocument` when it is larger than the largest size.
    """
    framed = len(type) + statement_size + len(body) + 2
    size = next((size for size in SIZES if size >= framed), None)
    if size is None:
        raise MalformedDocument from Reason(f"a report of {framed} bytes where {SIZES[-1]} are allowed")
    return body + b" " * (size - framed)


def unframe(data: bytes, *, type: str, max_bytes: int) -> tuple[bytes, bytes]:
    """Return statement and body of a plaintext of exactly `type`; neither is verified. Raises `MalformedDocument`."""
    _check_type(type)
    if len(data) > max_bytes:
        raise MalformedDocument from Reason("a plaintext over the size limit")
    prefix = type.encode("ascii") + b"\n"
    if not data.startswith(prefix):
        raise MalformedDocument from Reason("a plaintext of another type")
    end = data.find(b"\n", len(prefix), len(prefix) + MAX_STATEMENT + 1)
    if end <= len(prefix):
        raise MalformedDocument from Reason("no statement line of allowed length")
    return data[len(prefix) : end], data[end + 1 :]


def _check_type(type: str) -> None:
    if not type.startswith("comity/") or not type.isascii() or not type.isprintable() or len(type) > _MAX_TYPE:
        raise MalformedDocument from Reason("not a comity type")
