"""A national file is opened on one or several incidents."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting
from backend.conventions.catalogue import shipped
from backend.incidents.models import Incident
from backend.vault.columns import make_data_key
from referral import access
from referral.models import Referral


def open_referral(incidents: Sequence[Incident], requested_state: str, *, acting: Person, at: datetime) -> Referral:
    """Open a referral to another State; raises UnknownName for a State that the law data do not know."""
    access.require(acting.user, access.Action.OPEN, at=at)
    shipped().state(requested_state)
    with transaction.atomic():
        referral = new_referral("out", requested_state, opened_by=acting, at=at)
        referral.incidents.set(incidents)
    return referral


def new_referral(direction: str, other_state: str, *, opened_by: Person | Acting, at: datetime) -> Referral:
    """The row with a data key of its own, in the caller's transaction."""
    data_key, _ = make_data_key(at=at)
    referral = Referral.objects.create(
        reference=f"{settings.COMITY.state.upper()}-R-{at:%Y}-{next_number():05d}",
        direction=direction,
        other_state=other_state,
        data_key=data_key,
        opened_at=at,
        opened_by=opened_by.user if isinstance(opened_by, Person) else None,
    )
    recording.record(
        Event.REFERRAL_OPENED,
        referral,
        acting=opened_by,
        at=at,
        detail={"reference": referral.reference, "direction": direction, "state": other_state},
    )
    return referral


def next_number() -> int:
    """The next running number; gaps are possible, repetitions are not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_referral_number()")
        return int(cursor.fetchone()[0])
