"""What the identity key signs: key statements and the node's key card (crypto/SPEC.md)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import System
from backend.audit.trust import CARD_TYPE
from backend.directory import cards
from backend.directory.keycard import read_card
from backend.directory.models import Authority, Node, PublishedKey
from backend.vault.signers import identity_signer
from crypto.keyholder.keyring import FileKeyring
from crypto.keyholder.signing import SigningKey
from crypto.keys import PQRecipient
from crypto.signer import sign_statement

CARD_DAYS = 366


def worker_keyring() -> FileKeyring:
    """The worker's folder, into which ``comity keys`` puts what it makes; it is read by the worker alone."""
    return FileKeyring(Path(settings.COMITY.home) / "keys" / "worker")


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def key_statement(kind: str, recipient: PQRecipient, *, seal_from: datetime, seal_until: datetime) -> bytes:
    """The signed statement that publishes an intake or exchange key."""
    return sign_statement(
        {
            "type": f"comity/{kind}-key/v1",
            "node": settings.COMITY.node,
            "key_id": recipient.key_id,
            "recipient": str(recipient),
            "seal_from": instant(seal_from),
            "seal_until": instant(seal_until),
        },
        identity_signer(),
    )


def issue_card(*, at: datetime) -> Node:
    """Sign the node's key card anew when what it says has changed or it ends within a month; the node's own row."""
    own = Node.objects.filter(own=True).first()
    payload = _card_payload(at)
    if own is not None and _says_the_same(bytes(own.card), payload) and own.valid_until > at + timedelta(days=31):
        return own
    card = read_card(sign_statement(payload, identity_signer()))
    node = cards.store_card(card, own=True, at=at)
    recording.record(Event.CARD_ISSUED, node, acting=System("keys"), at=at)
    return node


def _says_the_same(card: bytes, payload: dict[str, Any]) -> bool:
    before = dict(read_card(card).payload)
    ignored = ("valid_from", "valid_until")
    return {k: v for k, v in before.items() if k not in ignored} == {
        k: v for k, v in payload.items() if k not in ignored
    }


def _public(path: str) -> str:
    group, name = path.split("/")
    ring = FileKeyring(Path(settings.COMITY.home) / "keys" / group)
    return str(SigningKey.from_pem(ring.read(name)).verifying_key)


def _card_payload(at: datetime) -> dict[str, Any]:
    exchange = (
        PublishedKey.objects.filter(kind="exchange", seal_from__lte=at, destroyed_at=None, withdrawn_at=None)
        .order_by("seal_from")
        .last()
    )
    if exchange is None:
        raise LookupError("No exchange key is published yet; make one before the card.")
    node = settings.COMITY.node
    return {
        "type": CARD_TYPE,
        "node": node,
        "state": settings.COMITY.state,
        "identity": str(identity_signer().verifying_key),
        "transport": _public("worker/transport.pem"),
        "log": {"origin": f"comity/{node}/log", "key": _public("notary/log.pem")},
        "exchange": {
            "key_id": exchange.key_id,
            "recipient": exchange.recipient,
            "seal_until": instant(exchange.seal_until),
        },
        "authorities": [
            {
                "id": authority.id,
                "kind": authority.kind,
                "title": authority.title,
                "exercise": authority.exercise,
                "certificate_pem": authority.certificate_pem,
            }
            for authority in Authority.objects.filter(node_id=node).order_by("id")
        ],
        "addresses": {"edge": settings.COMITY.edge_url},
        "valid_from": instant(at),
        "valid_until": instant(at + timedelta(days=CARD_DAYS)),
    }
