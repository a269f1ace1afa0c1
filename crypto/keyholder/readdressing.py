"""Giving a sealed file to other recipients by a new header around the same file key; the payload stays as it is."""

from collections.abc import Sequence

from crypto.errors import MalformedKey, Reason
from crypto.keyholder.opening import unwrap_file_key
from crypto.keys import PQRecipient
from crypto.sealing import header_around


def readdress_header(header: bytes, identities: Sequence[str], recipients: Sequence[PQRecipient]) -> bytes:
    """Return a header for `recipients` that fits the payload of `header`, which one of `identities` opens.

    It can't be taken back, and each recipient can do the same. Whoever sees both files sees that their payloads are
    equal; where that must not show, use `crypto.keyholder.resealing`. Raises `CannotOpen` or `MalformedKey`.
    """
    return header_for(unwrap_file_key(header, identities), recipients)


def header_for(file_key: bytes, recipients: Sequence[PQRecipient]) -> bytes:
    """Return a header for `recipients` around `file_key` (16 bytes). Raises `MalformedKey`, also for other recipients.

    Only hybrid ones: a classical header would make everything that the payload ever was open to quantum computers.
    """
    if not all(isinstance(recipient, PQRecipient) for recipient in recipients):
        raise MalformedKey from Reason("readdressing to a recipient that is not hybrid")
    return header_around(file_key, recipients)
