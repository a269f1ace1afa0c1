"""The node's register of references that persons have confirmed: once for all letters to come, until withdrawn.

A line says who compared what the data say under a reference with which source. Lines are only added.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.conventions.catalogue import Catalogue, shipped
from backend.conventions.dating import as_of
from backend.conventions.provisions import Provision, provisions_of, sources
from referral import access
from referral.models import ConfirmationWithdrawal, ProvisionConfirmation


class NothingToConfirm(Exception):
    """The reference waits for no confirmation."""


class NotStanding(Exception):
    """The confirmation was withdrawn before."""


def law_on(at: datetime) -> Catalogue:
    """The shipped law data with the rows that hold on the day of `at`, in UTC."""
    return as_of(shipped(), at.date())


def provision_with(source: str, digest: str, *, at: datetime) -> Provision | None:
    """The provision of the day's law by its digest; None where there is none, or its rows say something else by now."""
    law = law_on(at)
    if source not in sources(law):
        return None
    return next((one for one in provisions_of(law, source).values() if one.digest == digest), None)


def register_lines() -> QuerySet[ProvisionConfirmation]:
    """The lines of the register with their withdrawals, the newest first."""
    rows = ProvisionConfirmation.objects.select_related("confirmed_by", "withdrawal__withdrawn_by")
    return rows.order_by("-confirmed_at", "pk")


def confirm_provision(
    source: str, digest: str, *, source_seen: str, acting: Person, at: datetime
) -> ProvisionConfirmation:
    """A person saw the source of what the data say; `digest` is that of the provision they compared with it.

    Raises NothingToConfirm, where the data say something else by now too, or Http404 without the right to.
    """
    access.require(acting.user, access.Action.CONFIRM_LAW, at=at)
    with transaction.atomic():
        _one_at_a_time()
        provision = _open(source, digest, at=at)
        row = ProvisionConfirmation.objects.create(
            source=source,
            ref=provision.ref,
            digest=digest,
            source_seen=source_seen,
            confirmed_at=at,
            confirmed_by=acting.user,
        )
        detail = {"source": source, "ref": provision.ref[:300], "digest": digest, "seen": source_seen}
        recording.record(Event.PROVISION_CONFIRMED, row, acting=acting, at=at, detail=detail)
    return row


def withdraw_confirmation(
    confirmation: ProvisionConfirmation, *, reason: str, acting: Person, at: datetime
) -> ConfirmationWithdrawal:
    """The confirmation counts no longer. Raises NotStanding, or Http404 without the right to."""
    access.require(acting.user, access.Action.CONFIRM_LAW, at=at)
    with transaction.atomic():
        _one_at_a_time()
        if ConfirmationWithdrawal.objects.filter(confirmation=confirmation).exists():
            raise NotStanding(_("This confirmation was withdrawn before; look at the reference again."))
        row = ConfirmationWithdrawal.objects.create(
            confirmation=confirmation, reason=reason, withdrawn_at=at, withdrawn_by=acting.user
        )
        detail = {"source": confirmation.source, "ref": confirmation.ref[:300], "reason": reason}
        recording.record(Event.CONFIRMATION_WITHDRAWN, confirmation, acting=acting, at=at, detail=detail)
    return row


def _open(source: str, digest: str, *, at: datetime) -> Provision:
    provision = provision_with(source, digest, at=at)
    if provision is None:
        raise NothingToConfirm(_("The data say something else under this reference by now; look at it again."))
    if provision.verified:
        raise NothingToConfirm(_("The data have this reference as verified; it needs no confirmation."))
    if provision.doubtful:
        raise NothingToConfirm(
            _("There is a reason to think that this reference is wrong; have the data corrected first.")
        )
    if ProvisionConfirmation.objects.filter(digest=digest, withdrawal=None).exists():
        raise NothingToConfirm(_("Somebody has confirmed this reference already; look at it again."))
    return provision


def _one_at_a_time() -> None:
    """Two persons who confirm, or withdraw, at the same moment come one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('comity reference register'))")
