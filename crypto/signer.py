"""Signing as everybody sees it: something that signs, wherever its private key lives."""

from collections.abc import Mapping
from typing import Any, Protocol

from crypto.canonical import canonical_json
from crypto.encoding import b64url_encode
from crypto.errors import MalformedDocument, Reason
from crypto.keys import VerifyingKey


class Signer(Protocol):
    """A private key, held by a file, the vault or a hardware module, that signs and names its public half."""

    @property
    def verifying_key(self) -> VerifyingKey:
        """The public half."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`; by P-256 it is r‖s."""


def signed_message(payload: Mapping[str, Any]) -> bytes:
    """Return the bytes that a statement's signature covers: its type, a line feed, the payload as canonical JSON.

    Raises `MalformedDocument` when the payload names no type.
    """
    kind = payload.get("type")
    if not isinstance(kind, str) or not kind.startswith("comity/") or "\n" in kind:
        raise MalformedDocument from Reason("the payload of a statement names no comity type")
    return kind.encode() + b"\n" + canonical_json(payload)


def sign_statement(payload: Mapping[str, Any], signer: Signer) -> bytes:
    """Return the signed statement over `payload`, which must carry its `type` (SPEC.md, "Signed statements")."""
    signature = signer.sign(signed_message(payload))
    return canonical_json(
        {"payload": payload, "signature": b64url_encode(signature), "signer": str(signer.verifying_key)}
    )
