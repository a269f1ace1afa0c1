"""Legal holds: a person keeps an incident from being erased, another act of a person lets it go; both say why."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.incidents import access
from backend.incidents.columns import opened, sealed
from backend.incidents.models import Incident, LegalHold
from backend.incidents.retaining import NotRetained, wake_worker
from backend.vault.columns import open_data_key

MAX_REASON = 4000


@dataclass(frozen=True)
class ShownHold:
    """A hold with its reasons; both empty once the incident is erased."""

    hold: LegalHold
    reason: str
    lifting: str


def place_hold(incident: Incident, reason: str, *, acting: Person, at: datetime) -> LegalHold:
    """Keep an incident whatever its period says. The reason is encrypted. Raises NotRetained."""
    access.require(acting.user, access.Action.PLACE_HOLD, at=at)
    words = _checked(reason)
    _must_be_kept(incident)
    hold = LegalHold(incident=incident, placed_at=at, placed_by=acting.user)
    hold.reason_ct = sealed(open_data_key(incident.data_key), LegalHold, hold.id, "reason_ct", words)
    try:
        with transaction.atomic():
            hold.save(force_insert=True)
            recording.record(Event.HOLD_PLACED, incident, acting=acting, at=at, detail=_told(hold))
    except IntegrityError as erased:
        # Erased at the same moment: the database let only one of the two happen.
        raise NotRetained(_erased()) from erased
    return hold


def lift_hold(hold: LegalHold, reason: str, *, acting: Person, at: datetime) -> None:
    """Let a hold go; what it held may be erased from now on. Raises NotRetained."""
    access.require(acting.user, access.Action.LIFT_HOLD, at=at)
    words = _checked(reason)
    with transaction.atomic():
        row = LegalHold.objects.select_for_update(of=("self",)).select_related("incident__data_key").get(pk=hold.pk)
        if row.lifted_at is not None:
            raise NotRetained(_("The hold was lifted already."))
        row.lifted_at, row.lifted_by = at, acting.user
        row.lifting_ct = sealed(open_data_key(row.incident.data_key), LegalHold, row.id, "lifting_ct", words)
        row.save(update_fields=["lifted_at", "lifted_by", "lifting_ct"])
        recording.record(Event.HOLD_LIFTED, row.incident, acting=acting, at=at, detail=_told(row))
        wake_worker()


def holds_of(incident: Incident) -> tuple[ShownHold, ...]:
    """Every hold of an incident, newest first."""
    rows = incident.holds.select_related("placed_by", "lifted_by").order_by("-placed_at")
    if incident.erased:
        return tuple(ShownHold(row, "", "") for row in rows)
    key = open_data_key(incident.data_key)
    return tuple(
        ShownHold(
            row,
            opened(key, row, "reason_ct").decode(),
            opened(key, row, "lifting_ct").decode() if row.lifting_ct is not None else "",
        )
        for row in rows
    )


def _must_be_kept(incident: Incident) -> None:
    incident.data_key.refresh_from_db(fields=["wrapped", "destroyed_at"])
    if incident.erased:
        raise NotRetained(_erased())


def _erased() -> str:
    return _("The incident is erased; there is nothing left to hold.")


def _checked(reason: str) -> bytes:
    words = reason.strip()
    if not words or len(words) > MAX_REASON:
        raise NotRetained(
            _("A hold needs a reason of at most %(most)d characters, and so does lifting it.") % {"most": MAX_REASON}
        )
    return words.encode()


def _told(hold: LegalHold) -> dict[str, str | int | None]:
    """The reason stands in the row, encrypted; the log is shown to auditors."""
    return {"reference": hold.incident.reference, "hold": str(hold.id)}
