"""A person confirms that two incidents report one thing, or dismisses it, with a reason. Both incidents are kept."""

from datetime import datetime

from django.db import transaction

from backend.accounts.services import Person
from backend.audit import recording
from backend.audit.events import Event
from backend.incidents import access
from backend.incidents.columns import opened, sealed
from backend.incidents.deciding import checked_reason, must_stand
from backend.incidents.models import Correlation, DuplicateDecision, Incident
from backend.incidents.related import ShownDuplicateDecision, standing_decisions
from backend.vault.columns import open_data_key
from backend.vault.models import DataKey

Outcome = DuplicateDecision.Outcome
_EVENTS = {Outcome.CONFIRMED: Event.DUPLICATE_CONFIRMED, Outcome.DISMISSED: Event.DUPLICATE_DISMISSED}


def decide_duplicate(
    pair: Correlation,
    outcome: Outcome,
    reason: str,
    *,
    replaces: DuplicateDecision | None,
    acting: Person,
    at: datetime,
) -> DuplicateDecision:
    """Decide on a pair that was suggested; ``replaces`` is the decision that stood when the person looked.

    Raises NotDecided, and Http404 without the right. Two who decide at once: the slower gets an IntegrityError.
    """
    access.require(acting.user, access.Action.DECIDE_DUPLICATE, at=at)
    words = checked_reason(reason)
    with transaction.atomic():
        must_stand(next(iter(standing_decisions([pair])), None), replaces)
        row = DuplicateDecision(
            correlation=pair, replaces=replaces, outcome=outcome, decided_at=at, decided_by=acting.user
        )
        row.reason_ct = _sealed(row, pair, words)
        row.save(force_insert=True)
        for incident, other in ((pair.first, pair.second), (pair.second, pair.first)):
            detail = {"reference": incident.reference, "other": other.reference, "decision": str(row.pk)}
            recording.record(_EVENTS[outcome], incident, acting=acting, at=at, detail=detail)
    return row


def duplicate_decisions(pair: Correlation) -> tuple[ShownDuplicateDecision, ...]:
    """Every decision on the pair with its reason, the one that stands first."""
    rows = {row.replaces_id: row for row in pair.decisions.select_related("decided_by")}
    row, chain = rows.get(None), []
    while row is not None:
        chain.append(ShownDuplicateDecision(row, _reason(row, pair)))
        row = rows.get(row.pk)
    return tuple(reversed(chain))


def record_comparing(incidents: tuple[Incident, Incident], *, acting: Person, at: datetime) -> None:
    """That a person read both goes on record."""
    with transaction.atomic():
        for incident in incidents:
            detail = {"reference": incident.reference}
            recording.record(Event.INCIDENT_READ, incident, acting=acting, at=at, detail=detail)


def _keys(pair: Correlation) -> tuple[DataKey, DataKey]:
    return pair.first.data_key, pair.second.data_key


def _sealed(row: DuplicateDecision, pair: Correlation, words: bytes) -> bytes:
    """Under both keys, one inside the other: the reason tells of both, and erasing either erases it."""
    for key in _keys(pair):
        words = sealed(open_data_key(key), DuplicateDecision, row.id, "reason_ct", words)
    return words


def _reason(row: DuplicateDecision, pair: Correlation) -> str | None:
    if pair.first.erased or pair.second.erased:
        return None
    first, second = map(open_data_key, _keys(pair))
    table, inner = DuplicateDecision._meta.db_table, opened(second, row, "reason_ct")
    return first.decrypt(inner, table=table, row=row.pk, column="reason_ct").decode()
