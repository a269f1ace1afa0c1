"""Many requests, few questions to the database: what came while the last transaction committed goes into the next one.

A commit waits for the disk whatever it holds, so that one for many costs what one for one does. The loop's own: nothing
here is touched by two threads.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
R = TypeVar("R")


class TooMany(Exception):
    """As many wait as may; ask again."""


@dataclass(eq=False)
class _Waiting(Generic[T, R]):
    item: T
    weight: int
    answer: "asyncio.Future[R]"


@dataclass(eq=False)
class Batcher(Generic[K, T, R]):
    """Does `work` on batches of items, one batch at a time, in a thread; each item gets its own result or exception.

    `work` returns for every item a result or an exception to raise. Two items with the same key never share a batch.
    A batch has at most `most` items that weigh at most `heaviest` together (one item may weigh more); at most
    `waiting` items wait. An exception of `work` itself is every item's.
    """

    work: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]]
    most: int
    heaviest: int
    waiting: int
    _queue: dict[K, list[_Waiting[T, R]]] = field(default_factory=dict)
    _count: int = 0
    _task: "asyncio.Task[None] | None" = None

    async def do(self, key: K, item: T, *, weight: int = 1) -> R:
        """The result of `item`; raises TooMany, or what `work` answered. Work once begun is not undone by leaving."""
        if self._count >= self.waiting:
            raise TooMany
        one: _Waiting[T, R] = _Waiting(item, weight, asyncio.get_running_loop().create_future())
        self._queue.setdefault(key, []).append(one)
        self._count += 1
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await one.answer

    async def _run(self) -> None:
        try:
            while self._queue:
                await self._once(self._next())
        finally:
            self._task = None

    def _next(self) -> list[_Waiting[T, R]]:
        """The first of every key that waits, the longest waiting first, as far as they fit."""
        batch: list[_Waiting[T, R]] = []
        weight = 0
        for key in list(self._queue):
            one = self._queue[key][0]
            if batch and (len(batch) >= self.most or weight + one.weight > self.heaviest):
                break
            batch.append(one)
            weight += one.weight
            self._queue[key].pop(0)
            if not self._queue[key]:
                del self._queue[key]
        self._count -= len(batch)
        return batch

    async def _once(self, batch: Sequence[_Waiting[T, R]]) -> None:
        try:
            results = await self.work([one.item for one in batch])
        except Exception as failure:
            results = [failure] * len(batch)
        for one, result in zip(batch, results, strict=True):
            if one.answer.done():  # whoever asked has left
                continue
            if isinstance(result, Exception):
                one.answer.set_exception(result)
            else:
                one.answer.set_result(result)
