"""Looking an indicator up among very many incidents, by the service that page and API call."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from copy import copy
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from uuid import uuid4

from backend.audit.storage import Connection
from backend.cli.benchmarks import filling
from backend.cli.benchmarks.measuring import BenchmarkFailed, Result
from backend.cli.benchmarks.node import TemporaryNode
from backend.cli.benchmarks.registry import Place
from backend.cli.benchmarks.reports import enrol_devices

# Of what is asked for: what nobody has, what some incident of the first so many has, the ten that everybody has.
ABSENT, PRESENT, EVERYBODYS = 100, 250, 10
FIRST = 200_000
# One in seven questions is for what everybody has: their answers, the longest, decide the 95th of a hundred.
REPEATED = 6
_PLAIN = "SELECT incident FROM bench_plain WHERE value = %s LIMIT 26"


def look_up_(place: Place, size: int, rounds: int) -> Result:
    """How long 95 of 100 questions take at most among `size` incidents, against a bare SELECT by a plain btree."""
    node = place.node
    with ExitStack() as ending:
        owner = ending.enter_context(node.connect("comity_owner"))
        questions = filled(node, owner, size)
        desk = ending.enter_context(node.connect("comity_desk"))
        owner.execute("GRANT SELECT ON bench_plain TO comity_desk")
        ending.enter_context(node.acting_as("comity_desk"))
        ending.enter_context(_counting_as_the_desk())
        ask = _asking()
        taken = [
            (_p95(questions, ask), _p95(questions, lambda value: len(desk.execute(_PLAIN, [value]).fetchall())))
            for _ in range(rounds)
        ]
    return Result(1000 * median(work for work, _ in taken), "ms", 1000 * median(plain for _, plain in taken))


def filled(node: TemporaryNode, owner: Connection, size: int) -> list[str]:
    """Fill the node with so many incidents; the indicators to ask for."""
    questions = _questions(node, owner, size)
    filling.fill(node, owner, size)
    return questions


def _questions(node: TemporaryNode, owner: Connection, size: int) -> list[str]:
    """The indicators that are asked for, in an order that does not help; the same for every size of a run."""
    known = owner.execute("SELECT to_regclass('bench_token')").fetchone()
    if known == (None,):
        enrol_devices(node, 1)
        filling.make_formula(owner)
    rows = owner.execute(
        "SELECT DISTINCT bench_value(i * 7919 %% %s, i %% %s) FROM generate_series(1, %s) i",
        [min(FIRST, size), filling.EACH, PRESENT],
    ).fetchall()
    everybodys = [3_000_000_000 + number for number in range(EVERYBODYS)]
    numbers = sorted({number for (number,) in rows} | set(everybodys) | {-number - 1 for number in range(ABSENT)})
    if known == (None,):
        filling.keep_tokens(owner, _tokens(numbers))
    asked = [*numbers, *everybodys * REPEATED]
    Random(5).shuffle(asked)  # noqa: S311  (an order, no secret)
    return [filling.value_of(number) for number in asked]


def _tokens(numbers: Sequence[int]) -> dict[int, bytes]:
    from backend.vault.tokens import tokens_for

    made = tokens_for([(filling.TYPE, filling.value_of(number)) for number in numbers])
    return {number: token for number, token in zip(numbers, made, strict=True) if token is not None}


def _asking() -> Callable[[str], int]:
    """What the page does with one question: asked by a prosecutor who takes their time between any two."""
    from django.db.models import prefetch_related_objects

    from backend.accounts.models import Role
    from backend.accounts.services import Person, add_user
    from backend.audit.subjects import System
    from backend.incidents.looking_up import PAGE, Question, look_up

    clock = datetime.now(UTC)
    name = f"prosecutor-{uuid4().hex[:8]}"
    user, _ = add_user(name, "Prosecutor (benchmark)", roles=[Role.PROSECUTOR], acting=System("benchmark"), at=clock)

    def ask(value: str) -> int:
        nonlocal clock
        # A day allows a thousand: the clock of this person runs a little faster than that.
        clock += timedelta(seconds=90)
        # The person of a new request, whose appointments the gate fetches.
        asking = copy(user)
        prefetch_related_objects([asking], "appointments")
        (answer,) = look_up(Question(value), acting=Person(asking, Role.PROSECUTOR), at=clock)
        if len(answer.hits) > PAGE or (answer.older is not None and not answer.hits):
            raise BenchmarkFailed("an answer was no page of incidents; report this.")
        return len(answer.hits)

    return ask


def _p95(questions: Sequence[str], ask: Callable[[str], int]) -> float:
    """The time, in seconds, within which 95 of 100 questions were answered."""
    taken = []
    found = 0
    for value in questions:
        started = time.perf_counter()
        found += ask(value)
        taken.append(time.perf_counter() - started)
    if not found:
        raise BenchmarkFailed("nothing that was asked for was found; report this.")
    return sorted(taken)[len(taken) * 95 // 100]


def _counting_as_the_desk() -> AbstractContextManager[object]:
    """Questions are counted in the database, as the desk's processes count them together."""
    from django.test import override_settings

    overridden: AbstractContextManager[object] = override_settings(
        CACHES={"default": {"BACKEND": "backend.desk.attempts.AttemptsCache"}}
    )
    return overridden
