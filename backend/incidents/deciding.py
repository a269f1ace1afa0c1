"""A person confirms what the engine proposes for an incident, or overrides it, with a reason. Both are kept."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.conventions.catalogue import shipped
from backend.incidents import access
from backend.incidents.columns import sealed
from backend.incidents.models import Classification, ClassificationDecision, Incident
from backend.vault.columns import open_data_key

Outcome = ClassificationDecision.Outcome
MAX_REASON = 4000
_EVENTS = {
    Outcome.CONFIRMED: Event.CLASSIFICATION_CONFIRMED,
    Outcome.OVERRIDDEN: Event.CLASSIFICATION_OVERRIDDEN,
}


class NotDecided(Exception):
    """The decision was not taken; the sentence says why and what to do."""


def standing_decision(incident: Incident) -> ClassificationDecision | None:
    """The decision that no other replaced; None where nobody has decided."""
    return incident.decisions.filter(replaced_by=None).select_related("decided_by", "proposal").first()


def decide(
    incident: Incident,
    proposal: Classification,
    codes: Sequence[str],
    reason: str,
    *,
    replaces: ClassificationDecision | None,
    acting: Person,
    at: datetime,
) -> ClassificationDecision:
    """Decide on a proposal: with its codes it is confirmed, with others overridden; with none, no offence is found.

    ``replaces`` is the decision that stood when the person looked. Raises NotDecided, and Http404 without the right.
    """
    access.require(acting.user, access.Action.DECIDE_CLASSIFICATION, at=at)
    if acting.role not in access.PERMITTED[access.Action.DECIDE_CLASSIFICATION]:
        raise NotDecided(_("The role in which you act does not decide on classifications; act in one that does."))
    if proposal.incident_id != incident.pk:
        raise NotDecided(_("The proposal is for another incident; load the page again and decide on what it shows."))
    chosen = _checked(codes, proposal)
    words = checked_reason(reason)
    with transaction.atomic():
        must_stand(standing_decision(incident), replaces)
        row = ClassificationDecision(
            incident=incident,
            proposal=proposal,
            replaces=replaces,
            outcome=Outcome.CONFIRMED if set(chosen) == set(proposal.codes) else Outcome.OVERRIDDEN,
            codes=chosen,
            decided_at=at,
            decided_by=acting.user,
        )
        key = open_data_key(incident.data_key)
        row.reason_ct = sealed(key, ClassificationDecision, row.id, "reason_ct", words)
        row.save(force_insert=True)
        _record(row, acting=acting, at=at)
    return row


def _checked(codes: Sequence[str], proposal: Classification) -> list[str]:
    """The codes once each, those proposed first and in their order; a proposed one may have left the list since."""
    unknown = [code for code in codes if code not in shipped().offences and code not in proposal.codes]
    if unknown:
        raise NotDecided(
            _("%(code)s is no offence of the common list; choose from those that the page offers.")
            % {"code": repr(unknown[0][:40])}
        )
    kept = [code for code in proposal.codes if code in codes]
    return kept + [code for code in dict.fromkeys(codes) if code not in kept]


def checked_reason(reason: str) -> bytes:
    """What a person wrote as the reason of a decision; raises NotDecided where it is nothing or too much."""
    words = reason.strip()
    if not words or len(words) > MAX_REASON:
        raise NotDecided(
            _("A decision needs a reason of at most %(most)d characters; write one.") % {"most": MAX_REASON}
        )
    return words.encode()


def must_stand(standing: Model | None, replaces: Model | None) -> None:
    """Raise NotDecided unless the decision that stands is the one that the person saw and replaces."""
    if (standing.pk if standing else None) != (replaces.pk if replaces else None):
        raise NotDecided(_("Somebody else decided since you loaded the page; read that decision before you decide."))


def _record(row: ClassificationDecision, *, acting: Person, at: datetime) -> None:
    """What was decided on which proposal goes on record; the reason does not: the log is shown to auditors."""
    detail = {
        "reference": row.incident.reference,
        "decision": str(row.pk),
        "proposal": str(row.proposal_id),
        "replaces": str(row.replaces_id) if row.replaces_id else None,
        "codes": ",".join(row.codes)[:1000],
        "proposed": ",".join(row.proposal.codes)[:1000],
    }
    recording.record(_EVENTS[Outcome(row.outcome)], row.incident, acting=acting, at=at, detail=detail)
