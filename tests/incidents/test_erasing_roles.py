"""What the database lets the processes erase: nothing by themselves."""

from collections.abc import Callable

import psycopg
import pytest

from backend.incidents import erasing, opening
from backend.incidents.models import Incident
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
