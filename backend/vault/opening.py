"""Opens the parts of packets sealed to this node, for callers that see no key (referral.packets.Opener)."""

from collections.abc import Sequence
from typing import BinaryIO

from backend.vault.secrets import identity_for
from crypto.keyholder.opening import open_sealed, open_stream
from crypto.sealing import Digests


class ExchangeOpener:
    """Opens with one exchange key of this node; KeyNotHeld where it is not here any more."""

    def __init__(self, key_id: str) -> None:
        self._identities: Sequence[str] = [identity_for("exchange", key_id)]

    def open_bytes(self, sealed: bytes) -> bytes:
        """The plaintext of a small sealed file; raises CannotOpen."""
        opened: bytes = open_sealed(sealed, self._identities)
        return opened

    def open_stream(self, source: BinaryIO, out: BinaryIO) -> Digests:
        """Open a sealed file into ``out``, which is not used unless this returned; raises CannotOpen."""
        return open_stream(source, out, self._identities)
