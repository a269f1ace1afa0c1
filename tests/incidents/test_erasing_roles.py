"""What the database lets the processes erase: nothing by themselves."""

import time
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest

from backend.cli.node import roles
from backend.incidents import erasing, opening
from backend.incidents.models import Incident
from tests import cluster
from tests.founding import NOW, SealedReport, enrol_device, found_node
from tests.incidents.erasure import MORE, ORDER, SCHEMA, approver, no_ties, prosecutor


@pytest.mark.django_db(transaction=True)
def test_worker_and_desk_destroy_no_key_and_no_token_by_themselves(
    as_role: Callable[[str], psycopg.Connection],
) -> None:
    found_node()
    SealedReport(enrol_device(), SCHEMA | MORE | {"title": "Plainly fictional"}).send()
    assert opening.open_waiting(at=NOW)
    for process in ("desk", "worker"):
        role = as_role(process)
        for statement in (
            "UPDATE vault_datakey SET wrapped = NULL, destroyed_at = now()",
            "DELETE FROM incidents_indicator",
            "DELETE FROM incidents_evidencekey",
            "UPDATE intake_submission SET sealed = NULL, erased_at = now()",
            "UPDATE incidents_erasure SET erased_at = now()",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                role.execute(statement)
    call = "SELECT * FROM erase_incident((SELECT id FROM incidents_incident), now())"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_role("desk").execute(call)
    with pytest.raises(psycopg.errors.CheckViolation, match="no approved order"):
        as_role("worker").execute(call)
    who = prosecutor()
    order = erasing.order_erasure(Incident.objects.get(), ORDER, no_ties, acting=who, at=NOW)
    erasing.approve_erasure(order, no_ties, acting=approver(), at=NOW)
    as_role("worker").execute(call)
    assert Incident.objects.get().erased


def file_of_keys() -> bytes:
    """The bytes of the server's file of data keys."""
    with psycopg.connect(cluster.database_url(roles.OWNER), autocommit=True) as owner:
        (path,) = owner.execute("SELECT pg_relation_filepath('vault_datakey')").fetchone()
    return (cluster.folder() / "postgres" / "data" / path).read_bytes()


def wait_for_older_ones() -> None:
    """In ten minutes of a real clock whoever read the row before has ended, an automatic ANALYZE for one."""
    reading = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_xmin IS NOT NULL"
        " AND pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + 30
    with psycopg.connect(cluster.database_url(roles.OWNER), autocommit=True) as owner:
        while owner.execute(reading).fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_the_servers_own_file_of_keys_is_written_anew(as_role: Callable[[str], psycopg.Connection]) -> None:
    found_node()
    device = enrol_device()
    for _ in range(2):
        SealedReport(device, SCHEMA | MORE | {"title": "Plainly fictional"}).send()
    while opening.open_waiting(at=NOW):
        pass
    one, other = Incident.objects.select_related("data_key")
    as_role("worker").execute("VACUUM (FULL) vault_datakey")
    assert bytes(one.data_key.wrapped) in file_of_keys()
    order = erasing.order_erasure(one, ORDER, no_ties, acting=prosecutor(), at=NOW)
    erasing.approve_erasure(order, no_ties, acting=approver(), at=NOW)
    assert erasing.erase_due(no_ties, at=NOW) == 1
    assert erasing.rewrite_keys(at=NOW + timedelta(minutes=5)) == 0  # what ran then may still run
    wait_for_older_ones()
    assert erasing.rewrite_keys(at=NOW + timedelta(minutes=10)) == 1
    assert bytes(one.data_key.wrapped) not in file_of_keys()
    assert bytes(other.data_key.wrapped) in file_of_keys()
    assert erasing.rewrite_keys(at=NOW + timedelta(hours=2)) == 0
