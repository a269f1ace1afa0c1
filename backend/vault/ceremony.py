"""The node's keys: made once at first start, with a recovery kit, and published by the identity key.

Everything here is an act of ``comity keys`` or of the first start, run with the identity key at hand; it can be run
again and adds only what is missing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import System
from backend.directory.models import PublishedKey
from backend.vault import publishing
from crypto.keyholder import datakeys, recovery
from crypto.keyholder.identities import generate_pq, recipient_of
from crypto.keyholder.keyring import FileKeyring
from crypto.keyholder.signing import SigningKey
from crypto.keys import PQRecipient

GROUPS = ("identity", "notary", "worker", "desk", "shared")
INTAKE_SEAL_DAYS = 14
EXCHANGE_SEAL_DAYS = 90
# Statements are signed this far ahead, so that a node runs on while its identity key is away.
DAYS_AHEAD = 30


@dataclass(frozen=True)
class FirstKeys:
    """What the first start made: the recovery kit and the secret that opens it, to be kept apart from each other."""

    kit: Path
    identity: str


def first_keys(home: Path, *, at: datetime) -> FirstKeys | None:
    """Make the node's signing keys and roots and a recovery kit; None where they exist already."""
    if (home / "keys" / "identity" / "identity.pem").exists():
        return None
    rings = {group: FileKeyring(home / "keys" / group) for group in GROUPS}
    for ring in rings.values():
        ring.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = {
        "identity/identity.pem": SigningKey.generate("ed25519").to_pem(),
        "notary/log.pem": SigningKey.generate("ed25519").to_pem(),
        "worker/transport.pem": SigningKey.generate("ed25519").to_pem(),
        "shared/keyring-root.key": datakeys.new_key(),
        "shared/token-root.key": datakeys.new_key(),
    }
    # What an interrupted first start left is kept; the kit is made anew, its secret having been shown to nobody.
    for name in made:
        group, _, file = name.partition("/")
        if file in rings[group].names():
            made[name] = rings[group].read(file)
    kit, secret = recovery.make_kit(made)
    folder = home / "recovery"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"recovery-kit-{at:%Y-%m-%d}.age"
    path.write_bytes(kit)
    path.chmod(0o600)
    # The identity comes last: it says that the first start went through.
    for name, value in sorted(made.items(), key=lambda item: item[0].startswith("identity/")):
        group, _, file = name.partition("/")
        if file not in rings[group].names():
            rings[group].write(file, value)
    return FirstKeys(path, secret)


def publish_keys(*, at: datetime, days: int = DAYS_AHEAD) -> int:
    """Make and publish the intake keys of the coming `days`, a current exchange key, and the card anew; how many."""
    made = 0
    with transaction.atomic():
        _retire_lost_keys(at=at)
        first_day = at.replace(hour=0, minute=0, second=0, microsecond=0)
        have = set(
            PublishedKey.objects.filter(kind="intake", seal_from__gte=first_day, destroyed_at=None).values_list(
                "seal_from", flat=True
            )
        )
        for day in (first_day + timedelta(days=n) for n in range(days)):
            if day not in have:
                _make_key("intake", seal_from=day, seal_until=day + timedelta(days=INTAKE_SEAL_DAYS), at=at)
                made += 1
        if not PublishedKey.objects.filter(
            kind="exchange", seal_from__lte=at, seal_until__gt=at + timedelta(days=DAYS_AHEAD), destroyed_at=None
        ).exists():
            _make_key("exchange", seal_from=first_day, seal_until=first_day + timedelta(days=EXCHANGE_SEAL_DAYS), at=at)
            made += 1
        publishing.issue_card(at=at)
    return made


def _retire_lost_keys(*, at: datetime) -> None:
    """Publish no more what the node can't open: after a restore, keys are in the database and in no folder."""
    ring = publishing.worker_keyring()
    held = set(ring.names())
    if "transport.pem" not in held:
        return  # The folder is not at hand at all: that says nothing about its keys.
    for key in PublishedKey.objects.select_for_update().filter(destroyed_at=None):
        if f"{key.kind}/{key.key_id}.age" not in held:
            key.destroyed_at = at
            key.save(update_fields=["destroyed_at"])
            recording.record(
                Event.KEY_DESTROYED, key, acting=System("keys"), at=at, detail={"kind": key.kind, "reason": "lost"}
            )


def _make_key(kind: str, *, seal_from: datetime, seal_until: datetime, at: datetime) -> None:
    identity = generate_pq()
    recipient = recipient_of(identity)
    if not isinstance(recipient, PQRecipient):
        raise TypeError("intake and exchange keys are post-quantum; generate_pq() gave another kind")
    publishing.worker_keyring().write(f"{kind}/{recipient.key_id}.age", identity.encode("ascii"))
    key = PublishedKey.objects.create(
        key_id=recipient.key_id,
        kind=kind,
        recipient=str(recipient),
        statement=publishing.key_statement(kind, recipient, seal_from=seal_from, seal_until=seal_until),
        seal_from=seal_from,
        seal_until=seal_until,
    )
    recording.record(
        Event.KEY_PUBLISHED, key, acting=System("keys"), at=at, detail={"kind": kind, "key_id": key.key_id}
    )
