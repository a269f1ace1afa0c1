"""Evidence that no report names keeps its key until a person has decided: it must come before one."""

from datetime import timedelta

import pytest

from backend.directory.models import PublishedKey
from backend.incidents import settling
from backend.incidents.opening import open_waiting
from backend.incidents.unnamed import UNNAMED, set_aside_unnamed
from backend.intake.models import Submission
from tests.founding import FRAUD_REPORT, NOW, SealedReport, enrol_device, found_node

pytestmark = pytest.mark.django_db
# Fourteen days to seal, thirty to arrive, from the first moment of the day.
END = NOW.replace(hour=0) + timedelta(days=44)


def evidence_and_report() -> tuple[Submission, Submission]:
    found_node()
    report = SealedReport(enrol_device(), FRAUD_REPORT, {"mail.eml": b"From: somebody"}).send()
    return Submission.objects.get(kind="evidence"), report


def give_up(report: Submission) -> None:
    Submission.objects.filter(pk=report.pk).update(stage="quarantined")
    Submission.objects.filter(pk=report.pk).update(stage="given_up", given_up_by="A Person", given_up_because="rubbish")


def test_what_no_report_names_is_set_aside_when_its_key_ends() -> None:
    evidence, report = evidence_and_report()
    give_up(report)
    assert set_aside_unnamed(at=END - timedelta(minutes=1)) == 0
    assert set_aside_unnamed(at=END) == 1
    assert set_aside_unnamed(at=END) == 0
    evidence.refresh_from_db()
    assert (evidence.stage, evidence.quarantine_reason) == ("quarantined", UNNAMED)


def test_what_an_opened_report_names_is_left_to_be_taken() -> None:
    evidence_and_report()
    open_waiting(at=NOW)
    assert set_aside_unnamed(at=END) == 0


@pytest.mark.parametrize("stage", ["received", "quarantined"])
def test_as_long_as_a_report_of_its_device_is_undecided_it_waits(stage: str) -> None:
    _, report = evidence_and_report()
    if stage != "received":
        Submission.objects.filter(pk=report.pk).update(stage=stage)
    assert set_aside_unnamed(at=END) == 0
    give_up(report)
    assert set_aside_unnamed(at=END) == 1


def test_it_comes_at_once_when_its_key_was_withdrawn() -> None:
    _, report = evidence_and_report()
    give_up(report)
    PublishedKey.objects.filter(kind="intake").update(withdrawn_at=NOW)
    assert set_aside_unnamed(at=NOW) == 1


def test_it_is_taken_back_by_itself_when_a_report_names_it_after_all() -> None:
    evidence, report = evidence_and_report()
    Submission.objects.filter(pk=evidence.pk).update(stage="quarantined", quarantine_reason=UNNAMED)
    assert settling.set_aside_unnamed(at=NOW) == 0
    assert open_waiting(at=NOW) == 1
    assert settling.set_aside_unnamed(at=NOW) == 1
    evidence.refresh_from_db()
    assert (evidence.stage, evidence.quarantine_reason) == ("received", "")
