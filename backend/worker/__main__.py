"""`python -m backend.worker`: the worker. Celery's own command would take BROKER_URL for an option of its own."""

import sys

from backend.worker.app import app
from backend.worker.orphan import end_when_orphaned

CONCURRENCY = 2


def main() -> int:
    """Runs until SIGTERM or SIGINT; tasks that run are finished first."""
    worker = app.Worker(
        hostname="worker@comity",
        concurrency=CONCURRENCY,
        pool_cls="prefork",
        loglevel="INFO",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    end_when_orphaned()
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main())
