"""A key card, parsed and checked (crypto/SPEC.md, 11). No Django: anyone with a card checks packets and receipts by it.

A card is signed by the identity key that it names, so its signature proves only that its parts belong together: whose
card it is, its holder must have made sure of (DESIGN §3, Key card).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec

from backend.audit.trust import CARD_TYPE, LARGEST_CARD
from crypto.canonical import parse_canonical
from crypto.errors import MalformedDocument
from crypto.keys import PQRecipient, VerifyingKey, fingerprint_words, parse_recipient
from crypto.verifying import verify_statement

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
NodeId = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{1,15}$")]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
StateCode = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}$")]


class _Authority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{2,64}$")]
    kind: Annotated[str, msgspec.Meta(pattern=r"^(central|competent|24-7|diplomatic)$")]
    title: Short
    exercise: bool
    certificate_pem: Annotated[str, msgspec.Meta(max_length=8192)]


class _Log(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    origin: Short
    key: Short


class _Exchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key_id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$")]
    recipient: Annotated[str, msgspec.Meta(max_length=4096)]
    seal_until: Instant


class _Addresses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    edge: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s]{3,280}$")]


class _Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    type: str
    node: NodeId
    state: StateCode
    identity: Short
    transport: Short
    log: _Log
    exchange: _Exchange
    authorities: Annotated[list[_Authority], msgspec.Meta(max_length=200)]
    addresses: _Addresses
    valid_from: Instant
    valid_until: Instant


@dataclass(frozen=True)
class KeyCard:
    """A well-formed card whose signature is its own identity key's."""

    data: bytes
    payload: Mapping[str, Any]
    card: _Card
    identity: VerifyingKey
    transport: VerifyingKey

    @property
    def words(self) -> str:
        """The fingerprint words that two people compare."""
        return fingerprint_words(self.identity.fingerprint)


def read_card(data: bytes) -> KeyCard:
    """Parse and check a key card; raises MalformedDocument or InvalidSignature."""
    outer = parse_canonical(data, max_bytes=LARGEST_CARD)
    try:
        card = msgspec.convert(outer["payload"], _Card)
        identity = VerifyingKey.parse(card.identity)
        transport = VerifyingKey.parse(card.transport)
        VerifyingKey.parse(card.log.key)
        recipient = parse_recipient(card.exchange.recipient)
    except (msgspec.ValidationError, KeyError, TypeError, ValueError) as wrong:
        raise MalformedDocument.because("This is not a key card; ask the other node for a new one.") from wrong
    if not isinstance(recipient, PQRecipient) or recipient.key_id != card.exchange.key_id:
        raise MalformedDocument.because("The card's exchange key is not a post-quantum one or not the one it names.")
    if len({authority.id for authority in card.authorities}) != len(card.authorities):
        raise MalformedDocument.because("The card names an authority twice.")
    if card.log.origin != f"comity/{card.node}/log":
        raise MalformedDocument.because("The card names the log of another node.")
    verified = verify_statement(data, type=CARD_TYPE, key=identity, max_bytes=LARGEST_CARD)
    return KeyCard(data, verified.payload, card, identity, transport)
