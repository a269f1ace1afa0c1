"""How the rest of the project writes to the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from backend.audit.errors import NoTransaction, UnfitEvent
from backend.audit.events import Event
from backend.audit.models import AuditEvent
from backend.audit.subjects import Acting, Subject

LONGEST_VALUE = 1024
LARGEST_INTEGER = 2**53 - 1  # RFC 8785 numbers are IEEE doubles.


@dataclass(frozen=True)
class NewEvent:
    """One event with its subject and who acted; ``detail`` as ``record`` says."""

    event: Event
    subject: Subject
    acting: Acting
    detail: Mapping[str, str | int | None] | None = None


def record(
    event: Event,
    subject: Subject,
    *,
    acting: Acting,
    at: datetime,
    detail: Mapping[str, str | int | None] | None = None,
) -> None:
    """Write one event in the transaction of the change that it tells of.

    ``detail`` holds identifiers, digests, counts and stages, never what was reported: the log is shown to auditors.
    Raises NoTransaction outside an atomic block and UnfitEvent for values that the log can't carry.
    """
    record_all([NewEvent(event, subject, acting, detail)], at=at)


def record_all(told: Sequence[NewEvent], *, at: datetime) -> None:
    """Write events in their order, as ``record`` writes one, with one statement."""
    AuditEvent.objects.bulk_create([_row(one, at=at) for one in told])


def _row(told: NewEvent, *, at: datetime) -> AuditEvent:
    event = told.event
    if not connection.in_atomic_block:
        raise NoTransaction(
            f"The event {event} was recorded outside a transaction; "
            "record it inside the transaction.atomic() block of the change that it tells of."
        )
    if at.tzinfo is None:
        raise UnfitEvent(f"The event {event} has a time without a time zone; pass an aware datetime.")
    detail = dict(told.detail or {})
    _check_detail(event, detail)
    return AuditEvent(
        event=event.value,
        subject_kind=told.subject.audit_kind,
        subject_id=told.subject.audit_id,
        acting_role=told.acting.audit_role,
        acting_id=told.acting.audit_id,
        at=at,
        detail=detail,
    )


def _check_detail(event: Event, detail: Mapping[str, object]) -> None:
    for name, value in detail.items():
        if not _is_fit(value):
            raise UnfitEvent(
                f"The detail {name!r} of the event {event} is {type(value).__name__}; expected None, an integer up to "
                f"2**53 or a text of at most {LONGEST_VALUE} characters without NUL: put the rest where it belongs."
            )


def _is_fit(value: object) -> bool:
    match value:
        case None:
            return True
        case bool():  # an int to Python, another type to JSON and to whoever reads the log
            return False
        case int():
            return abs(value) <= LARGEST_INTEGER
        case str():
            return len(value) <= LONGEST_VALUE and "\0" not in value
        case _:
            return False
