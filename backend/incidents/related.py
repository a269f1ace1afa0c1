"""What an incident's page shows of others that share something with it, as far as the reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.http import Http404

from backend.accounts.models import User
from backend.incidents import access
from backend.incidents.columns import indicator_of
from backend.incidents.comparing import HUB, MOST_COMPARED
from backend.incidents.looking_up import Hit, hits_for
from backend.incidents.models import Correlation, DuplicateDecision, Incident, Indicator
from backend.vault.columns import OpenDataKey, open_data_key

MOST_SHOWN = 50
Value = tuple[str, str]


@dataclass(frozen=True)
class ShownDuplicateDecision:
    """What a person decided on a likely duplicate, and why; `reason` is None where one of the two was erased."""

    decision: DuplicateDecision
    reason: str | None


@dataclass(frozen=True)
class RelatedIncident:
    """An incident that shares something with the one at hand; `values` are indicators, type and value."""

    correlation: Correlation
    hit: Hit
    values: tuple[Value, ...]
    decision: DuplicateDecision | None


@dataclass(frozen=True)
class RelatedIncidents:
    """Likely duplicates, those that a person dismissed among them, and other related incidents.

    `everybodys` are indicators that more than HUB other incidents have: they are looked up instead of listed. `more`
    says that further incidents share something.
    """

    likely: tuple[RelatedIncident, ...]
    related: tuple[RelatedIncident, ...]
    everybodys: tuple[Value, ...]
    more: bool
    hub: int = HUB


def related_to(incident: Incident, user: User, *, at: datetime) -> RelatedIncidents:
    """What the reader is shown; the caller came through access.incident_for. A fixed number of queries."""
    visible = access.visible_incidents(user, at=at)
    pairs = list(
        _pairs(incident, visible.values("pk")).order_by("-suggested", "-shared", "-found_at")[: MOST_SHOWN + 1]
    )
    shown = {_other(pair, incident): pair for pair in pairs[:MOST_SHOWN]}
    key = None if incident.erased else open_data_key(incident.data_key)
    own = _compared(incident) if key else []
    shared = _shared(own, list(shown))
    decisions = {row.correlation_id: row for row in standing_decisions(list(shown.values()))}
    lines = tuple(
        RelatedIncident(
            shown[hit.incident.pk],
            hit,
            _values(shared.get(hit.incident.pk, []), key),
            decisions.get(shown[hit.incident.pk].pk),
        )
        for hit in hits_for(list(shown))
    )
    return RelatedIncidents(
        likely=tuple(line for line in lines if line.correlation.suggested),
        related=tuple(line for line in lines if not line.correlation.suggested),
        everybodys=_values(_everybodys(incident, own, visible.values("pk")), key),
        more=len(pairs) > MOST_SHOWN,
    )


def with_suggestion(user: User, incidents: Sequence[UUID], *, at: datetime) -> set[UUID]:
    """Of these incidents those that may be the same as another that the person may read, while nobody has decided."""
    visible = access.visible_incidents(user, at=at).values("pk")
    open_pairs = Correlation.objects.filter(suggested=True, decisions=None, first__in=visible, second__in=visible)
    near = open_pairs.filter(Q(first__in=incidents) | Q(second__in=incidents)).values_list("first_id", "second_id")
    return {one for pair in near for one in pair} & set(incidents)


def suggestion_for(
    user: User, incident: Incident, other: UUID, *, action: access.Action = access.Action.READ, at: datetime
) -> tuple[Correlation, Incident]:
    """A pair that may be one thing, and the other of the two; Http404 where there is none or one is not for them."""
    found = access.incident_for(user, other, action=action, at=at)
    pair = _pairs(incident, [found.pk]).filter(suggested=True).first()
    if pair is None:
        raise Http404
    return pair, found


def standing_decisions(pairs: Sequence[Correlation]) -> list[DuplicateDecision]:
    """For each pair the decision that no other replaced."""
    found = DuplicateDecision.objects.filter(correlation__in=pairs, replaced_by=None).select_related("decided_by")
    return list(found)


def shared_values(incident: Incident, other: Incident) -> tuple[Value, ...]:
    """The indicators that both have."""
    shared = _shared(_compared(incident), [other.pk]).get(other.pk, [])
    return _values(shared, open_data_key(incident.data_key))


def _pairs(incident: Incident, others: object) -> "QuerySet[Correlation]":
    return Correlation.objects.filter(Q(first=incident, second__in=others) | Q(second=incident, first__in=others))


def _other(pair: Correlation, incident: Incident) -> UUID:
    found: UUID = pair.second_id if pair.first_id == incident.pk else pair.first_id
    return found


def _compared(incident: Incident) -> list[Indicator]:
    """The indicators of our own that were compared with others, the latest first."""
    return list(incident.indicators.exclude(token=None).order_by("-position")[:MOST_COMPARED])


def _shared(own: Sequence[Indicator], others: Sequence[UUID]) -> dict[UUID, list[Indicator]]:
    """For each of the others the indicators of our own that it has as well."""
    by_token = {bytes(row.token): row for row in reversed(own)}
    rows = Indicator.objects.filter(incident__in=others, token__in=list(by_token)).order_by("position")
    shared: dict[UUID, dict[int, Indicator]] = {}
    for other, token in rows.values_list("incident_id", "token"):
        row = by_token[bytes(token)]
        shared.setdefault(other, {})[row.position] = row
    return {other: [rows[place] for place in sorted(rows)] for other, rows in shared.items()}


def _everybodys(incident: Incident, own: Sequence[Indicator], visible: object) -> list[Indicator]:
    """Those of our own that more than HUB others have whom the reader may see; of each that many rows are read."""
    others = Indicator.objects.filter(token=OuterRef("token"), incident__in=visible).exclude(incident=incident)
    newest = ArraySubquery(others.order_by("-pk").values("pk")[: HUB + 1])
    counted = Indicator.objects.filter(pk__in=[row.pk for row in own]).annotate(others=newest).order_by("position")
    return [row for row in counted if len(row.others or ()) > HUB]


def _values(rows: Sequence[Indicator], key: OpenDataKey | None) -> tuple[Value, ...]:
    return () if key is None else tuple(indicator_of(key, row) for row in rows)
