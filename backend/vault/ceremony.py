"""The node's keys: made once at first start, with a recovery kit, and published by the identity key.

Everything here is an act of ``comity keys`` or of the first start, run with the identity key at hand; it can be run
again and adds only what is missing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting, System
from backend.directory.models import PublishedKey
from backend.vault import ending, publishing
from backend.vault.key_list import KeyState, key_states
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
    with transaction.atomic():
        _alone()
        ending.withdraw_lost(publishing.worker_keyring(), at=at)
        made = _make_missing(at=at, days=days)
        publishing.issue_card(at=at)
    return made


def rotate_keys(kind: str, *, acting: Acting, at: datetime, days: int = DAYS_AHEAD) -> tuple[int, int]:
    """Withdraw the keys of a kind to which one may seal now or later, and publish others; how many of either.

    What is sealed to a withdrawn key is refused from now on, to be sealed again. Its private half is destroyed as soon
    as nothing accepted needs it.
    """
    with transaction.atomic():
        _alone()
        withdrawn = ending.withdraw(
            PublishedKey.objects.filter(kind=kind, seal_until__gt=at), reason="rotated", acting=acting, at=at
        )
        made = _make_missing(at=at, days=days)
        publishing.issue_card(at=at)
    return withdrawn, made


def destroy_keys(key_ids: Collection[str], *, acting: Acting, at: datetime) -> tuple[list[str], list[KeyState]]:
    """Destroy the named keys ahead of their time, or without names all that ended, as far as nothing needs them.

    Named ones are withdrawn first, and others published in their place. Returns the ids whose files went, and the keys
    that are kept with what they are kept for. Raises LookupError for an id that is no key of this node.
    """
    ring = publishing.worker_keyring()
    keys = PublishedKey.objects.filter(key_id__in=key_ids) if key_ids else ending.ended(at=at)
    if key_ids:
        unknown = set(key_ids) - set(keys.values_list("key_id", flat=True))
        if unknown:
            raise LookupError(f"There is no key {min(unknown)!r} here; see `comity keys list`.")
        with transaction.atomic():
            _alone()
            if ending.withdraw(keys, reason="a person's decision", acting=acting, at=at):
                _make_missing(at=at, days=DAYS_AHEAD)
                publishing.issue_card(at=at)
    removed = ending.destroy_keys(keys, ring, acting=acting, at=at)
    meant = set(key_ids) or set(ending.ended(at=at).values_list("key_id", flat=True))
    kept = [state for state in key_states(ring) if state.key.key_id in meant and not state.gone]
    return removed, kept


def _alone() -> None:
    """Keep another act of this kind waiting: two would make two keys for each day, or take the other's for lost."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('comity keys'))")


def _make_missing(*, at: datetime, days: int) -> int:
    made = 0
    current = PublishedKey.objects.filter(destroyed_at=None, withdrawn_at=None)
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in (today + timedelta(days=n) for n in range(days)):
        of_day = {"kind": "intake", "seal_from__gte": day, "seal_from__lt": day + timedelta(days=1)}
        if not current.filter(**of_day).exists():
            ended = PublishedKey.objects.filter(**of_day).order_by("seal_from").last()
            seal_from = day if ended is None else max(ended.seal_from + timedelta(seconds=1), at.replace(microsecond=0))
            _make_key("intake", seal_from=seal_from, seal_until=day + timedelta(days=INTAKE_SEAL_DAYS), at=at)
            made += 1
    ends_late = {"seal_from__lte": at, "seal_until__gt": at + timedelta(days=DAYS_AHEAD)}
    if not current.filter(kind="exchange", **ends_late).exists():
        _make_key("exchange", seal_from=today, seal_until=today + timedelta(days=EXCHANGE_SEAL_DAYS), at=at)
        made += 1
    return made


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
