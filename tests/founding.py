"""What tests of the domain stand on: a founded node, people in roles, an enrolled device and its sealed reports."""

import hashlib
import io
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from backend.accounts.models import Role, User
from backend.accounts.services import Person, add_user
from backend.audit.subjects import System
from backend.directory.cards import confirm_node, import_card
from backend.directory.models import Authority, Node, PublishedKey
from backend.intake.models import Submission
from backend.units import services as units
from backend.units.enrolment import EnrolmentCode, enrolment_mac
from backend.units.models import Device, EnrolmentRequest
from backend.vault import ceremony
from backend.vault.authorities import add_exercise_authority
from backend.vault.authority import make_exercise_certificate
from backend.vault.enrolment import make_code, open_code
from crypto.keyholder.identities import generate_pq, recipient_of
from crypto.keyholder.signing import SigningKey
from crypto.keys import parse_recipient
from crypto.report import frame
from crypto.sealing import seal, seal_stream
from crypto.signer import sign_statement

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TESTS = System("tests")


def found_node(*, at: datetime = NOW, days: int = 2) -> None:
    """Keys in the test's home (once a run) and their rows in this test's database, for so many days ahead.

    A node makes thirty; hundreds of tests that seal to today's would make thirty each.
    """
    for name in ("sealed", "evidence"):
        Path(getattr(settings.COMITY, name)).mkdir(parents=True, exist_ok=True)
    settings.COMITY.home.mkdir(parents=True, exist_ok=True)
    ceremony.first_keys(settings.COMITY.home, at=at)
    ceremony.publish_keys(at=at, days=days)


def person(role: Role, name: str, *, authority: Authority | None = None, at: datetime = NOW) -> Person:
    """A plainly fictional person in one role."""
    user = User.objects.filter(username=name).first()
    if user is None:
        user, _ = add_user(name, name.title(), roles=[role], authority=authority, acting=TESTS, at=at)
    return Person(user, role)


@dataclass
class TestDevice:
    """An enrolled device with its private key."""

    __test__ = False
    key: SigningKey
    row: Device

    @property
    def fingerprint(self) -> str:
        return self.row.fingerprint


def enrol_device(unit_name: str = "Cybercrime Unit (test)", *, at: datetime = NOW) -> TestDevice:
    """Invite, prove, check and confirm a device of a unit."""
    unit = units.Unit.objects.filter(name=unit_name).first() or units.add_unit(unit_name, "gd", acting=TESTS, at=at)
    invitation, code = units.invite(unit, make_code=make_code, acting=TESTS, at=at)
    key = SigningKey.generate("ed25519")
    public = str(key.verifying_key)
    request = EnrolmentRequest.objects.create(
        invitation_id=invitation.id,
        public_key=public,
        mac=enrolment_mac(EnrolmentCode.parse(code).secret, invitation.id, public),
        received_at=at,
    )
    units.check_requests(open_code=open_code, at=at)
    return TestDevice(key, units.confirm(request, acting=TESTS, at=at))


@dataclass
class SealedReport:
    """A report as a device seals it; change a field before ``send`` to make it wrong."""

    device: TestDevice
    report: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)
    sensitivity: dict[str, str] = field(default_factory=dict)
    submission: uuid.UUID = field(default_factory=uuid.uuid4)
    statement: dict[str, Any] = field(default_factory=dict)
    sealed_files: dict[uuid.UUID, bytes] = field(default_factory=dict)

    def intake_key(self, at: datetime) -> PublishedKey:
        """Today's key."""
        return PublishedKey.objects.filter(kind="intake", seal_from__lte=at).order_by("-seal_from")[0]

    def seal(self, *, at: datetime = NOW) -> bytes:
        """Seal evidence and report to today's key; what is in ``statement`` overrides what is signed."""
        key = self.intake_key(at)
        recipient = parse_recipient(key.recipient)
        entries, signed = [], []
        for name, data in self.files.items():
            out, item = io.BytesIO(), uuid.uuid4()
            digests = seal_stream(io.BytesIO(data), out, [recipient])
            self.sealed_files[item] = out.getvalue()
            entries.append(
                {
                    "id": str(item),
                    "name": name,
                    "media_type": "text/plain",
                    "size": len(data),
                    "sensitivity": self.sensitivity.get(name, "none"),
                }
            )
            signed.append(
                {
                    "id": str(item),
                    "size": len(data),
                    "plaintext_sha256": digests.plaintext_sha256,
                    "payload_sha256": digests.payload_sha256,
                }
            )
        body = json.dumps({**self.report, "evidence": entries}).encode()
        payload = {
            "type": "comity/report-statement/v1",
            "addressee": "gd",
            "intake_key": key.key_id,
            "device": self.device.fingerprint,
            "submission": str(self.submission),
            "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "report_sha256": hashlib.sha256(body).hexdigest(),
            "evidence": signed,
        } | self.statement
        statement = sign_statement(payload, self.device.key)
        return seal(self.changed(frame("comity/report/v1", statement, body)), [recipient])

    def changed(self, plaintext: bytes) -> bytes:
        """What is sealed in place of the plaintext, for whoever wants it changed after it was signed."""
        return plaintext

    def send(self, *, sender: str | None = None, at: datetime = NOW) -> Submission:
        """Store report and evidence as accept() would."""
        key_id = self.intake_key(at).key_id
        sealed = self.seal(at=at)
        for item, data in self.sealed_files.items():
            store(sender or self.device.fingerprint, item, "evidence", key_id, data, at=at)
        return store(sender or self.device.fingerprint, self.submission, "report", key_id, sealed, at=at)


