"""Where blocking work is done: the database, hashing, files. The loop itself never waits for any of it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

# Each thread keeps one database connection.
_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="edge")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what `function` returns in a thread, with a database connection that was found alive."""

    def call() -> T:
        close_old_connections()
        return function(*args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(_threads, call)
