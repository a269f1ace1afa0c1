"""Evidence that no report names keeps its key until a person has decided: it must come before one."""

from datetime import timedelta

import pytest

from backend.audit.models import AuditEvent
from backend.directory.models import PublishedKey
from backend.incidents.opening import open_waiting
from backend.incidents.reasons import NO_REPORT
from backend.incidents.unnamed import settle_unnamed
from backend.intake.models import Submission
from tests.founding import FRAUD_REPORT, NOW, SealedReport, enrol_device, found_node

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(days=14, minutes=1)


def evidence_and_report() -> tuple[Submission, Submission]:
    found_node()
    report = SealedReport(enrol_device(), FRAUD_REPORT, {"mail.eml": b"From: somebody"}).send()
    return Submission.objects.get(kind="evidence"), report


def give_up(report: Submission) -> None:
    Submission.objects.filter(pk=report.pk).update(stage="quarantined")
    Submission.objects.filter(pk=report.pk).update(stage="given_up", given_up_by="A Person", given_up_because="rubbish")


def test_what_no_report_names_is_set_aside_after_fourteen_days() -> None:
    evidence, report = evidence_and_report()
    give_up(report)
    assert settle_unnamed(at=LATE - timedelta(minutes=2)) == 0
    assert settle_unnamed(at=LATE) == 1
    assert settle_unnamed(at=LATE) == 0
    evidence.refresh_from_db()
    assert (evidence.stage, evidence.quarantine_reason) == ("quarantined", NO_REPORT)


def test_what_an_opened_report_names_is_left_to_be_taken() -> None:
    evidence_and_report()
    open_waiting(at=NOW)
    assert settle_unnamed(at=LATE) == 0


@pytest.mark.parametrize("stage", ["received", "quarantined"])
def test_where_its_key_was_withdrawn_it_waits_for_the_undecided_reports_of_its_device(stage: str) -> None:
    _, report = evidence_and_report()
    PublishedKey.objects.filter(kind="intake").update(withdrawn_at=NOW)
    if stage != "received":
        Submission.objects.filter(pk=report.pk).update(stage=stage)
    assert settle_unnamed(at=NOW) == 0
    give_up(report)
    assert settle_unnamed(at=NOW) == 1


def test_it_is_taken_back_by_itself_when_a_report_names_it_after_all() -> None:
    evidence, report = evidence_and_report()
    Submission.objects.filter(pk=evidence.pk).update(stage="quarantined", quarantine_reason=NO_REPORT)
    assert settle_unnamed(at=NOW) == 0
    assert open_waiting(at=NOW) == 1
    assert settle_unnamed(at=NOW) == 1
    evidence.refresh_from_db()
    assert (evidence.stage, evidence.quarantine_reason) == ("received", "")
    assert AuditEvent.objects.get(event="submission:retried", subject_id=str(evidence.id)).acting_id == "worker"
