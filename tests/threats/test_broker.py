"""The broker is read: its role, its database, every message that passes."""

import base64
import json
import time

import psycopg
import pytest

from backend.cli.node import roles
from backend.worker.queues import SWEEPS, TASK
from tests.node import proc
from tests.threats.conftest import Victim
from tests.threats.thief import cells, pieces, traces


@pytest.fixture
def broker(victim: Victim):
    with victim.connect(roles.BROKER, roles.BROKER_DATABASE) as connection:
        yield connection


def messages(broker: psycopg.Connection) -> list[dict[str, object]]:
    """What passes, and what has passed and was not cleaned away."""
    found: dict[int, dict[str, object]] = {}
    started = time.monotonic()
    while len(found) < 3 and time.monotonic() < started + (15 if found else 90):
        found |= dict(broker.execute("SELECT msg_id, message FROM pgmq.q_wake").fetchall())
        found |= dict(broker.execute("SELECT msg_id, message FROM pgmq.a_wake").fetchall())
    return list(found.values())


def test_a_message_names_a_kind_of_work_and_nothing_else(victim: Victim, broker: psycopg.Connection) -> None:
    passed = messages(broker)
    assert passed
    for message in passed:
        headers = message["headers"]
        assert headers["task"] == TASK
        args, kwargs, _ = json.loads(_body(message))
        assert (len(args), kwargs) == (1, {})
        assert args[0] in SWEEPS
    assert traces(victim.secrets, pieces(cells(broker, ("public", "pgmq")))) == []


def _body(message: dict[str, object]) -> str:
    body = str(message["body"])
    encoding = message.get("properties", {}).get("body_encoding")
    return base64.b64decode(body).decode() if encoding == "base64" else body


def test_the_role_gets_no_further(victim: Victim) -> None:
    stolen = proc.environment_of(victim.node.processes()["beat"])
    assert "DATABASE_URL" not in stolen
    assert stolen["COMITY_KEYS"] == ""
    for database in (roles.DATABASE, "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError):
            victim.connect(roles.BROKER, database)


def test_a_message_that_a_thief_leaves_wakes_known_work_or_nothing(victim: Victim, broker: psycopg.Connection) -> None:
    """The task takes the name of a kind: another name, or another task, is an error in the worker's log and no more."""
    before = victim.node.processes()["worker"]
    for headers, body in (({"task": "os.system"}, [["true"], {}, {}]), ({"task": TASK}, [["no-such-kind"], {}, {}])):
        message = {
            "body": json.dumps(body), "content-type": "application/json", "content-encoding": "utf-8",
            "headers": {"lang": "py", "id": "thief", "root_id": "thief", **headers},
            "properties": {"delivery_info": {}, "delivery_tag": "thief", "body_encoding": None},
        }  # fmt: skip
        broker.execute("SELECT pgmq.send('wake', %s::jsonb)", [json.dumps(message)])
    deadline = time.monotonic() + 90
    while broker.execute("SELECT 1 FROM pgmq.q_wake WHERE message->'headers'->>'id' = 'thief'").fetchone():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert victim.node.processes()["worker"] == before
