"""Content that leaves the desk. It commits, which no test may beside a world that the tests of a file share."""

import pytest

from backend.incidents.models import CustodyEvent
from tests.desk.test_evidence import READ, page, post, refused
from tests.desk.world import make_world

ITEM = b"Received: from mail.example"


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_content_leaves_as_inert_bytes_after_its_event() -> None:
    """The only journey that commits: the database gives no key within the transaction of its event."""
    world = make_world()
    prosecutor, item = world.client("prosecutor"), world.item
    answer = post(prosecutor, "read_evidence", item.pk, **READ)
    (event,) = CustodyEvent.objects.filter(act="read")
    assert (event.by_id, event.went_to) == ("prosecutor-person", "person prosecutor-person")
    assert answer.getvalue() == ITEM
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="evidence-{item.pk}.bin"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Length"] == str(len(ITEM))
    shown = page(prosecutor, item)
    assert READ["note"] in shown
    assert "person prosecutor-person" in shown

    # Sensitive: the release to the duty officer, approved by another person, serves the duty officer once.
    duty = world.client("duty")
    assert "declared sensitive" in refused(post(duty, "read_evidence", world.sensitive.pk, **READ))
    approved = {"outcome": "approved", "reason": "As the law says."}
    assert post(world.client("approver"), "decide_release", world.release.pk, **approved).status_code == 302
    assert "declared sensitive" in refused(post(prosecutor, "read_evidence", world.sensitive.pk, **READ))
    assert post(duty, "read_evidence", world.sensitive.pk, **READ).getvalue() == b"a harmless stand-in"
    assert "declared sensitive" in refused(post(duty, "read_evidence", world.sensitive.pk, **READ))
