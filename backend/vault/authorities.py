"""An authority of this node, with its signing key: an exercise one made here, or a real one installed from files."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting
from backend.directory.cards import certificate_sha256
from backend.directory.models import Authority, ContactPoint, Node
from backend.vault.authority import make_exercise_certificate
from backend.vault.publishing import issue_card
from crypto.keyholder.keyring import FileKeyring


def add_exercise_authority(
    authority_id: str, *, kind: str, title: str, phone: str = "", acting: Acting, at: datetime
) -> Authority:
    """An authority for exercises, with a certificate of its own that says EXERCISE; the card is issued anew."""
    key, certificate = make_exercise_certificate(title, settings.COMITY.state, at=at)
    return install_authority(
        authority_id,
        kind=kind,
        title=title,
        exercise=True,
        key_pem=key,
        certificate_pem=certificate,
        phone=phone,
        acting=acting,
        at=at,
    )


def install_authority(
    authority_id: str,
    *,
    kind: str,
    title: str,
    exercise: bool,
    key_pem: bytes,
    certificate_pem: bytes,
    phone: str = "",
    acting: Acting,
    at: datetime,
) -> Authority:
    """Install an authority with its key and certificate; its key is readable by the desk alone."""
    with transaction.atomic():
        authority = Authority.objects.create(
            id=authority_id,
            node=Node.objects.get(own=True),
            state=settings.COMITY.state,
            kind=kind,
            title=title,
            exercise=exercise,
            certificate_pem=certificate_pem.decode("ascii"),
            certificate_sha256=certificate_sha256(certificate_pem.decode("ascii")),
        )
        if phone:
            ContactPoint.objects.create(authority=authority, phone=phone, hours="24/7" if kind == "24-7" else "")
        recording.record(
            Event.AUTHORITY_ADDED, authority, acting=acting, at=at, detail={"kind": kind, "exercise": int(exercise)}
        )
        issue_card(at=at)
        # Last: what the database refuses leaves no key behind, under which the authority could not be added again.
        FileKeyring(Path(settings.COMITY.home) / "keys" / "desk").write(f"authority/{authority_id}.pem", key_pem)
    return authority
