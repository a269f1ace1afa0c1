"""The queue: PGMQ's tables in a database of their own, or RabbitMQ. Messages are wake-ups: losing all loses nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from django.core.exceptions import ImproperlyConfigured
from pgmq.install import get_embedded_install_sql, get_embedded_sql_version
from psycopg.conninfo import make_conninfo

WAKE_QUEUE = "wake"
# Neither NOTIFY nor the transport's own waiting: with them queues are made in parallel and fall over each other, and a
# wake-up takes two seconds instead of a tenth.
PGMQ_OPTIONS: Mapping[str, Any] = {
    "init_extension": False,
    "use_notify": False,
    "wait_time_seconds": 0,
    "polling_interval": 0.2,
    "pool_size": 4,
}


@dataclass(frozen=True)
class Broker:
    """Celery's broker_url and transport options; `conninfo` only where the queue is PostgreSQL's. Has passwords."""

    url: str = field(repr=False)
    options: Mapping[str, Any] = field(repr=False)
    conninfo: str | None = field(repr=False)


def parse_broker_url(url: str | None) -> Broker:
    """The queue of BROKER_URL: `pgmq:///database?host=…&user=…&passfile=…`, or `amqps://…` for RabbitMQ."""
    parts = urlsplit(url or "")
    if parts.scheme == "pgmq":
        conninfo = _keywords(url or "")
        # The transport wants PostgreSQL's keyword form: a socket folder has no place in its own address.
        return Broker("pgmq://localhost", {**PGMQ_OPTIONS, "conn_string": conninfo}, conninfo)
    if parts.scheme in ("amqp", "amqps"):
        return Broker(url or "", {}, None)
    raise ImproperlyConfigured(
        f"BROKER_URL has the scheme {parts.scheme!r}; write pgmq:///database?host=…&user=… for PostgreSQL or amqps://… "
        "for RabbitMQ."
    )


def prepare_broker(broker: Broker) -> None:
    """Makes PGMQ's schema and the queue where they are missing. PGMQ has no upgrade: another version is made anew."""
    if broker.conninfo is None:
        return
    version = f"pgmq {get_embedded_sql_version()}"
    with psycopg.connect(broker.conninfo) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('comity broker'))")
        found = connection.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'pgmq'"
        ).fetchone()
        if found == (version,):
            return
        connection.execute("DROP SCHEMA IF EXISTS pgmq CASCADE")
        connection.execute(get_embedded_install_sql().encode())
        connection.execute(psycopg.sql.SQL("COMMENT ON SCHEMA pgmq IS {}").format(version))
        connection.execute("SELECT pgmq.create(%s)", [WAKE_QUEUE])


def _keywords(url: str) -> str:
    parts = urlsplit(url)
    found: dict[str, Any] = {
        "dbname": unquote(parts.path.lstrip("/")),
        "host": parts.hostname,
        "port": parts.port,
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
    }
    found.update(parse_qsl(parts.query))
    # Of these keywords the transport passes on five: a password file has to be read for it.
    passfile = found.pop("passfile", None)
    if passfile and not found["password"]:
        found["password"] = _password(Path(passfile))
    return make_conninfo(**{name: value for name, value in found.items() if value})


def _password(passfile: Path) -> str:
    """The password of a libpq password file that has one line, for one role."""
    lines = passfile.read_text().splitlines()
    fields = lines[0].split(":") if len(lines) == 1 else []
    if len(fields) != 5 or "\\" in lines[0]:
        raise ImproperlyConfigured(
            f"the password file {passfile} of BROKER_URL must be one line host:port:database:role:password; write that."
        )
    return fields[4]
