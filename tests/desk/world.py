"""A desk with people in every role, an incident, a referral, letters sent and received, a quarantined report."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.test import Client
from django.utils import timezone

from backend.accounts.models import Role, User
from backend.accounts.services import Person
from backend.conventions.catalogue import shipped
from backend.desk.signin.session import FACTOR, PROVED
from backend.directory.models import Authority, Node
from backend.incidents import evidence, opening
from backend.incidents.models import Correlation, EvidenceItem, Incident, Release
from backend.incidents.releasing import propose_release
from backend.intake.models import Submission
from backend.vault.authority import make_exercise_certificate, sign_pdf
from backend.vault.columns import make_data_key
from referral import services
from referral.columns import content_of, set_content, set_pdf
from referral.composing import Draft, DraftMeasure, party
from referral.letters.content import Custodian, DataItem, LetterContent
from referral.letters.rendering import render_letter
from referral.lifecycle import LetterKind, PreservationStage, Stage, UrgencyGround
from referral.models import LetterOfRequest, Preservation, Referral
from referral.selectors import open_references
from referral.services.contents import named_authority
from referral.services.references import reference_label
from tests.founding import FRAUD_REPORT, SealedReport, confirmed_peer, enrol_device, found_node, own_authority, person
from tests.incidents.reporting import copies

BOTH = {"en": "Words of the exercise.", "es": "Palabras del ejercicio."}
FOLLOWS = {
    "en": "A letter of request under Art. 31 follows by 15 January 2027.",
    "es": "La carta rogatoria según el art. 31 seguirá antes del 15 de enero de 2027.",
}
FILLED = Draft(
    languages=("en", "es"),
    offences=("computer-fraud",),
    summary_of_facts=BOTH,
    measures=(
        DraftMeasure(
            measure="preservation",
            description=BOTH,
            custodian=Custodian(name="Correo Ejemplo S.A. (fictional)", reason=BOTH),
            data=(DataItem(kind="email-address", value="accounts@exampleton-trading.example"),),
        ),
    ),
    particulars=dict.fromkeys(("necessity", "link-to-offence", "purpose"), BOTH) | {"intention-to-submit-mla": FOLLOWS},
)


@dataclass
class World:
    """Everything that pages show, and who may see it."""

    at: datetime
    people: dict[str, Person]
    authority: Authority
    peer: Node
    incident: Incident
    referral: Referral
    draft: LetterOfRequest
    received: LetterOfRequest
    quarantined: Submission
    item: EvidenceItem
    sensitive: EvidenceItem
    release: Release
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """A browser in which a person of the role has signed in with both factors."""
        if role not in self.clients:
            self.clients[role] = signed_in(self.people[role].user)
        return self.clients[role]

    @property
    def twin(self) -> Incident:
        """A second incident that may be the same as the first; made when a test first asks for it."""
        known = Incident.objects.filter(reference__startswith="GD-2026-9").first()
        return known or likely_duplicate(self.incident)

    def complete(self) -> LetterOfRequest:
        """The draft completed by the prosecutor, its open references confirmed."""
        for reference in open_references(content_of(self.draft)):
            services.confirm_reference(
                self.draft,
                reference_label(reference),
                source_seen="Seen in the test.",
                acting=self.people["prosecutor"],
                at=self.at,
            )
        self.draft = services.complete_letter(self.draft, acting=self.people["prosecutor"], at=self.at)
        return self.draft

    def urgent(self) -> LetterOfRequest:
        """The draft completed by the prosecutor and signed in urgent form by the signer."""
        self.draft = services.sign_letter(
            self.complete(),
            urgency=(UrgencyGround.DATA_WOULD_BE_LOST,),
            acting=self.people["signer"],
            at=self.at,
        )
        return self.draft


def likely_duplicate(incident: Incident) -> Incident:
    """A further incident that shares its first indicator with this one and was found to be much like it."""
    (twin,) = copies(incident, 1, having=incident.indicators.order_by("position")[0])
    first, second = sorted((incident, twin), key=lambda one: one.pk)
    signs = ["same-indicators", "same-day"]
    Correlation.objects.create(
        first=first, second=second, shared=1, signs=signs, suggested=True, found_at=incident.received_at
    )
    return twin


def signed_in(user: User) -> Client:
    """A browser after both factors."""
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    client = Client()
    client.force_login(user)
    session = client.session
    session[FACTOR], session[PROVED] = user.pk, timezone.now().timestamp()
    session.save()
    return client


def make_world() -> World:
    """As a node looks after its first day."""
    at = timezone.now()
    found_node(at=at)
    peer = confirmed_peer(at=at)
    authority = own_authority("24-7", at=at)
    people = {role.value: person(role, f"{role.value}-person", authority=authority, at=at) for role in Role}
    device = enrol_device(at=at)
    files = {"mail.txt": b"Received: from mail.example", "picture.jpg": b"a harmless stand-in"}
    SealedReport(device, FRAUD_REPORT, files=files, sensitivity={"picture.jpg": "intimate-image"}).send(at=at)
    opening.open_waiting(at=at)
    for _ in files:
        evidence.take_waiting(at=at)
    SealedReport(device, {"schema": "comity/report/v1"}).send(at=at)
    opening.open_waiting(at=at)
    incident = Incident.objects.get()
    referral = services.open_referral([incident], "cr", acting=people["duty"], at=at)
    draft = services.draft_letter(
        referral,
        LetterKind.PRESERVATION_REQUEST,
        FILLED,
        from_authority=authority,
        to_authority=Authority.objects.get(id="cr-24-7"),
        evidence=list(incident.evidence.filter(sensitivity="none")),
        acting=people["prosecutor"],
        at=at,
    )
    sensitive = incident.evidence.get(sensitivity="intimate-image")
    return World(
        at=at,
        people=people,
        authority=authority,
        peer=peer,
        incident=incident,
        referral=referral,
        draft=draft,
        received=received_letter(draft, authority, peer, at=at),
        quarantined=Submission.objects.get(stage="quarantined"),
        item=incident.evidence.get(sensitivity="none"),
        sensitive=sensitive,
        release=propose_release(sensitive, "person duty-person", "By law.", acting=people["prosecutor"], at=at),
    )


def received_letter(sample: LetterOfRequest, own: Authority, peer: Node, *, at: datetime) -> LetterOfRequest:
    """A preservation request as it stands after its packet was opened; only its way here is left out."""
    other = Authority.objects.get(id="cr-24-7")
    catalogue, content = shipped(), content_of(sample)
    turned: LetterContent = msgspec.structs.replace(
        content,
        reference="CR-L-2026-00007",
        sender=party("cr", named_authority(other), catalogue),
        addressee=party("gd", named_authority(own), catalogue),
        evidence=(),
    )
    data_key, key = make_data_key(at=at)
    referral = Referral.objects.create(
        reference="GD-R-2026-90001", direction="in", other_state="cr", data_key=data_key, opened_at=at
    )
    letter = LetterOfRequest(
        referral=referral,
        direction="in",
        kind=LetterKind.PRESERVATION_REQUEST,
        reference=turned.reference,
        stage=Stage.DELIVERED,
        requesting_state="cr",
        requested_state="gd",
        sender_node=peer,
        addressee_node=own.node,
        from_authority=other,
        to_authority=own,
        drafted_at=at,
        received_at=at,
        moved_at=at,
    )
    set_content(letter, turned, key)
    private, certificate = make_exercise_certificate(other.title, "cr", at=at)
    unsigned = render_letter(turned, at=at)
    signed = sign_pdf(
        unsigned, key_pem=private, certificate_pem=certificate, reason="Exercise", location="San José", at=at
    )
    set_pdf(letter, signed, key)
    letter.save(force_insert=True)
    Preservation.objects.create(letter=letter, stage=PreservationStage.REQUESTED, moved_at=at)
    return letter
