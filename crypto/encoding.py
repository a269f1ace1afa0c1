"""Strict text encodings: exactly one text stands for given bytes, anything else is refused (`ValueError`)."""

import base64
import binascii


def b64_encode(data: bytes) -> str:
    """Return standard padded base64, as notes and log proofs use it (RFC 4648, section 4)."""
    return base64.b64encode(data).decode("ascii")


def b64_decode(text: str) -> bytes:
    """Return the bytes of canonical padded base64, or raise `ValueError`."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise ValueError("not base64") from None
    if b64_encode(data) != text:
        raise ValueError("not canonical base64")
    return data


def b64_raw_encode(data: bytes) -> str:
    """Return standard base64 without padding, as age headers use it."""
    return b64_encode(data).rstrip("=")


def b64_raw_decode(text: str) -> bytes:
    """Return the bytes of canonical unpadded base64, or raise `ValueError`."""
    if "=" in text:
        raise ValueError("padded base64")
    return b64_decode(text + "=" * (-len(text) % 4))


def b64url_encode(data: bytes) -> str:
    """Return unpadded URL-safe base64, as statements and key strings use it (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def b64url_decode(text: str) -> bytes:
    """Return the bytes of canonical unpadded URL-safe base64, or raise `ValueError`."""
    if "+" in text or "/" in text:
        raise ValueError("not URL-safe base64")
    return b64_raw_decode(text.replace("-", "+").replace("_", "/"))
