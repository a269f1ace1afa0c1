"""What a key card says that packets are checked by. No Django: anyone with the card can check a packet."""

from dataclasses import dataclass
from datetime import datetime

from backend.audit.errors import UntrustedCard
from backend.audit.trust import log_of_card
from backend.directory.keycard import read_card
from crypto.errors import CryptoError
from crypto.keys import VerifyingKey
from referral.letters.validity import AuthorityCertificate
from referral.packing.verification import KnownSender


@dataclass(frozen=True)
class SenderCard:
    """A key card, whose holder must have made sure whose it is (DESIGN §3, Key card)."""

    sender: KnownSender
    state: str
    identity: VerifyingKey
    certificates: tuple[AuthorityCertificate, ...]
    valid_from: datetime
    valid_until: datetime


def read_sender_card(data: bytes) -> SenderCard:
    """Parse a key card and check that its own identity key signed it; raises backend.audit.errors.UntrustedCard."""
    log = log_of_card(data)
    try:
        read = read_card(data)
    except CryptoError as error:
        raise UntrustedCard("The key card lacks what packets are checked by; ask the node for a new one.") from error
    card = read.card
    return SenderCard(
        sender=KnownSender(card.node, read.transport, log.origin, log.key),
        state=card.state,
        identity=read.identity,
        certificates=tuple(
            AuthorityCertificate(one.id, one.certificate_pem.encode())
            for one in card.authorities
            if one.certificate_pem
        ),
        valid_from=card.valid_from,
        valid_until=card.valid_until,
    )
