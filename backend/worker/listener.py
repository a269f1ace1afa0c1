"""A step of the worker's start: listens for rows that wait, and leaves one wake-up message per kind of work."""

import logging
import os
import select
import threading
from collections.abc import Iterable
from typing import Any

import psycopg
from celery import bootsteps
from django.db import connections

from backend.audit.connecting import open_connection
from backend.worker.application import close_publishers
from backend.worker.queues import CHANNEL, SWEEPS, TASK

logger = logging.getLogger(__name__)

TOGETHER = 0.05  # seconds in which notifications become one message per kind
LOOK = 30.0  # seconds after which the connection is looked at although nothing came
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds between attempts to connect


class Listener(bootsteps.StartStopStep):  # type: ignore[misc]
    """Runs beside the pool, in the worker's main process, which touches the database for nothing else."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, parent: Any, **_kwargs: object) -> None:
        self._stopping = threading.Event()
        # A byte in the pipe ends a wait for the database's socket at once.
        self._told, self._tell = os.pipe()
        self._thread: threading.Thread | None = None
        self._app = parent.app

    def start(self, parent: Any) -> None:
        """Starts listening; the first thing it does is to wake every kind, for what came while nobody listened."""
        # The pool's children are forked from here: they must not share a connection.
        connections.close_all()
        self._thread = threading.Thread(target=self._run, name="comity-listener", daemon=True)
        self._thread.start()

    def stop(self, parent: Any) -> None:
        """Ends the listening."""
        self._stopping.set()
        os.write(self._tell, b".")
        if self._thread is not None:
            self._thread.join(2)
        close_publishers(self._app)

    terminate = stop

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                with open_connection() as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self._wake(SWEEPS)
                    pause = FIRST_PAUSE
                    self._listen(connection)
            except psycopg.OperationalError as error:
                # The text may quote the address; the state says enough.
                logger.warning("The database is not reachable (%s); trying again.", error.sqlstate or "no connection")
            except Exception:
                logger.exception("the listener failed; it starts again")
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        while not self._stopping.is_set():
            # First what was read with an earlier answer: select() sees only what is still in the socket.
            kinds = {told.payload for told in connection.notifies(timeout=0)}
            if kinds:
                self._stopping.wait(TOGETHER)
                self._wake(kinds | {told.payload for told in connection.notifies(timeout=0)})
            else:
                select.select([connection.fileno(), self._told], [], [], LOOK)

    def _wake(self, kinds: Iterable[str]) -> None:
        # A payload is any text that a role may send: only known kinds become messages.
        for kind in sorted(set(kinds) & set(SWEEPS)):
            self._app.send_task(TASK, args=[kind])
