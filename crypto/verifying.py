"""Checking signed statements (SPEC.md, "Signed statements")."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from crypto.canonical import parse_canonical
from crypto.checked import Checked, checked
from crypto.encoding import b64url_decode
from crypto.errors import InvalidSignature, MalformedDocument, MalformedKey, Reason
from crypto.keys import VerifyingKey
from crypto.signer import signed_message

MAX_STATEMENT = 65_536
_MEMBERS = {"payload", "signature", "signer"}


class VerifiedStatement(Checked):
    """A statement of the expected type, signed by the expected key."""

    payload: Mapping[str, Any]
    signer: VerifyingKey


def verify_statement(data: bytes, *, type: str, key: VerifyingKey, max_bytes: int = MAX_STATEMENT) -> VerifiedStatement:
    """Return the statement in `data` as verified: of `type` and signed by `key`.

    Raises `MalformedDocument` if it is no canonical statement, `InvalidSignature` if it is of another type, by another
    key, or changed.
    """
    payload, signer, signature = _split(data, max_bytes)
    if payload.get("type") != type or signer != key:
        raise InvalidSignature from Reason("a statement of another type or by another key")
    key.verify(signature, signed_message(payload))
    return checked(VerifiedStatement, payload=MappingProxyType(payload), signer=key)


def stated_signer(data: bytes, *, max_bytes: int = MAX_STATEMENT) -> VerifyingKey:
    """Return the key by which the statement in `data` says it is signed. Nothing is verified: it proves nothing.

    For looking a key up, or for showing a fingerprint that a person compares. Raises `MalformedDocument`.
    """
    return _split(data, max_bytes)[1]


def _split(data: bytes, max_bytes: int) -> tuple[dict[str, Any], VerifyingKey, bytes]:
    document = parse_canonical(data, max_bytes=max_bytes)
    if not isinstance(document, dict) or document.keys() != _MEMBERS or not isinstance(document["payload"], dict):
        raise MalformedDocument from Reason("not a statement of payload, signature and signer")
    try:
        signer = VerifyingKey.parse(_text(document["signer"]))
        signature = b64url_decode(_text(document["signature"]))
    except (ValueError, MalformedKey):
        raise MalformedDocument from Reason("the signer or the signature is not in canonical form")
    return document["payload"], signer, signature


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not text")
    return value
