"""The recovery kit: a node's lasting secrets, sealed to an identity that is printed and kept apart from it."""

from collections.abc import Mapping
from types import MappingProxyType

from crypto.canonical import canonical_json, parse_canonical
from crypto.encoding import b64url_decode, b64url_encode
from crypto.errors import CannotOpen, MalformedDocument, Reason
from crypto.keyholder.identities import generate_pq, recipient_of
from crypto.keyholder.opening import open_sealed
from crypto.report import frame, unframe
from crypto.sealing import seal
from crypto.verifying import MAX_STATEMENT

TYPE = "comity/recovery-kit/v1"


def make_kit(secrets: Mapping[str, bytes]) -> tuple[bytes, str]:
    """Return the sealed kit with `secrets` by name, and the new identity that alone opens it.

    Whoever has both has the node. Raises `MalformedDocument` when they exceed 64 KiB.
    """
    identity = generate_pq()
    index = canonical_json({"secrets": {name: b64url_encode(value) for name, value in secrets.items()}, "type": TYPE})
    return seal(frame(TYPE, index, b""), [recipient_of(identity)]), identity


def open_kit(kit: bytes, identity: str) -> Mapping[str, bytes]:
    """Return the secrets in `kit` by name. Raises `CannotOpen`, or `MalformedKey` when `identity` is none."""
    plaintext = open_sealed(kit, [identity])
    try:
        index, _ = unframe(plaintext, type=TYPE, max_bytes=2 * MAX_STATEMENT)
        secrets = parse_canonical(index, max_bytes=MAX_STATEMENT)["secrets"]
        return MappingProxyType({name: b64url_decode(value) for name, value in secrets.items()})
    except (MalformedDocument, ValueError, KeyError, TypeError, AttributeError):
        raise CannotOpen from Reason("sealed to this identity, but no recovery kit")
