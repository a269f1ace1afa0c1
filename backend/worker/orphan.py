"""Ends the worker and its pool when whoever started it is gone and a clean stop takes too long.

A killed supervisor takes PostgreSQL with it, so a worker that stops cleanly may wait for a database that never comes
back. Rows are the queue: what is cut off here is worked off after the next start.
"""

import os
import signal
import threading
import time

LOOK = 0.5  # seconds
GRACE = 6.0  # seconds to stop cleanly after the starter is gone


def end_when_orphaned(*, grace: float = GRACE) -> None:
    """Watch the present parent from a thread; does nothing more while that lives. Called before anything is forked."""
    threading.Thread(target=_watch, args=(os.getppid(), grace), name="comity-orphan", daemon=True).start()


def _watch(parent: int, grace: float) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK)
    time.sleep(grace)
    if os.getpgrp() == os.getpid():  # a group of its own, as the supervisor starts it: the pool's processes are in it
        os.killpg(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
