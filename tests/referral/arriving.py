"""Packets of a peer as they arrive here: what it sends, and what became of it."""

from dataclasses import dataclass
from io import BytesIO

import msgspec

from backend.directory.cards import confirm_node, import_card
from backend.directory.models import PublishedKey
from backend.incidents.models import EvidenceItem
from backend.intake.models import Submission
from crypto.keys import PQRecipient
from referral import inbound
from referral.letters.content import LetterContent, NamedAuthority, Party
from referral.letters.rendering import render_letter
from referral.models import LetterOfRequest
from referral.packets import PacketRoute, add_proof, build_packet, packet_built_detail
from tests.founding import NOW, TESTS, found_node, own_authority, store
from tests.referral_pure import world
from tests.referral_pure.examples import COSTA_RICA, REQUEST

PEER = world.node("cr")


@dataclass
class Sent:
    """What the peer sends; each test changes one thing."""

    content: LetterContent
    packet: str = "11111111-2222-4333-8444-555555555555"
    signer: world.Node = PEER
    transport: world.Node = PEER
    log: world.Node = PEER
    items: tuple[world.AtRest, ...] = ()
    reference: str | None = None
    recipient: PQRecipient | None = None
    submission: str | None = None

    def store(self) -> Submission:
        """Build the packet and store it as accept() would."""
        key = PublishedKey.objects.get(kind="exchange")
        exchange = self.recipient or PQRecipient.parse(key.recipient)
        out = BytesIO()
        built = build_packet(
            out,
            route=PacketRoute(packet=self.packet, sender="cr", addressee="gd", exchange=exchange),
            letter_pdf=world.sign(render_letter(self.content, at=NOW), self.signer, at=NOW),
            reference=self.reference or self.content.reference,
            evidence=[_to_pack(item, exchange) for item in self.items],
            transport=self.transport.transport,
        )
        proof = world.proof_of(self.log, built, detail=packet_built_detail(built.manifest_sha256, "gd"))
        add_proof(out, proof)
        sender = PEER.transport.verifying_key.fingerprint
        return store(sender, self.submission or self.packet, "packet", key.key_id, out.getvalue(), at=NOW)


def _to_pack(item: world.AtRest, exchange: PQRecipient) -> world.EvidenceToPack:
    class Addressee:
        recipient = exchange

    return item.for_(world.node("gd"), Addressee)  # type: ignore[arg-type]


def request_of_peer() -> LetterContent:
    """A request from Costa Rica to an authority of this node."""
    found_node()
    confirm_node(import_card(PEER.card(), acting=TESTS, at=NOW), acting=TESTS, at=NOW)
    party = own_party()
    return msgspec.structs.replace(REQUEST, dated=NOW.date(), sender=COSTA_RICA, addressee=party, evidence=())


def own_party() -> Party:
    authority = own_authority()
    named = NamedAuthority(id=authority.id, title=authority.title, language="en", kind="central")
    return Party(state="gd", state_name={"en": "Grenada", "es": "Granada"}, authority=named)


def received(sent: Sent) -> LetterOfRequest:
    submission = sent.store()
    assert inbound.open_waiting(at=NOW)
    submission.refresh_from_db()
    assert submission.stage == Submission.Stage.OPENED, submission.quarantine_reason
    return LetterOfRequest.objects.get(direction="in", packet__submission=submission)


def refused(sent: Sent) -> str:
    letters, items = LetterOfRequest.objects.filter(direction="in").count(), EvidenceItem.objects.count()
    submission = sent.store()
    assert inbound.open_waiting(at=NOW)
    submission.refresh_from_db()
    assert submission.stage == Submission.Stage.QUARANTINED
    assert LetterOfRequest.objects.filter(direction="in").count() == letters
    assert EvidenceItem.objects.count() == items
    return submission.quarantine_reason
