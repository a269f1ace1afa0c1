"""The notary's loop: woken by NOTIFY, one batch at most every 20 ms, a new connection after the database restarted."""

import logging
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import psycopg

from backend.audit.connecting import open_connection
from backend.audit.sequencer import Sequencer
from backend.audit.storage import Connection
from backend.notary.stopping import Stopping

logger = logging.getLogger(__name__)

CHANNEL = "comity_log"
BETWEEN_BATCHES = 0.020  # seconds, start to start: what comes meanwhile shares one signature
SWEEP = 5.0  # seconds without a notification until we look all the same
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0  # seconds between attempts to connect
OTHER_NOTARY = 1.0  # seconds between attempts to become the only notary


class Notary:
    """Runs a sequencer on one connection, which holds the lock, listens and writes: who loses it loses all three."""

    def __init__(
        self, sequencer: Sequencer, stopping: Stopping, *, connect: Callable[[], Connection] = open_connection
    ) -> None:
        self._sequencer = sequencer
        self._stopping = stopping
        self._connect = connect
        self._pause = FIRST_PAUSE

    def run(self) -> None:
        """Integrate until asked to stop. Raises LogDamaged; while the database is away it waits."""
        while not self._stopping.asked:
            try:
                with closing(self._connect()) as connection:
                    self._serve(connection)
            except psycopg.OperationalError as error:
                # The text may quote the address; the state says enough.
                logger.warning("The database is not reachable (%s); trying again.", error.sqlstate or "no connection")
                self._stopping.wait(self._pause)
                self._pause = min(2 * self._pause, LONGEST_PAUSE)
        logger.info("The notary has stopped.")

    def _serve(self, connection: Connection) -> None:
        if not self._become_the_only_one(connection):
            return
        connection.execute(f"LISTEN {CHANNEL}")
        logger.info("The notary integrates events.")
        self._pause = FIRST_PAUSE
        while not self._stopping.asked:
            started = time.monotonic()
            batch = self._sequencer.integrate(connection, at=datetime.now(UTC))
            if batch.events:
                self._stopping.wait(max(0.0, started + BETWEEN_BATCHES - time.monotonic()))
            else:
                self._wait_for_events(connection)

    def _become_the_only_one(self, connection: Connection) -> bool:
        told = False
        while not self._stopping.asked:
            if self._sequencer.take_lock(connection):
                return True
            if not told:
                logger.warning("Another notary holds the log; waiting until it ends.")
                told = True
            self._stopping.wait(OTHER_NOTARY)
        return False

    def _wait_for_events(self, connection: Connection) -> None:
        # Notifications that came with the answers of the last batch are already read from the socket: select would not
        # see them.
        if any(True for _ in connection.notifies(timeout=0)):
            return
        self._stopping.wait(SWEEP, descriptor=connection.fileno())
        for _ in connection.notifies(timeout=0):
            pass
