"""Reports that wait together share a transaction; what fails is worked off alone and holds up no other."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from backend.audit.models import AuditEvent
from backend.incidents import opening
from backend.incidents.models import Classification, Incident, Indicator
from backend.intake.models import Submission
from backend.vault.models import DataKey
from tests import cluster
from tests.founding import FRAUD_REPORT, NOW, SealedReport, TestDevice, enrol_device, found_node, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def device() -> TestDevice:
    found_node()
    return enrol_device()


def report(device: TestDevice, number: int, **changes: object) -> Submission:
    return SealedReport(device, FRAUD_REPORT | {"title": f"Report {number}"} | changes).send()


def stages() -> list[str]:
    return list(Submission.objects.order_by("received_at", "pk").values_list("stage", flat=True))


def test_those_that_wait_are_opened_at_once_each_with_its_own_key_and_reference(device: TestDevice) -> None:
    for number in range(5):
        report(device, number)
    assert opening.open_waiting(at=NOW) == 5
    assert Incident.objects.count() == 5
    assert len(set(Incident.objects.values_list("reference", flat=True))) == 5
    assert DataKey.objects.count() == 5
    assert Classification.objects.count() == 5
    assert Indicator.objects.count() % 5 == 0
    assert Indicator.objects.exists()
    told = list(AuditEvent.objects.filter(event__in=("submission:opened", "incident:opened", "incident:classified")))
    assert len(told) == 15
    assert opening.open_waiting(at=NOW) == 0


def test_no_question_is_asked_for_each_report(device: TestDevice) -> None:
    def asked(count: int) -> int:
        for number in range(count):
            report(device, number)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert opening.open_waiting(at=NOW) == count
        return len(queries)

    asked(2)
    assert asked(3) == asked(9)


def test_a_report_that_does_not_open_is_set_aside_and_the_others_are_opened(device: TestDevice) -> None:
    report(device, 1)
    key_id = SealedReport(device, {}).intake_key(NOW).key_id
    store(device.fingerprint, uuid.uuid4(), "report", key_id, b"age-encryption.org/v1\nnothing", at=NOW)
    report(device, 2)
    assert opening.open_waiting(at=NOW) == 3
    assert sorted(stages()) == ["opened", "opened", "quarantined"]
    assert "does not open" in Submission.objects.get(stage="quarantined").quarantine_reason


def test_one_with_evidence_is_opened_beside_the_others(device: TestDevice) -> None:
    report(device, 1)
    SealedReport(device, FRAUD_REPORT, files={"mail.txt": b"x"}).send()
    assert opening.open_waiting(at=NOW) == 2
    assert Incident.objects.filter(evidence__isnull=False).count() == 1
    assert Incident.objects.count() == 2


def test_when_the_transaction_fails_each_is_tried_alone_and_nothing_is_kept_twice(
    device: TestDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        report(device, number)
    store_ = opening._store
    sizes = []

    def failing(prepared: list[object], **more: object) -> None:
        sizes.append(len(prepared))
        store_(prepared, **more)  # type: ignore[arg-type]
        if len(prepared) > 1:
            raise IntegrityError("of one of them")

    monkeypatch.setattr(opening, "_store", failing)
    assert opening.open_waiting(at=NOW) == 3
    assert sizes == [3, 1, 1, 1]
    assert stages() == ["opened"] * 3
    assert Incident.objects.count() == DataKey.objects.count() == Classification.objects.count() == 3
    assert AuditEvent.objects.filter(event="incident:opened").count() == 3


def test_what_failed_before_is_tried_alone(device: TestDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = report(device, 1)
    Submission.objects.filter(pk=tried.pk).update(attempts=1, not_before=NOW - timedelta(seconds=1))
    for number in (2, 3):
        report(device, number)
    together = opening._open_together
    left: list[Submission] = []

    def watching(submissions: list[Submission], **more: object) -> Iterator[Submission]:
        left.extend(together(submissions, **more))  # type: ignore[arg-type]
        return iter(left)

    monkeypatch.setattr(opening, "_open_together", watching)
    assert opening.open_waiting(at=NOW) == 3
    assert [row.pk for row in left] == [tried.pk]
    assert stages() == ["opened"] * 3


def test_two_workers_never_open_the_same_report(device: TestDevice) -> None:
    """What another session holds is left to it, and the attempt of the others counts."""
    first, second = report(device, 1), report(device, 2)
    with psycopg.connect(cluster.database_url("comity_owner"), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [str(first.pk)])
        assert opening.open_waiting(at=NOW) == 1
    assert Submission.objects.get(pk=first.pk).attempts == 0
    assert Submission.objects.get(pk=second.pk).stage == "opened"
    assert opening.open_waiting(at=NOW) == 1


def test_what_others_hold_does_not_stand_in_the_way_of_what_is_free(device: TestDevice) -> None:
    held, free = report(device, 1), report(device, 2)
    Submission.objects.filter(pk=free.pk).update(received_at=NOW + timedelta(seconds=1))
    with psycopg.connect(cluster.database_url("comity_owner"), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [str(held.pk)])
        assert opening.open_waiting(at=NOW, most=1) == 1
    assert Submission.objects.get(pk=free.pk).stage == "opened"


def test_no_more_are_taken_than_asked_for(device: TestDevice) -> None:
    for number in range(3):
        report(device, number)
    assert opening.open_waiting(at=NOW, most=2) == 2
    assert sorted(stages()) == ["opened", "opened", "received"]
    assert Submission.objects.get(stage="received").attempts == 0


def test_a_fresh_report_does_not_wait_for_those_that_came_before_it(device: TestDevice) -> None:
    for number in range(9):
        report(device, number)
    fresh = SealedReport(device, FRAUD_REPORT | {"title": "Money is moving"}).send(at=NOW + timedelta(seconds=1))
    assert opening.open_waiting(at=NOW + timedelta(minutes=1), most=4) == 4
    assert Incident.objects.filter(submission=fresh).exists()
