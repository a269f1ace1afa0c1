# ruff: noqa: S608  (the table names are those below)
"""What each database role may do to the log, by logging in as it."""

import psycopg
import pytest

TABLES = ("auditevent", "logleaf", "lognode", "checkpoint", "receipt")
COLUMN = {"auditevent": "detail", "logleaf": "leaf_hash", "lognode": "hash", "checkpoint": "root", "receipt": "proof"}


@pytest.mark.parametrize("process", ["desk", "worker", "notary"])
@pytest.mark.parametrize("table", TABLES)
def test_no_process_changes_or_removes_a_row_of_the_log(record, integrate, as_role, process, table):
    record(3)
    integrate()
    connection = as_role(process)
    assert connection.execute(f"SELECT count(*) FROM audit_{table}").fetchone()[0] > 0
    for statement in (
        f"UPDATE audit_{table} SET {COLUMN[table]} = {COLUMN[table]}",
        f"DELETE FROM audit_{table}",
        f"TRUNCATE audit_{table}",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_only_the_notary_writes_the_log(record, integrate, as_role):
    record(1)
    integrate()
    insert = "INSERT INTO audit_logleaf (index, event_id, leaf_hash) VALUES (1, gen_random_uuid(), sha256('x'))"
    for process in ("edge", "desk", "worker"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_role(process).execute(insert)
    as_role("notary").execute(insert)


def test_the_notary_records_no_events_and_nobody_takes_from_its_queue(record, as_role):
    record(1)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_role("notary").execute("INSERT INTO audit_auditevent SELECT * FROM audit_auditevent")
    for process in ("edge", "desk", "worker"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_role(process).execute("DELETE FROM audit_pendingevent")


@pytest.mark.parametrize("table", TABLES)
def test_even_the_owner_meets_a_refusal_before_a_row_changes(record, integrate, owner, table):
    record(3)
    integrate()
    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        owner.execute(f"DELETE FROM audit_{table}")
    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        owner.execute(f"UPDATE audit_{table} SET {COLUMN[table]} = {COLUMN[table]}")
