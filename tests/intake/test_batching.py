"""Many items, few batches: who shares one, who never does, what becomes of errors and of those who leave."""

import asyncio
from collections.abc import Sequence

import pytest

from backend.intake.batching import Batcher, TooMany


class Work:
    """Keeps the batches that it was given; the first waits until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.go = asyncio.Event()

    async def __call__(self, items: Sequence[str]) -> Sequence[str | Exception]:
        self.batches.append(list(items))
        await self.go.wait()
        if "all" in items:
            raise OSError("the database is away")
        return [ValueError(item) if item == "bad" else item.upper() for item in items]


def batcher(work: Work, *, most: int = 10, heaviest: int = 100, waiting: int = 100) -> "Batcher[str, str, str]":
    return Batcher(work, most=most, heaviest=heaviest, waiting=waiting)


async def let_in(*tasks: "asyncio.Task[str]") -> None:
    for _ in range(3):
        await asyncio.sleep(0)


def test_what_comes_during_a_batch_shares_the_next_one() -> None:
    async def run() -> None:
        work = Work()
        some = batcher(work)
        tasks = [asyncio.create_task(some.do("a", "a"))]
        await let_in(*tasks)
        tasks += [asyncio.create_task(some.do(name, name)) for name in "bcd"]
        await let_in(*tasks)
        work.go.set()
        assert await asyncio.gather(*tasks) == ["A", "B", "C", "D"]
        assert work.batches == [["a"], ["b", "c", "d"]]

    asyncio.run(run())


def test_two_of_one_key_never_share_a_batch_and_keep_their_order() -> None:
    async def run() -> None:
        work = Work()
        work.go.set()
        some = batcher(work)
        tasks = [asyncio.create_task(some.do("same", item)) for item in ("one", "two")]
        tasks.append(asyncio.create_task(some.do("other", "three")))
        await asyncio.gather(*tasks)
        assert work.batches == [["one", "three"], ["two"]]

    asyncio.run(run())


def test_a_batch_is_bounded_in_number_and_in_weight_and_a_heavy_one_goes_alone() -> None:
    async def run() -> None:
        work = Work()
        work.go.set()
        some = batcher(work, most=2, heaviest=10)
        weights = {"a": 1, "b": 1, "c": 1, "d": 50, "e": 9, "f": 2}
        await asyncio.gather(*(some.do(name, name, weight=weight) for name, weight in weights.items()))
        assert work.batches == [["a", "b"], ["c"], ["d"], ["e"], ["f"]]

    asyncio.run(run())


def test_an_error_of_one_is_its_own_and_an_error_of_the_work_is_everybodys() -> None:
    async def run() -> None:
        work = Work()
        work.go.set()
        some = batcher(work)
        answers = await asyncio.gather(some.do("a", "good"), some.do("b", "bad"), return_exceptions=True)
        assert answers[0] == "GOOD"
        assert isinstance(answers[1], ValueError)
        answers = await asyncio.gather(some.do("a", "all"), some.do("b", "good"), return_exceptions=True)
        assert [type(answer) for answer in answers] == [OSError, OSError]
        assert await some.do("c", "again") == "AGAIN"

    asyncio.run(run())


def test_whoever_leaves_is_worked_off_all_the_same_and_holds_up_nobody() -> None:
    async def run() -> None:
        work = Work()
        some = batcher(work)
        leaving = asyncio.create_task(some.do("a", "a"))
        staying = asyncio.create_task(some.do("b", "b"))
        await let_in(leaving, staying)
        leaving.cancel()
        work.go.set()
        assert await staying == "B"
        assert work.batches == [["a", "b"]]

    asyncio.run(run())


def test_only_so_many_may_wait() -> None:
    async def run() -> None:
        work = Work()
        some = batcher(work, waiting=2)
        tasks = [asyncio.create_task(some.do("a", "a"))]
        await let_in(*tasks)
        tasks += [asyncio.create_task(some.do(name, name)) for name in "bc"]
        await let_in(*tasks)
        with pytest.raises(TooMany):
            await some.do("d", "d")
        work.go.set()
        await asyncio.gather(*tasks)
        assert await some.do("e", "e") == "E"

    asyncio.run(run())
