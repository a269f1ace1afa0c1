"""What a key card says that packets are checked by. No Django: anyone with the card can check a packet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from backend.audit.errors import UntrustedCard
from backend.audit.trust import CARD_TYPE, LARGEST_CARD, log_of_card
from crypto.errors import CryptoError
from crypto.keys import VerifyingKey
from crypto.verifying import stated_signer, verify_statement
from referral.letters.content import Instant
from referral.letters.validity import AuthorityCertificate
from referral.packing.verification import KnownSender


class _Authority(Struct, frozen=True):
    id: str
    certificate_pem: str = ""


class _Card(Struct, frozen=True):
    node: str
    state: str
    transport: str
    authorities: Annotated[list[_Authority], Meta(max_length=200)]
    valid_from: Instant
    valid_until: Instant


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
        identity = stated_signer(data, max_bytes=LARGEST_CARD)
        payload = verify_statement(data, type=CARD_TYPE, key=identity, max_bytes=LARGEST_CARD).payload
        card = msgspec.convert(dict(payload), _Card)
        transport = VerifyingKey.parse(card.transport)
    except (CryptoError, msgspec.ValidationError) as error:
        raise UntrustedCard("The key card lacks what packets are checked by; ask the node for a new one.") from error
    return SenderCard(
        sender=KnownSender(card.node, transport, log.origin, log.key),
        state=card.state,
        identity=identity,
        certificates=tuple(
            AuthorityCertificate(one.id, one.certificate_pem.encode())
            for one in card.authorities
            if one.certificate_pem
        ),
        valid_from=card.valid_from,
        valid_until=card.valid_until,
    )