def store(sender: str, submission: uuid.UUID, kind: str, key_id: str, data: bytes, *, at: datetime) -> Submission:
    """The row that accept() leaves."""
    return Submission.objects.create(
        sender=sender,
        submission_id=submission,
        kind=kind,
        key_id=key_id,
        digest=hashlib.sha256(data).digest(),
        size=len(data),
        sealed=data,
        received_at=at,
    )


FRAUD_REPORT: dict[str, Any] = {
    "schema": "comity/report/v1",
    "title": "Payment diverted by a forged e-mail",
    "narrative": (
        "Somebody got into the mailbox of our accountant without permission and set a rule that forwarded her mail. "
        "On 23 November a forged invoice was sent from it and 184,000 US dollars were paid to the account "
        "GB60 BARC 2679 8414 0213 97. The mails came from 198.51.100.23."
    ),
    "language": "en",
    "officer": {"name": "Constable Testperson Exampleton"},
    "losses": [{"amount": "184000.00", "currency": "USD", "still_moving": "yes"}],
    "where": [
        {"kind": "mail", "value": "accounts@exampleton-trading.example", "provider": "Correo Ejemplo", "state": "cr"}
    ],
}


def peer_card(node: str = "cr", *, at: datetime = NOW, identity: SigningKey | None = None, **changes: Any) -> bytes:
    """A key card of another, made-up node, signed by its identity; its authorities have exercise certificates.

    Valid around ``at``: of NOW from 1 November 2026 for a year.
    """

    def midnight(days: int) -> str:
        return f"{at + timedelta(days=days):%Y-%m-%dT00:00:00Z}"

    identity = identity or SigningKey.generate("ed25519")
    recipient = recipient_of(generate_pq())
    offices = (("central", "Autoridad Central de Ejercicio"), ("24-7", "Punto de contacto 24/7 de ejercicio"))
    payload = {
        "type": "comity/key-card/v1",
        "node": node,
        "state": node,
        "identity": str(identity.verifying_key),
        "transport": str(SigningKey.generate("ed25519").verifying_key),
        "log": {"origin": f"comity/{node}/log", "key": str(SigningKey.generate("ed25519").verifying_key)},
        "exchange": {"key_id": recipient.key_id, "recipient": str(recipient), "seal_until": midnight(69)},
        "authorities": [
            {
                "id": f"{node}-{kind}",
                "kind": kind,
                "title": title,
                "exercise": True,
                "certificate_pem": make_exercise_certificate(title, "cr", at=at)[1].decode(),
            }
            for kind, title in offices
        ],
        "addresses": {"edge": "http://127.0.0.1:9"},
        "valid_from": midnight(-23),
        "valid_until": midnight(342),
    } | changes
    return sign_statement(payload, identity)


def confirmed_peer(node: str = "cr", *, at: datetime = NOW) -> Node:
    """Another node whose card was imported and confirmed."""
    found = import_card(peer_card(node, at=at), acting=TESTS, at=at)
    confirm_node(found, acting=TESTS, at=at)
    return found


def own_authority(kind: str = "central", *, at: datetime = NOW) -> Authority:
    """An exercise authority of this node with a key at the desk, made once a run and known to this database."""
    authority_id = f"gd-{kind}-{uuid.uuid4().hex[:8]}"
    return add_exercise_authority(authority_id, kind=kind, title=f"Exercise {kind} authority", acting=TESTS, at=at)
