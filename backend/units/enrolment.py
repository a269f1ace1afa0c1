"""How a device proves that it knows its enrolment code, which never travels (crypto/SPEC.md; docs/intake.md).

A code is `<invitation id>.<secret>`: the secret is 16 bytes in lower-case base32 without padding. The device sends its
public key and a MAC over invitation and key; whoever reads or alters that on its way neither learns the code nor can
enrol another key by it.
"""

import base64
import binascii
import uuid
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TYPE = b"comity/enrolment/v1"
SECRET_BYTES = 16


class MalformedCode(ValueError):
    """An enrolment code that is not of the form in which it was handed out."""


@dataclass(frozen=True)
class EnrolmentCode:
    """The two halves of a code."""

    invitation: uuid.UUID
    secret: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "EnrolmentCode":
        """Return the code typed as `text`, in either case; raises MalformedCode, which never repeats the code."""
        invitation, _, secret = text.strip().partition(".")
        try:
            raw = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
            code = cls(uuid.UUID(invitation), raw)
        except (ValueError, binascii.Error):
            raise MalformedCode(_EXPECTED) from None
        if len(raw) != SECRET_BYTES or str(code.invitation) != invitation.lower():
            raise MalformedCode(_EXPECTED)
        return code


_EXPECTED = (
    "The enrolment code is not well-formed: expected an invitation id, a full stop and 26 letters and digits; "
    "copy it again, whole."
)


def enrolment_mac(secret: bytes, invitation: uuid.UUID, public_key: str) -> bytes:
    """Return the 32-byte proof that whoever enrols `public_key` knows the secret of `invitation`.

    HMAC-SHA-256 over three lines: the type, the invitation's id, the public key as text. The MAC key is 32 bytes of
    HKDF-SHA-256 from the secret, without salt, with the type as info. Each line is free of line feeds, so the message
    has one reading.
    """
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=TYPE).derive(secret)
    mac = hmac.HMAC(key, hashes.SHA256())
    mac.update(b"\n".join((TYPE, str(invitation).encode(), public_key.encode())))
    return mac.finalize()
