"""What a sender believes of a node, by the key card that it was given: to whom it seals, and whose receipt counts.

No Django: `comity submit` runs where there is no node.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from backend.audit.trust import TrustedLog, log_of_card
from backend.directory.keycard import Instant, read_card
from crypto.errors import MalformedKey
from crypto.keys import PQRecipient, VerifyingKey
from crypto.verifying import verify_statement

T = TypeVar("T")
INTAKE_KEY_TYPE = "comity/intake-key/v1"


class NotTrusted(Exception):
    """A card or key statement that is genuine or not, but does not serve now; the sentence says what to do."""


class _IntakeKey(msgspec.Struct, frozen=True):
    node: str
    key_id: str
    recipient: str
    seal_from: Instant
    seal_until: Instant


@dataclass(frozen=True)
class TrustedCard:
    """A node's card as its holder pinned it, valid now."""

    node: str
    identity: VerifyingKey
    log: TrustedLog


@dataclass(frozen=True)
class IntakeKey:
    """A key that the pinned node publishes for sealing now."""

    key_id: str
    recipient: PQRecipient
    seal_from: datetime


def read_trusted_card(data: bytes, *, at: datetime) -> TrustedCard:
    """Return the pinned card; raises UntrustedCard, a CryptoError, or NotTrusted when it is not valid at `at`."""
    log = log_of_card(data)
    read = read_card(data)
    card = read.card
    if not card.valid_from <= at < card.valid_until:
        raise NotTrusted(
            f"The key card is valid from {_day(card.valid_from)} until {_day(card.valid_until)}; ask the node for a "
            "new one and compare the fingerprint words."
        )
    return TrustedCard(card.node, read.identity, log)


def read_intake_key(statements: bytes, *, card: TrustedCard, at: datetime) -> IntakeKey:
    """Return the newest key among `statements`, one a line, to which one may seal at `at`.

    Every line must be signed by the card's identity key (InvalidSignature, MalformedDocument); raises NotTrusted when
    none serves.
    """
    keys = [_read_statement(line, card) for line in statements.splitlines() if line]
    current = [key for key in keys if key.seal_from <= at < key.seal_until]
    if not current:
        raise NotTrusted(
            f"The node {card.node} publishes no key to seal to at {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC; check this "
            "machine's clock, or ask the node's administrator."
        )
    newest = max(current, key=lambda key: key.seal_from)
    recipient = PQRecipient.parse(newest.recipient)
    if recipient.key_id != newest.key_id:
        raise MalformedKey
    return IntakeKey(newest.key_id, recipient, newest.seal_from)


def _read_statement(line: bytes, card: TrustedCard) -> _IntakeKey:
    payload = verify_statement(line, type=INTAKE_KEY_TYPE, key=card.identity).payload
    key = _convert(dict(payload), _IntakeKey, "key statement")
    if key.node != card.node:
        raise NotTrusted(
            f"A key statement is of the node {key.node!r}, not of {card.node!r}; check the edge's address."
        )
    return key


def _convert(payload: dict[str, Any], kind: type[T], what: str) -> T:
    try:
        return msgspec.convert(payload, kind)
    except msgspec.ValidationError as wrong:
        raise NotTrusted(f"The {what} is signed but not of its form ({wrong}); ask the node for a new one.") from wrong


def _day(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d")
