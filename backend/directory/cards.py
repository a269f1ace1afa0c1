"""Key cards of this node and of its peers: stored, confirmed by a person (DESIGN §3, Key card).

Trust comes from a person who compared the fingerprint words by another way; from then on the identity key is pinned.
"""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.db import transaction

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting
from backend.directory.keycard import KeyCard, read_card
from backend.directory.models import Authority, Node
from crypto.errors import MalformedDocument


class CardRefused(Exception):
    """A card that this node does not take; the sentence says why."""


def import_card(data: bytes, *, acting: Acting, at: datetime) -> Node:
    """Take a peer's card: new ones wait for a person's confirmation, confirmed ones must keep their identity key."""
    card = read_card(data)
    with transaction.atomic():
        known = Node.objects.select_for_update().filter(id=card.card.node).first()
        if known is not None and known.own:
            raise CardRefused("This is the card of this node itself; import the other node's.")
        if known is not None and known.confirmed_at is not None and known.identity_key != card.card.identity:
            raise CardRefused(
                f"The node {known.id} is pinned to another identity key, whose words {known.confirmed_by} compared; "
                "ask its administrator, by another way than the card came, whether this one is theirs."
            )
        if card.card.valid_until.astimezone(UTC) <= at:
            raise CardRefused(f"The card ended on {card.card.valid_until:%Y-%m-%d}; ask for a new one.")
        if Node.objects.exclude(id=card.card.node).filter(transport_fingerprint=card.transport.fingerprint).exists():
            raise CardRefused("The card names the transport key of another node; ask for a corrected card.")
        same = known is not None and known.identity_key == card.card.identity
        if known is not None and same and card.card.valid_from.astimezone(UTC) < known.valid_from:
            raise CardRefused("The card is older than the one held; ask for the newest.")
        node = store_card(card, own=False, at=at)
        recording.record(
            Event.CARD_IMPORTED, node, acting=acting, at=at, detail={"identity": card.identity.fingerprint}
        )
    return node


def confirm_node(node: Node, *, acting: Acting, at: datetime) -> None:
    """A person compared the fingerprint words out of band: from now on packets go to and come from this node."""
    with transaction.atomic():
        node.confirmed_at, node.confirmed_by = at, acting.audit_id
        node.save(update_fields=["confirmed_at", "confirmed_by"])
        recording.record(Event.CARD_CONFIRMED, node, acting=acting, at=at)


def store_card(card: KeyCard, *, own: bool, at: datetime) -> Node:
    """Write a card and the authorities it names; confirmations of a known node are kept."""
    fields = {
        "state": card.card.state,
        "own": own,
        "card": card.data,
        "identity_key": card.card.identity,
        "transport_key": card.card.transport,
        "transport_fingerprint": card.transport.fingerprint,
        "log_key": card.card.log.key,
        "exchange_recipient": card.card.exchange.recipient,
        "exchange_key_id": card.card.exchange.key_id,
        "edge_url": card.card.addresses.edge,
        "valid_from": card.card.valid_from,
        "valid_until": card.card.valid_until,
        "imported_at": at,
    }
    with transaction.atomic():
        node, _ = Node.objects.update_or_create(id=card.card.node, defaults=fields)
        if not own:
            _store_authorities(node, card)
    return node


def _store_authorities(node: Node, card: KeyCard) -> None:
    named = [authority.id for authority in card.card.authorities]
    if Authority.objects.filter(id__in=named).exclude(node=node).exists():
        raise CardRefused("The card names an authority id that belongs to another node; ask for a corrected card.")
    for authority in card.card.authorities:
        Authority.objects.update_or_create(
            id=authority.id,
            node=node,
            defaults={
                "state": card.card.state,
                "kind": authority.kind,
                "title": authority.title,
                "exercise": authority.exercise,
                "certificate_pem": authority.certificate_pem,
                "certificate_sha256": certificate_sha256(authority.certificate_pem),
            },
        )
    # What the newest card no longer names signs nothing any more; the row stays for the letters that name it.
    Authority.objects.filter(node=node).exclude(id__in=named).update(certificate_pem="", certificate_sha256="")


def certificate_sha256(pem: str) -> str:
    """SHA-256 of the certificate's DER in hex; empty for an authority that signs nothing."""
    if not pem:
        return ""
    try:
        return x509.load_pem_x509_certificate(pem.encode("ascii")).fingerprint(hashes.SHA256()).hex()
    except ValueError as wrong:
        raise MalformedDocument.because("An authority's certificate on the card is not a PEM certificate.") from wrong
