"""Releases of declared-sensitive material: one person proposes on a basis, another approves, and each serves once."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.incidents import access, parties
from backend.incidents.columns import opened, sealed
from backend.incidents.models import EvidenceItem, Release, ReleaseDecision
from backend.vault.columns import open_data_key

Outcome = ReleaseDecision.Outcome
MAX_WORDS = 2000
VALID_FOR = timedelta(days=30)  # The database keeps it, too: migrations/_custody.py.
_EVENTS = {Outcome.APPROVED: Event.RELEASE_APPROVED, Outcome.REFUSED: Event.RELEASE_REFUSED}


class NotReleased(Exception):
    """A release was not proposed or not decided; the sentence says why and what to do."""


def propose_release(
    item: EvidenceItem, went_to: str, basis: str, *, letter: str = "", acting: Person, at: datetime
) -> Release:
    """Propose that a sensitive item leaves: to ``node <id>`` with the letter of a reference, or to ``person <name>``.

    Raises NotReleased, and Http404 without the right.
    """
    access.require(acting.user, access.Action.PROPOSE_RELEASE, at=at)
    if not item.sensitive or item.stage != EvidenceItem.Stage.RECEIVED or item.erased:
        raise NotReleased(_("Only material that was declared sensitive and has arrived needs a release."))
    if (waiting := _standing(item, went_to, letter, at=at)) is not None:
        raise NotReleased(
            _("Such a release was approved already and is not used yet.")
            if hasattr(waiting, "decision")
            else _("Such a release was proposed already; another person decides on it.")
        )
    row = Release(item=item, went_to=went_to, letter=letter, proposed_at=at, proposed_by=acting.user)
    row.basis_ct = sealed(open_data_key(item.data_key), Release, row.id, "basis_ct", _words(basis).encode())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            detail = {"item": str(item.id), "to": went_to, "letter": letter or None}
            recording.record(Event.RELEASE_PROPOSED, row, acting=acting, at=at, detail=detail)
    except IntegrityError as refused:
        raise NotReleased(_("A release is to another node with a letter, or to a person.")) from refused
    return row


def decide_release(release: Release, outcome: str, reason: str, *, acting: Person, at: datetime) -> ReleaseDecision:
    """Approve or refuse what another person proposed, for another person.

    Raises NotReleased, and Http404 without the right.
    """
    access.require(acting.user, access.Action.DECIDE_RELEASE, at=at)
    if outcome not in Outcome.values:
        raise NotReleased(_("A release is approved or refused; choose one."))
    if not is_another(release, acting.user):
        raise NotReleased(_("Another person decides: neither who proposed the release nor who would get the material."))
    if release.item.erased:
        raise NotReleased(_("The item is erased: nothing of it can be read again."))
    row = ReleaseDecision(release=release, outcome=outcome, decided_at=at, decided_by=acting.user)
    key = open_data_key(release.item.data_key)
    row.reason_ct = sealed(key, ReleaseDecision, release.id, "reason_ct", _words(reason).encode())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            detail = {"item": str(release.item_id), "to": release.went_to, "letter": release.letter or None}
            recording.record(_EVENTS[Outcome(outcome)], release, acting=acting, at=at, detail=detail)
    except IntegrityError as refused:
        raise NotReleased(_("Somebody decided on this release already; look at it again.")) from refused
    return row


def release_for(item: EvidenceItem, went_to: str, letter: str, *, at: datetime) -> Release | None:
    """An approved release that serves now and was not used; None where nothing lets the item leave so."""
    found: Release | None = (
        item.releases.filter(went_to=went_to, letter=letter, used_by=None, decision__outcome=Outcome.APPROVED)
        .filter(decision__decided_at__lte=at, decision__decided_at__gte=at - VALID_FOR)
        .first()
    )
    return found


def is_another(release: Release, user: User) -> bool:
    """Whether this person is the other one, who may decide: who neither proposed nor would get the material."""
    return user.pk != release.proposed_by_id and release.went_to != parties.person(user.username)


def waiting_releases() -> list[Release]:
    """The newest 200 proposals on which nobody has decided."""
    named = ("item__incident", "item__data_key", "proposed_by", "decision", "used_by")
    return list(_undecided().select_related(*named).order_by("-proposed_at")[:200])


def releases_for_another(user: User) -> int:
    """On how many of all of them this person may decide, by the rule of is_another()."""
    return _undecided().exclude(proposed_by=user).exclude(went_to=parties.person(user.username)).count()


def _undecided() -> "QuerySet[Release]":
    # Of what was erased nothing is decided any more.
    return Release.objects.filter(decision=None, item__data_key__destroyed_at=None)


def basis_of(release: Release) -> str:
    """On which basis the release was proposed."""
    return opened(open_data_key(release.item.data_key), release, "basis_ct").decode()


def reason_of(decision: ReleaseDecision) -> str:
    """Why it was approved or refused."""
    return opened(open_data_key(decision.release.item.data_key), decision, "reason_ct").decode()


def _standing(item: EvidenceItem, went_to: str, letter: str, *, at: datetime) -> Release | None:
    undecided = item.releases.filter(went_to=went_to, letter=letter, decision=None).first()
    return undecided or release_for(item, went_to, letter, at=at)


def _words(text: str) -> str:
    words = text.strip()
    if not words or len(words) > MAX_WORDS:
        raise NotReleased(_("Write the basis or reason, in at most %(most)d characters.") % {"most": MAX_WORDS})
    return words
