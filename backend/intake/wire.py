"""What edge and clients agree on: paths, names, media types, limits and header forms of the outer request.

No Django here: the client imports it too. In words: docs/intake.md.
"""

import re
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from crypto.encoding import b64_decode, b64_encode

Kind = Literal["report", "evidence", "packet"]

TAG = "comity"
SKEW = timedelta(hours=24)
PATHS: Mapping[Kind, str] = {"report": "/v1/submissions", "evidence": "/v1/evidence", "packet": "/v1/packets"}
MEDIA_TYPES: Mapping[Kind, str] = {
    "report": "application/vnd.comity.report",
    "evidence": "application/vnd.comity.evidence",
    "packet": "application/vnd.comity.packet+zip",
}
# Bytes of the sealed body. Evidence: a plaintext of 10 GiB with what age adds; a packet may carry as much.
LIMITS: Mapping[Kind, int] = {"report": 1024 * 1024, "evidence": 11 * 10**9, "packet": 11 * 10**9}
# What a sealed file and a packet begin with: something sent unsealed by mistake is refused before it touches the disk.
FIRST_BYTES: Mapping[Kind, bytes] = {
    "report": b"age-encryption.org/v1\n",
    "evidence": b"age-encryption.org/v1\n",
    "packet": b"PK\x03\x04",
}

DIGEST_HEADER = "content-digest"
ID_HEADER = "idempotency-key"
KEY_HEADER = "comity-intake-key"
# What the signature of a submission covers, and of a question about one.
SENT = ("@method", "@authority", "@path", DIGEST_HEADER, "content-type", ID_HEADER, KEY_HEADER)
ASKED = ("@method", "@authority", "@path", "@query")

# Uploads that go on after a cut: tus 1.0.0 (docs/decisions/uploads.md).
UPLOADS = "/v1/uploads"
TUS = "1.0.0"
VERSION_HEADER = "tus-resumable"
OFFSET_HEADER = "upload-offset"
LENGTH_HEADER = "upload-length"
METADATA_HEADER = "upload-metadata"
WHOLE_DIGEST_HEADER = "repr-digest"
CHUNK_TYPE = "application/offset+octet-stream"
# What may be sent so, by its metadata as tus writes them: a name and its value in base64.
UPLOADED: Mapping[str, Kind] = {f"kind {b64_encode(kind.encode())}": kind for kind in ("evidence", "packet")}
# What the signatures cover: of the beginning, of each chunk, of a question or an end.
BEGUN = ("@method", "@authority", "@path", LENGTH_HEADER, METADATA_HEADER, WHOLE_DIGEST_HEADER, ID_HEADER, KEY_HEADER)
APPENDED = ("@method", "@authority", "@path", OFFSET_HEADER, DIGEST_HEADER, "content-type")
NAMED = ("@method", "@authority", "@path")

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ID = re.compile(rf'"({_UUID})"')
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,14})")
_KEY_ID = re.compile(r"[0-9a-f]{16}")
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")


def format_digest(sha256: bytes) -> str:
    """Return the Content-Digest of a body with this SHA-256 (RFC 9530)."""
    return f"sha-256=:{b64_encode(sha256)}:"


def parse_digest(text: str) -> bytes:
    """Return the 32 bytes of a Content-Digest with exactly one SHA-256; raises ValueError."""
    return b64_decode(_matched(_DIGEST, text))


def format_id(submission: uuid.UUID) -> str:
    """Return the Idempotency-Key of a submission: its id as a quoted string (draft-ietf-httpapi-idempotency-key)."""
    return f'"{submission}"'


def parse_id(text: str) -> uuid.UUID:
    """Return the submission id of an Idempotency-Key: one UUID, lower case, quoted; raises ValueError."""
    return uuid.UUID(_matched(_ID, text))


def parse_key_id(text: str) -> str:
    """Return the key id of a Comity-Intake-Key: 16 hexadecimal digits, lower case; raises ValueError."""
    if not _KEY_ID.fullmatch(text):
        raise ValueError("not a key id")
    return text


def upload_path(submission: uuid.UUID) -> str:
    """Return the path of a submission's upload."""
    return f"{UPLOADS}/{submission}"


def parse_number(text: str) -> int:
    """Return a size or place in bytes: decimal, without sign or leading zeros; raises ValueError."""
    return int(_matched(_NUMBER, text))


def receipt_path(submission: uuid.UUID) -> str:
    """Return the path under which the sender asks for the receipt of a submission."""
    return f"/v1/receipts/{submission}"


def receipt_query(sha256: bytes) -> str:
    """Return the query that goes with it: the digest of the body that was sent."""
    return f"digest={sha256.hex()}"


def _matched(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.fullmatch(text)
    if not found:
        raise ValueError("not of the form that docs/intake.md defines")
    return found[1]
