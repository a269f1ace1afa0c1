"""Rows as a queue: claimed one at a time, attempts counted before the work, back-off kept on the row (DESIGN §2).

The claim is a session-level advisory lock: it needs no open transaction while a large file is read or sent, and it is
gone with the connection when the worker is killed, so that the next one goes on at once instead of waiting for a lease.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Q, QuerySet

MAX_BACKOFF = timedelta(minutes=10)
LOOK_AT = 50


def backoff(attempts: int) -> timedelta:
    """How long to wait after the given number of attempts: 1, 2, 4 … seconds, at most ten minutes."""
    return min(timedelta(seconds=2 ** min(max(attempts - 1, 0), 20)), MAX_BACKOFF)


def failure_name(problem: BaseException) -> str:
    """What a log may say of a failure: its type and the database's SQLSTATE, never its text, which may quote a row."""
    state = getattr(problem.__cause__, "sqlstate", None)
    return f"{type(problem).__name__} {state}" if state else type(problem).__name__


def given_up(row: Any, problem: BaseException, *, most: int) -> bool:
    """Whether a row whose work failed is given up: after ``most`` attempts, but never for what passes by itself.

    A full disk or a lost database is the machine's failure: the row waits for its end, tried every minute or two. A
    file that is missing does not come back by waiting.
    """
    passes = isinstance(problem, OSError | OperationalError | InterfaceError)
    if passes and not isinstance(problem, FileNotFoundError):
        if row.attempts >= most:
            type(row).objects.filter(pk=row.pk).update(attempts=most - 1)
        return False
    return bool(row.attempts >= most)


def ends_the_worker(row: Any, *, most: int) -> bool:
    """Whether work on the row began again and again and never ended, not even in a failure: the worker died of it."""
    return bool(row.attempts > 2 * most)


def _due(rows: "QuerySet[Any]", *, at: datetime) -> "QuerySet[Any]":
    """Rows whose time has come, or lies further ahead than anything is ever put off: then the clock jumped back since.

    Without the latter a clock that was two days fast for a minute keeps what was tried in it waiting for two days.
    """
    jumped = Q(not_before__gt=at + MAX_BACKOFF)
    return rows.filter(Q(not_before__isnull=True) | Q(not_before__lte=at) | jumped)


@contextmanager
def claimed(rows: "QuerySet[Any]", *, order: str, at: datetime) -> Iterator[Any | None]:
    """The first due row that nobody else works on, its attempt counted and its next try put off; None when none is due.

    The rows' model has ``attempts`` and ``not_before``. The caller moves the row on in a transaction of its own.
    """
    due = _due(rows, at=at)
    for pk in list(due.order_by(order).values_list("pk", flat=True)[:LOOK_AT]):
        with _locked(str(pk)) as ours:
            row = due.filter(pk=pk).first() if ours else None
            if row is None:
                continue
            _put_off(rows.model, [row], at=at)
            yield row
            return
    yield None


@contextmanager
def claimed_many(
    rows: "QuerySet[Any]", *, order: str, at: datetime, most: int, both_ends: bool = False
) -> Iterator[list[Any]]:
    """As ``claimed``, but up to ``most`` rows at once, with as few questions as one row takes.

    With ``both_ends``, where more are due, half of them are the last ones: what comes now waits for no backlog.
    """
    due = _due(rows, at=at)
    # Further than it takes itself: the first ones may be what other workers hold.
    names = list(due.order_by(order).values_list("pk", flat=True)[: most + LOOK_AT])
    if both_ends and len(names) > most:
        half = most // 2
        last = due.order_by(f"-{order}").values_list("pk", flat=True)[:half]
        names = list(dict.fromkeys([*names[: most - half], *last, *names]))
    with _all_locked([str(name) for name in names], most=most) as ours:
        # Looked at again under the lock: another worker may have ended its work on a row meanwhile.
        found = {str(row.pk): row for row in due.filter(pk__in=ours)}
        claimed_rows = [found[str(name)] for name in names if str(name) in found]
        _put_off(rows.model, claimed_rows, at=at)
        yield claimed_rows


def _put_off(model: Any, rows: list[Any], *, at: datetime) -> None:
    """Count an attempt of each row; those tried equally often, commonly all, share a statement."""
    for row in rows:
        row.attempts += 1
        row.not_before = at + backoff(row.attempts)
    for attempts in sorted({row.attempts for row in rows}):
        alike = [row.pk for row in rows if row.attempts == attempts]
        model.objects.filter(pk__in=alike).update(attempts=attempts, not_before=at + backoff(attempts))


@contextmanager
def _all_locked(names: list[str], *, most: int) -> Iterator[list[str]]:
    ours: list[str] = []
    try:
        if names:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT n FROM unnest(%s::text[]) AS n WHERE pg_try_advisory_lock(hashtextextended(n, 0)) LIMIT %s",
                    [names, most],
                )
                ours = [name for (name,) in cursor.fetchall()]
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(n, 0)) FROM unnest(%s::text[]) AS n", [ours])


@contextmanager
def _locked(name: str) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        ours = bool(cursor.fetchone()[0])
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
