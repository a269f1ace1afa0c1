"""Keys that are made for one measurement and forgotten after it: kept nowhere, trusted by nobody."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from backend.vault.offline import FileOpener
from crypto.keyholder.identities import PQIdentity, generate_pq
from crypto.keyholder.readdressing import readdress_header
from crypto.keyholder.signing import SigningKey
from crypto.keys import Algorithm, PQRecipient
from crypto.signer import Signer


@dataclass(frozen=True)
class ThrowawayKey:
    """A hybrid age key pair; what is sealed to `recipient` the other two methods can open and pass on."""

    recipient: PQRecipient
    _identity: str = field(repr=False)

    @classmethod
    def make(cls) -> Self:
        """A new pair."""
        identity = generate_pq()
        return cls(PQIdentity.parse(identity).recipient, identity)

    @property
    def opener(self) -> FileOpener:
        """Opens what is sealed to the recipient."""
        return FileOpener((self._identity,))

    def readdress(self, header: bytes, recipients: Sequence[PQRecipient]) -> bytes:
        """A header for `recipients` around the file key of `header`; raises CannotOpen or MalformedKey."""
        return readdress_header(header, [self._identity], recipients)


def throwaway_signer(algorithm: Algorithm) -> Signer:
    """A signer with a new key of its own."""
    return SigningKey.generate(algorithm)
