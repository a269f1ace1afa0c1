"""What a run does, from its seed alone: which submissions, and which fault after how many receipts. Pure."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Shape = Literal["plain", "file", "small file", "stranger", "junk", "misfit"]
# Out of a hundred submissions: most are in order; the others must end in quarantine, each for its reason.
SHAPES: Mapping[Shape, int] = {"plain": 86, "file": 5, "small file": 3, "stranger": 2, "junk": 2, "misfit": 2}
# How a submission is sent: once; again after its receipt; by two at the same moment.
Manner = Literal["once", "again", "at once"]
MANNERS: Mapping[Manner, int] = {"once": 88, "again": 7, "at once": 5}

KILLED = ("edge", "worker", "notary", "postgres", "beat", "worker's child", "postgres's child", "edge's child")
Kind = Literal["kill", "node", "disk", "room", "clock", "broker", "queue"]
# How often each fault comes among a hundred; `disk` is full to the brim, `room` leaves less than the edge keeps free.
FAULTS: Mapping[Kind, int] = {"kill": 70, "node": 4, "disk": 6, "room": 3, "clock": 8, "broker": 4, "queue": 5}
JUMPS = (-3 * 86_400, -7_200, -600, -5, 5, 600, 7_200, 20 * 3_600, 3 * 86_400)  # seconds beside the machine's clock


@dataclass(frozen=True)
class Task:
    """One submission. `size` is that of its evidence in bytes, 0 where it has none."""

    number: int
    shape: Shape
    manner: Manner
    officer: int
    words: int
    size: int

    @property
    def quarantined(self) -> bool:
        """Whether the worker must set it aside."""
        return self.shape in ("stranger", "junk", "misfit")


@dataclass(frozen=True)
class Fault:
    """What goes wrong once so many receipts are there, and for how many seconds where it does not pass by itself."""

    after: int
    kind: Kind
    target: str = ""
    seconds: float = 0.0
    jump: int = 0


def make_tasks(seed: int, count: int, officers: int) -> list[Task]:
    """The submissions of a run."""
    rng = random.Random(f"tasks {seed}")  # noqa: S311 - a run is to be repeated, not to be unpredictable
    tasks = []
    for number in range(count):
        shape = rng.choices(list(SHAPES), list(SHAPES.values()))[0]
        # Above 64 KiB the sealed bytes are a file, below they stand in the row.
        size = {"file": rng.randrange(66_000, 400_000), "small file": rng.randrange(0, 40_000)}.get(shape, 0)
        manner = rng.choices(list(MANNERS), list(MANNERS.values()))[0]
        tasks.append(Task(number, shape, manner, rng.randrange(officers), rng.randrange(20, 300), size))
    return tasks


def make_faults(seed: int, count: int, *, each: int, without: frozenset[Kind] = frozenset()) -> list[Fault]:
    """The faults of a run, one in about `each` receipts; at least one of every kind where there is room for all."""
    rng = random.Random(f"faults {seed}")  # noqa: S311
    kinds = {kind: weight for kind, weight in FAULTS.items() if kind not in without}
    number = max(1, count // each)
    chosen = rng.choices(list(kinds), list(kinds.values()), k=number)
    killed = list(KILLED) * -(-number // len(KILLED))
    if number >= len(kinds):
        chosen[: len(kinds)] = kinds
    rng.shuffle(chosen)
    rng.shuffle(killed)
    places = sorted(rng.randrange(count // 50, max(count - count // 20, 1)) for _ in chosen)
    return [_fault(rng, after, kind, killed.pop()) for after, kind in zip(places, chosen, strict=True)]


def _fault(rng: random.Random, after: int, kind: Kind, killed: str) -> Fault:
    seconds = round(rng.uniform(1.0, 6.0), 1)
    match kind:
        case "kill":
            return Fault(after, kind, target=killed)
        case "clock":
            return Fault(after, kind, seconds=seconds, jump=rng.choice(JUMPS))
        case "disk" | "room" | "broker":
            return Fault(after, kind, seconds=seconds)
        case _:
            return Fault(after, kind)
