"""Two nodes at work: waking, falling and coming back, and what their logs tell."""

import time
import uuid

import psycopg
import pytest

from backend.cli.node.launcher import RunningNode
from backend.cli.node.node import answers
from backend.cli.node.roles import make_passwords

PATIENCE = 90.0  # seconds, on a busy machine


def ask_to_enrol(node: RunningNode) -> uuid.UUID:
    """A request that the worker will refuse (the invitation is damaged), by the edge's own function."""
    unit, invitation = uuid.uuid4(), uuid.uuid4()
    with psycopg.connect(node.env("act")["DATABASE_URL"], autocommit=True) as desk:
        desk.execute(
            "INSERT INTO units_unit (id, name, state, made_at) VALUES (%s, %s, 'gd', now())", [unit, str(unit)]
        )
        desk.execute(
            "INSERT INTO units_enrolmentinvitation (id, unit_id, wrapped_code, made_at, made_by, expires_at)"
            " VALUES (%s, %s, 'x', now(), 'tests', now() + interval '1 day')",
            [invitation, unit],
        )
    with psycopg.connect(node.env("edge")["DATABASE_URL"], autocommit=True) as edge:
        asked = edge.execute("SELECT enrol(%s, 'ed25519:x', %s, 'a device')", [invitation, bytes(32)]).fetchone()
    assert asked == (True,)
    return invitation


def refused_after(connection: psycopg.Connection, invitation: uuid.UUID, seconds: float) -> float:
    """How long until the worker refused the request."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        found = connection.execute(
            "SELECT stage FROM units_enrolmentrequest WHERE invitation_id = %s", [invitation]
        ).fetchone()
        if found == ("refused",):
            return time.monotonic() - started
        time.sleep(0.02)
    pytest.fail(f"the worker did not look at the request within {seconds} s")


@pytest.fixture
def worker_role(pair_of_nodes):
    with psycopg.connect(pair_of_nodes.gd.env("worker")["DATABASE_URL"], autocommit=True) as connection:
        yield connection


def test_a_row_of_the_edge_wakes_the_worker_long_before_a_sweep(pair_of_nodes, worker_role):
    refused_after(worker_role, ask_to_enrol(pair_of_nodes.gd), PATIENCE)  # the worker has started
    # Each begins right after the last sweep or waking: without the waking each would wait for the next sweep.
    assert any(refused_after(worker_role, ask_to_enrol(pair_of_nodes.gd), PATIENCE) < 3 for _ in range(5))


def test_a_killed_worker_comes_back_and_finds_what_was_left(pair_of_nodes, worker_role):
    old = pair_of_nodes.gd.kill("worker")
    left = ask_to_enrol(pair_of_nodes.gd)
    pair_of_nodes.gd.wait_for_another("worker", old, PATIENCE)
    refused_after(worker_role, left, PATIENCE)


def test_a_killed_edge_answers_again(pair_of_nodes):
    node = pair_of_nodes.gd
    assert answers(node.edge_url)
    node.wait_for_another("edge", node.kill("edge"), PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while not answers(node.edge_url) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert answers(node.edge_url)


def test_after_a_killed_postgresql_every_process_works_again(pair_of_nodes):
    node = pair_of_nodes.cr
    node.wait_for_another("postgres", node.kill("postgres"), PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while not (answers(node.edge_url) and answers(node.desk_url)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert answers(node.edge_url)
    assert answers(node.desk_url)
    with psycopg.connect(node.env("worker")["DATABASE_URL"], autocommit=True) as worker:
        refused_after(worker, ask_to_enrol(node), PATIENCE)


def test_no_log_has_a_password_or_a_value_of_a_row(pair_of_nodes):
    node = pair_of_nodes.gd
    ask_to_enrol(node)
    with psycopg.connect(node.env("worker")["DATABASE_URL"], autocommit=True) as worker:
        with pytest.raises(psycopg.errors.NotNullViolation) as refused:
            worker.execute("UPDATE units_enrolmentrequest SET stage = NULL, reason = 'Aurelia Testperson'")
        assert "Aurelia Testperson" in str(refused.value)
    logs = "".join(path.read_text() for path in node.home.folder("log").glob("*.log"))
    assert "violates not-null constraint" in logs
    assert "Aurelia Testperson" not in logs
    assert not [role for role, password in make_passwords(node.home.folder("secrets")).items() if password in logs]
