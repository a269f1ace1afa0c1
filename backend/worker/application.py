"""What worker and beat share of Celery's configuration."""

import logging.config
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from celery import Celery
from celery.schedules import schedule
from celery.signals import beat_init, celeryd_init, setup_logging
from django.conf import settings
from kombu import Queue

from backend.worker.broker import WAKE_QUEUE, Broker, parse_broker_url, prepare_broker
from backend.worker.queues import SWEEPS, TASK


def make_app(include: Sequence[str]) -> Celery:
    """A Celery application on BROKER_URL; `include` are the modules with tasks, none for beat."""
    broker = parse_broker_url(settings.COMITY.broker_url)
    app = Celery("comity", include=list(include))
    app.conf.update(_configuration(broker))
    setup_logging.connect(_configure_logging, weak=False)
    celeryd_init.connect(_preparing(broker), weak=False)
    beat_init.connect(_preparing(broker), weak=False)
    return app


def close_publishers(app: Celery) -> None:
    """Closes the connections by which messages were sent: left open, they keep Python 3.13 from ending for 20 s."""
    app.amqp.producer_pool.force_close_all()
    app.pool.force_close_all()


def _configuration(broker: Broker) -> dict[str, Any]:
    return {
        "broker_url": broker.url,
        "broker_transport_options": dict(broker.options),
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "task_queues": [_wake_queue(broker)],
        "task_default_queue": WAKE_QUEUE,
        "task_default_exchange": WAKE_QUEUE,
        "task_default_routing_key": WAKE_QUEUE,
        "task_ignore_result": True,
        # The row is the queue of record, so that a message lost with a killed worker costs a sweep.
        "task_acks_late": False,
        "task_store_errors_even_if_ignored": False,
        "task_default_delivery_mode": "transient",
        "worker_prefetch_multiplier": 8,
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
        "worker_redirect_stdouts": False,
        "worker_hijack_root_logger": False,
        "worker_max_tasks_per_child": 5000,
        "accept_content": ["json"],
        "timezone": "UTC",
        "beat_schedule": {
            # A wake-up that waited longer than the next one is of no use.
            f"sweep {kind}": {"task": TASK, "schedule": _every(seconds), "args": [kind]}
            for kind, seconds in SWEEPS.items()
        },
    }


def _every(seconds: float) -> schedule:
    """A sweep every so many seconds of the steady clock: by the wall clock a jump back would end all sweeps until it
    has caught up, and with them every second try."""
    began, steady = datetime.now(UTC), time.monotonic()
    return schedule(seconds, nowfun=lambda: began + timedelta(seconds=time.monotonic() - steady))


def _wake_queue(broker: Broker) -> Queue:
    if broker.conninfo is not None:
        return Queue(WAKE_QUEUE, routing_key=WAKE_QUEUE)
    return Queue(WAKE_QUEUE, routing_key=WAKE_QUEUE, queue_arguments={"x-queue-type": "quorum"})


def _configure_logging(**_kwargs: object) -> None:
    """Our logging instead of Celery's, whose formatter writes exceptions with their texts."""
    logging.config.dictConfig(settings.LOGGING)


def _preparing(broker: Broker) -> Any:
    def prepare(**_kwargs: object) -> None:
        prepare_broker(broker)

    return prepare
