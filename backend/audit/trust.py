"""Whose log is to be believed: the log's key, by name, from a node's key card. Needs no database and no Django."""

from dataclasses import dataclass
from typing import Any

from backend.audit.errors import UntrustedCard
from backend.audit.log import origin_of
from crypto.errors import CryptoError
from crypto.keys import VerifyingKey
from crypto.verifying import stated_signer, verify_statement

CARD_TYPE = "comity/key-card/v1"
LARGEST_CARD = 256 * 1024


@dataclass(frozen=True)
class TrustedLog:
    """A log's origin and the key that its checkpoints are signed by."""

    origin: str
    key: VerifyingKey


def log_of_card(card: bytes) -> TrustedLog:
    """The log of the node whose key card this is. Whose card it is, its holder must have made sure of (DESIGN §3).

    Raises UntrustedCard unless the card is signed by the identity key that it names.
    """
    try:
        signer = stated_signer(card, max_bytes=LARGEST_CARD)
        payload = verify_statement(card, type=CARD_TYPE, key=signer, max_bytes=LARGEST_CARD).payload
        log = payload.get("log")
        key = VerifyingKey.parse(_text(log, "key"))
        origin = _text(log, "origin")
    except CryptoError as error:
        raise UntrustedCard(_SENTENCE) from error
    if payload.get("identity") != str(signer) or origin != origin_of(str(payload.get("node"))):
        raise UntrustedCard(_SENTENCE)
    return TrustedLog(origin=origin, key=key)


_SENTENCE = (
    "This is not a node's key card: expected a statement signed by the identity key that it names, with the node's own "
    "log; ask the node for its card and compare the fingerprint words."
)


def _text(log: Any, name: str) -> str:
    value = log.get(name) if isinstance(log, dict) else None
    if not isinstance(value, str):
        raise UntrustedCard(_SENTENCE)
    return value
