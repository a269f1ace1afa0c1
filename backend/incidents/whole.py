"""A report with everything that was sent later: what stands of it together, and each part as it was sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

from backend.incidents.columns import opened
from backend.incidents.models import Incident, Supplement
from backend.incidents.report import Report, read_again
from backend.vault.columns import OpenDataKey, open_data_key

BETWEEN = "\n\n"
_LATEST = ("unit_reference", "occurred_at", "occurred_until", "noticed_at", "officer")
_ADDED = ("victims", "suspects", "losses", "where", "connections", "indicators", "offences", "evidence")


@dataclass(frozen=True)
class Later:
    """A supplement or retraction as it was sent; ``withdrawn`` when a later retraction that stands withdraws it.

    ``body`` is its JSON, byte for byte.
    """

    row: Supplement
    report: Report
    withdrawn: bool
    body: bytes


@dataclass(frozen=True)
class Whole:
    """The first report, what was sent later in its order, and ``report``: what stands of them together.

    ``retracted_by`` is the retraction of the report itself, where one stands; what was reported is kept all the same.
    """

    first: Report
    later: tuple[Later, ...]

    @property
    def standing(self) -> tuple[Later, ...]:
        """The supplements that stand."""
        return tuple(one for one in self.later if one.row.kind == Supplement.Kind.SUPPLEMENT and not one.withdrawn)

    @property
    def report(self) -> Report:
        """What stands together: narratives after one another, lists added up, the latest answer to each question."""
        return together(self.first, [one.report for one in self.standing])

    @property
    def retracted_by(self) -> Later | None:
        """The last retraction of the report itself that stands."""
        found = (one for one in reversed(self.later) if retracts(one.row) and not one.withdrawn)
        return next(found, None)

    @property
    def read_up_to(self) -> int:
        """The position of the last that was sent; 0 where nothing was."""
        return self.later[-1].row.position if self.later else 0


def retracts(row: Supplement) -> bool:
    """Whether this withdraws the report itself, not something that was sent later."""
    return row.kind == Supplement.Kind.RETRACTION and row.withdraws_id is None


def withdrawn_of(rows: Sequence[Supplement]) -> frozenset[UUID]:
    """Of one incident's rows those that do not stand. A retraction can be withdrawn: then what it withdrew stands."""
    gone: set[UUID] = set()
    for row in sorted(rows, key=lambda one: one.position, reverse=True):
        if row.withdraws_id is not None and row.pk not in gone:
            gone.add(row.withdraws_id)
    return frozenset(gone)


def together(first: Report, supplements: Sequence[Report]) -> Report:
    """One report of what the first says and the supplements add; nothing that was said is left out but by a later word.

    The title is the first's. A later `yes` or `no` to a question stands in place of an earlier one.
    """
    if not supplements:
        return first
    narratives = [one.narrative for one in (first, *supplements) if one.narrative]
    languages = {one.language for one in (first, *supplements) if one.narrative and one.language}
    facts: dict[str, str] = dict(first.facts)
    for one in supplements:
        facts |= {fact: answer for fact, answer in one.facts.items() if answer != "unknown" or fact not in facts}
    latest = {
        name: next((found for one in (*supplements[::-1], first) if (found := getattr(one, name))), None)
        for name in _LATEST
    }
    added = {name: [entry for one in (first, *supplements) for entry in getattr(one, name)] for name in _ADDED}
    narrative = BETWEEN.join(narratives)
    language = first.language if len(languages) <= 1 else None
    return replace(first, narrative=narrative, language=language, facts=facts, **latest, **added)


def read_whole(incident: Incident, *, key: OpenDataKey | None = None) -> Whole:
    """Everything that was sent on the incident, decrypted; two queries. ``key`` is its open data key, where at hand."""
    key = key or open_data_key(incident.data_key)
    rows = list(incident.supplements.select_related("device").order_by("position"))
    gone = withdrawn_of(rows)
    bodies = [opened(key, row, "report_ct") for row in rows]
    later = tuple(Later(row, read_again(body), row.pk in gone, body) for row, body in zip(rows, bodies, strict=True))
    return Whole(read_again(opened(key, incident, "report_ct")), later)


def later_on(incidents: Iterable[object]) -> Mapping[object, tuple[int, bool]]:
    """For ids of incidents how much was sent later, and whether the report itself is withdrawn; one query.

    Incidents on which nothing was sent later are left out.
    """
    rows: dict[object, list[Supplement]] = {}
    for row in Supplement.objects.filter(incident__in=list(incidents)).defer("report_ct", "statement_ct"):
        rows.setdefault(row.incident_id, []).append(row)
    return {pk: (len(sent), _is_retracted(sent)) for pk, sent in rows.items()}


def _is_retracted(rows: Sequence[Supplement]) -> bool:
    gone = withdrawn_of(rows)
    return any(retracts(row) and row.pk not in gone for row in rows)
