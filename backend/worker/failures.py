"""What the log gets of a failed task: its name and the chain of exception types, never an exception's text."""

import logging
from typing import Any

from celery.signals import task_failure

logger = logging.getLogger(__name__)


def log_failures() -> None:
    """Replaces Celery's own line, which quotes the exception, by one without its text."""
    logging.getLogger("celery.app.trace").setLevel(logging.CRITICAL)
    logging.getLogger("celery.worker.strategy").setLevel(logging.WARNING)
    task_failure.connect(_log, weak=False)


def _log(sender: Any = None, exception: BaseException | None = None, args: Any = None, **_kwargs: object) -> None:
    kind = args[0] if args else ""
    logger.error("the task %s(%s) failed", getattr(sender, "name", "?"), kind, exc_info=exception)
