"""Where blocking work is done: the database, hashing, files. The loop itself never waits for any of it."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

# A connection that answered a moment ago is not asked again whether it is alive.
TRUSTED_SECONDS = 1.0
_used = threading.local()
# Each thread keeps one database connection.
_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="edge")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what `function` returns in a thread, with a database connection that was found alive."""

    def call() -> T:
        if time.monotonic() - getattr(_used, "at", 0.0) > TRUSTED_SECONDS:
            close_old_connections()
        try:
            result = function(*args, **kwargs)
        except BaseException:
            # Whether the connection still stands is looked at before it is used again.
            _used.at = 0.0
            raise
        _used.at = time.monotonic()
        return result

    return await asyncio.get_running_loop().run_in_executor(_threads, call)
