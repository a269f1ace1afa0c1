"""Workers compare while others store: nothing that arrives meanwhile is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.incidents import comparing, correlating
from backend.incidents.models import Incident
from tests.founding import NOW
from tests.incidents.reporting import IBAN, add_indicator, arrive, compare_all, founded, pair, report

RETOLD = "Paid to {}."


@pytest.mark.django_db(transaction=True)
def test_what_is_stored_while_an_incident_is_compared_is_not_lost(
    as_role: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = founded()
    one, other = arrive(device, report(RETOLD.format(IBAN)), report("From 198.51.100.23."))
    whole, late = comparing.pairs_of, []

    def interrupted(incidents: Any) -> Any:
        """Another worker stores an indicator after this one has read, and has to wait for it."""
        found = whole(incidents)
        worker = as_role("worker")
        worker.execute("SET lock_timeout = '50ms'")
        try:
            worker.execute(
                "INSERT INTO incidents_indicator (incident_id, type, normalisation, token, value_ct, position) "
                "SELECT %s, type, normalisation, token, value_ct, 7 FROM incidents_indicator WHERE incident_id = %s",
                [one.pk, other.pk],
            )
        except Exception as refused:
            late.append(type(refused).__name__)
        return found

    monkeypatch.setattr(correlating, "pairs_of", interrupted)
    correlating.compare([one.pk], at=NOW)
    assert late == ["LockNotAvailable"]
    monkeypatch.undo()
    add_indicator(Incident.objects.get(pk=one.pk), "ipv4", "198.51.100.23")
    assert compare_all() >= 1
    assert pair(one, other)


def test_desk_and_worker_do_not_do_each_others_part(as_role: Callable[[str], Any], transactional_db: None) -> None:
    for role, statement in (
        ("desk", "INSERT INTO incidents_correlation DEFAULT VALUES"),
        ("desk", "UPDATE incidents_comparison SET waiting_since = NULL"),
        ("worker", "INSERT INTO incidents_duplicatedecision DEFAULT VALUES"),
        ("worker", "SELECT 1 FROM incidents_lookup"),
        ("desk", "DELETE FROM incidents_lookup"),
    ):
        with pytest.raises(Exception, match="permission denied"):
            as_role(role).execute(statement)
