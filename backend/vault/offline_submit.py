"""What a device's commands and the sender of packets need: no database, no Django, the key that the caller names."""

from datetime import datetime
from pathlib import Path

from backend.vault.newest_seen import NewestSeen
from backend.vault.sending import EdgeUnreachable, Reply, ask_receipt, fetch, post_sealed
from backend.vault.trusted_card import IntakeKey, TrustedCard, read_intake_key
from crypto.keyholder.signing import SigningKey
from crypto.signer import Signer

__all__ = ["Reply", "ask_receipt", "fetch_intake_key", "post_sealed", "read_device_key"]

TIMEOUT = 30.0


def read_device_key(path: Path) -> Signer:
    """Return the signer of a device's key file (PKCS #8 PEM); raises MalformedKey or OSError."""
    return SigningKey.from_pem(path.read_bytes())


def fetch_intake_key(url: str, *, card: TrustedCard, at: datetime, seen: NewestSeen) -> IntakeKey:
    """Fetch the edge's key statements and return the key to seal to, as the pinned card's identity key signed it.

    Raises EdgeUnreachable, a CryptoError, or NotTrusted: also when the device has seen a newer one of this node.
    """
    reply = fetch(url, "/v1/intake-keys", timeout=TIMEOUT)
    if reply.status != 200:
        raise EdgeUnreachable(f"The edge gave no keys to seal to (status {reply.status}); try again later.")
    return seen.admit(read_intake_key(reply.content, card=card, at=at), card=card)
