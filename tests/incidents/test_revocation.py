"""Reports of a revoked device: in quarantine with the reason that lets a person decide, opened when released."""

from datetime import timedelta

import pytest

from backend.incidents.models import Incident
from backend.incidents.opening import open_waiting
from backend.incidents.reasons import SIGNED_AFTER_REVOCATION, SIGNED_BEFORE_REVOCATION
from backend.intake.models import Submission
from backend.units import services
from tests.founding import FRAUD_REPORT, NOW, TESTS, SealedReport, TestDevice, enrol_device, found_node

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def device() -> TestDevice:
    found_node()
    return enrol_device()


def sent(device: TestDevice, *, revoked: bool, **statement: str) -> Submission:
    """A report as accept() stores it; `revoked` is what it writes of the device at that moment."""
    report = SealedReport(device, FRAUD_REPORT)
    report.statement = dict(statement)
    submission = report.send()
    Submission.objects.filter(pk=submission.pk).update(sender_revoked=revoked)
    return submission


def opened(submission: Submission) -> tuple[str, str]:
    open_waiting(at=NOW + timedelta(days=1))
    submission.refresh_from_db()
    return submission.stage, submission.quarantine_reason


def test_what_was_accepted_before_the_revocation_is_opened_after_it(device: TestDevice) -> None:
    submission = sent(device, revoked=False)
    services.revoke(device.row, acting=TESTS, at=LATER)
    assert opened(submission) == ("opened", "")


def test_what_was_sealed_before_and_came_after_waits_for_a_person_and_is_opened_when_released(
    device: TestDevice,
) -> None:
    services.revoke(device.row, acting=TESTS, at=LATER)
    submission = sent(device, revoked=True)
    assert opened(submission) == ("quarantined", SIGNED_BEFORE_REVOCATION)
    assert not Incident.objects.exists()
    Submission.objects.filter(pk=submission.pk).update(
        stage="received", quarantine_reason="", not_before=None, released_at=LATER, released_by="A Person"
    )
    assert opened(submission) == ("opened", "")


def test_what_was_sealed_after_the_revocation_is_opened_for_nobody(device: TestDevice) -> None:
    services.revoke(device.row, acting=TESTS, at=LATER)
    submission = sent(device, revoked=True, at=(LATER + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert opened(submission) == ("quarantined", SIGNED_AFTER_REVOCATION)
    Submission.objects.filter(pk=submission.pk).update(
        stage="received", not_before=None, released_at=LATER, released_by="A Person"
    )
    assert opened(submission) == ("quarantined", SIGNED_AFTER_REVOCATION)


def test_reports_of_a_revoked_device_hold_up_no_others(device: TestDevice) -> None:
    services.revoke(device.row, acting=TESTS, at=LATER)
    aside = [sent(device, revoked=True) for _ in range(2)]
    other = sent(enrol_device("Another unit (test)"), revoked=False)
    assert opened(other) == ("opened", "")
    assert {opened(one)[0] for one in aside} == {"quarantined"}


def test_a_statement_signed_by_another_key_says_nothing_of_a_revocation(device: TestDevice) -> None:
    services.revoke(device.row, acting=TESTS, at=LATER)
    other = enrol_device("Another unit (test)")
    submission = SealedReport(TestDevice(other.key, device.row), FRAUD_REPORT).send()
    Submission.objects.filter(pk=submission.pk).update(sender_revoked=True)
    assert "not signed by the device" in opened(submission)[1]
