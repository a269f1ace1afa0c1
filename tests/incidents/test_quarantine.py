"""What persons do with what did not open: try it again after a fix, release it, give it up for a reason on record."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404

from backend.accounts.models import Role
from backend.accounts.services import Person
from backend.audit.models import AuditEvent
from backend.conventions.catalogue import SHIPPED, Catalogue
from backend.directory.models import PublishedKey
from backend.incidents import classifying, evidence, opening, settling, unnamed
from backend.incidents.models import EvidenceItem, Incident
from backend.incidents.reasons import NO_REPORT, SIGNED_BEFORE_REVOCATION
from backend.incidents.setting_aside import MAX_ATTEMPTS, quarantine
from backend.incidents.settling import NotSettled
from backend.intake.models import Submission
from tests.founding import FRAUD_REPORT, NOW, SealedReport, TestDevice, enrol_device, found_node, person

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=15)
SENT_AGAIN = "The unit sent it again under another id."


@pytest.fixture
def device() -> TestDevice:
    found_node()
    return enrol_device()


@pytest.fixture
def duty() -> Person:
    return person(Role.DUTY, "duty")


def try_often(submission: Submission) -> str:
    """Let the worker try until it shows the submission to a person; why."""
    for attempt in range(MAX_ATTEMPTS):
        assert opening.open_waiting(at=NOW + timedelta(hours=attempt))
    submission.refresh_from_db()
    assert submission.stage == Submission.Stage.QUARANTINED
    assert not opening.open_waiting(at=LATER)
    return submission.quarantine_reason


def opens(submission: Submission) -> Incident:
    assert opening.open_waiting(at=LATER)
    submission.refresh_from_db()
    assert submission.stage == Submission.Stage.OPENED
    return Incident.objects.get(submission=submission)


@pytest.mark.long
def test_what_a_broken_law_file_kept_opens_by_a_retry_once_the_file_is_corrected(
    device: TestDevice, duty: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = tmp_path / "data"
    shutil.copytree(SHIPPED, law)
    broken = law / "offences.yaml"
    whole = broken.read_text()
    broken.write_text(whole.replace("offences:", "offences: {", 1))
    catalogue = Catalogue(law)
    monkeypatch.setattr(classifying, "shipped", lambda: catalogue)
    submission = SealedReport(device, FRAUD_REPORT).send()
    assert "failed 8 times" in try_often(submission)
    settling.retry(submission, acting=duty, at=LATER)
    assert opening.open_waiting(at=LATER)
    assert not Incident.objects.exists()  # a retry without a fix opens nothing
    Submission.objects.filter(pk=submission.pk).update(attempts=MAX_ATTEMPTS, not_before=None)
    assert opening.open_waiting(at=LATER)
    broken.write_text(whole)
    settling.retry(submission, acting=duty, at=LATER)
    assert opens(submission).decisions.count() == 0
    retries = AuditEvent.objects.filter(event="submission:retried")
    assert {(told.acting_role, told.acting_id) for told in retries} == {("duty", "duty")}
    assert "failed" in retries[0].detail["reason"]


def test_what_a_folder_that_was_not_mounted_kept_opens_by_a_retry(device: TestDevice, duty: Person) -> None:
    submission = SealedReport(device, FRAUD_REPORT).send()
    kept = Path(settings.COMITY.sealed) / ("ab" * 16)
    kept.write_bytes(bytes(submission.sealed))
    Submission.objects.filter(pk=submission.pk).update(sealed=None, stored_as=kept.name)
    elsewhere = kept.rename(kept.with_suffix(".elsewhere"))
    assert "FileNotFoundError" in try_often(submission)
    elsewhere.rename(kept)
    assert settling.retry_all("failed 8 times (FileNotFoundError)", acting=duty, at=LATER) == 1
    opens(submission)
    kept.unlink()


def test_a_key_folder_that_is_away_sets_nothing_aside_and_opens_when_it_is_back(device: TestDevice) -> None:
    submission = SealedReport(device, FRAUD_REPORT).send()
    folder = next(folder for folder in settings.COMITY.keys if folder.name == "worker")
    away = folder.rename(folder.with_name("away"))
    try:
        for attempt in range(2 * MAX_ATTEMPTS):
            assert opening.open_waiting(at=NOW + timedelta(hours=attempt))
    finally:
        away.rename(folder)
    submission.refresh_from_db()
    assert submission.stage == Submission.Stage.RECEIVED
    opens(submission)


@pytest.fixture
def kept(device: TestDevice) -> Submission:
    """A report that does not fit the schema, in quarantine."""
    submission = SealedReport(device, {"schema": "comity/report/v1"}).send()
    assert opening.open_waiting(at=NOW)
    submission.refresh_from_db()
    assert submission.stage == Submission.Stage.QUARANTINED
    return submission


def test_what_is_given_up_says_who_and_why_and_stays_given_up(kept: Submission, duty: Person) -> None:
    for nothing in ("", "  \n", "x" * 301, "a\0b"):
        with pytest.raises(NotSettled, match="needs a reason"):
            settling.give_up(kept, nothing, acting=duty, at=NOW)
    settling.give_up(kept, f"  {SENT_AGAIN}\n", acting=duty, at=NOW)
    kept.refresh_from_db()
    assert (kept.stage, kept.given_up_by, kept.given_up_because) == ("given_up", "duty", SENT_AGAIN)
    assert kept.sealed is not None
    told = AuditEvent.objects.get(event="submission:given_up")
    assert (told.subject_id, told.acting_role, told.detail["because"]) == (str(kept.id), "duty", SENT_AGAIN)
    with pytest.raises(NotSettled, match="not in quarantine any more"):
        settling.retry(kept, acting=duty, at=NOW)
    with pytest.raises(NotSettled, match="not in quarantine any more"):
        settling.give_up(kept, SENT_AGAIN, acting=duty, at=NOW)


def test_others_than_duty_and_administrator_settle_nothing(kept: Submission) -> None:
    for role in set(Role) - {Role.DUTY, Role.ADMINISTRATOR}:
        who = person(role, f"{role}-person")
        for act in (settling.retry, settling.release):
            with pytest.raises(Http404):
                act(kept, acting=who, at=NOW)
        with pytest.raises(Http404):
            settling.give_up(kept, SENT_AGAIN, acting=who, at=NOW)
        with pytest.raises(Http404):
            settling.retry_all(kept.quarantine_reason, acting=who, at=NOW)


def test_only_what_was_sealed_before_the_revocation_is_released(
    device: TestDevice, kept: Submission, duty: Person
) -> None:
    with pytest.raises(NotSettled, match="another reason"):
        settling.release(kept, acting=duty, at=NOW)
    submission = SealedReport(device, FRAUD_REPORT).send()
    device.row.revoked_at = NOW + timedelta(hours=1)
    device.row.save()
    quarantine(submission, SIGNED_BEFORE_REVOCATION, at=NOW + timedelta(hours=2))
    settling.release(submission, acting=duty, at=LATER)
    assert Submission.objects.get(pk=submission.pk).released_by == "duty"
    assert AuditEvent.objects.filter(event="submission:released", subject_id=str(submission.id)).exists()
    opens(submission)


def test_evidence_that_no_report_names_is_shown_after_fourteen_days_and_taken_back_when_one_does(
    device: TestDevice,
) -> None:
    report = SealedReport(device, FRAUD_REPORT, files={"mail.txt": b"evidence of a report that is still to come"})
    whole = report.send()
    Submission.objects.filter(pk=whole.pk).update(not_before=LATER + timedelta(days=1))
    assert not evidence.take_waiting(at=NOW)
    assert unnamed.settle_unnamed(at=NOW + timedelta(days=13)) == 0
    assert unnamed.settle_unnamed(at=LATER) == 1
    file = Submission.objects.get(kind="evidence")
    assert (file.stage, file.quarantine_reason) == ("quarantined", NO_REPORT)
    assert unnamed.settle_unnamed(at=LATER) == 0
    assert opening.open_waiting(at=LATER + timedelta(days=2))
    assert unnamed.settle_unnamed(at=LATER + timedelta(days=2)) == 1
    assert evidence.take_waiting(at=LATER + timedelta(days=2))
    assert EvidenceItem.objects.get().stage == EvidenceItem.Stage.RECEIVED


def test_sealed_bytes_of_what_is_settled_go_once_their_key_is_destroyed(
    device: TestDevice, kept: Submission, duty: Person
) -> None:
    opened = SealedReport(device, FRAUD_REPORT).send()
    assert opening.open_waiting(at=NOW)
    Submission.objects.filter(pk=opened.pk).update(sealed=None, stored_as="cd" * 16)
    settling.give_up(kept, SENT_AGAIN, acting=duty, at=LATER)
    assert settling.erase_closed(at=LATER) == 0  # the key is still here
    assert settling.erase_sealed([opened.pk, kept.pk], at=LATER) == 0
    PublishedKey.objects.update(destroyed_at=LATER)
    assert settling.erase_closed(at=LATER) == 2
    assert (reread(opened).stored_as, reread(opened).erased_at) == (None, LATER)
    assert (reread(kept).sealed, reread(kept).erased_at) == (None, LATER)
    assert settling.erase_closed(at=LATER) == 0


def reread(submission: Submission) -> Submission:
    return Submission.objects.get(pk=submission.pk)


def test_not_even_the_owner_undoes_what_is_settled_or_erases_what_waits(kept: Submission, duty: Person) -> None:
    same = Submission.objects.filter(pk=kept.pk)
    for change, refusal in (
        ({"stage": "opened"}, "does not go from quarantined to opened"),
        ({"stage": "given_up"}, "given_up_by_a_person_for_a_reason"),
        ({"released_by": "duty"}, "released_by_a_person"),
        ({"sealed": None, "erased_at": NOW}, "only_settled_is_erased"),
        ({"sealed": None}, "sealed_in_row_or_in_file"),
    ):
        with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
            same.update(**change)
    settling.give_up(kept, SENT_AGAIN, acting=duty, at=NOW)
    for stage in ("received", "quarantined", "opened"):
        with pytest.raises(IntegrityError, match="does not go from given_up"), transaction.atomic():
            same.update(stage=stage)


@pytest.mark.django_db(transaction=True)
def test_the_worker_gives_nothing_up_and_the_desk_opens_nothing(
    as_role: Callable[[str], psycopg.Connection],
) -> None:
    found_node()
    SealedReport(enrol_device(), FRAUD_REPORT).send()
    desk, worker = as_role("desk"), as_role("worker")
    with pytest.raises(psycopg.errors.CheckViolation, match="by the worker"):
        desk.execute("UPDATE intake_submission SET stage = 'opened'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        desk.execute("UPDATE intake_submission SET sealed = NULL, erased_at = now()")
    worker.execute("UPDATE intake_submission SET stage = 'quarantined', quarantine_reason = 'for a test'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        worker.execute("UPDATE intake_submission SET stage = 'given_up', given_up_by = 'x', given_up_because = 'y'")
    with pytest.raises(psycopg.errors.CheckViolation):
        worker.execute("UPDATE intake_submission SET stage = 'given_up'")
    assert worker.execute(
        "SELECT count(*) FROM erase_sealed((SELECT array_agg(id) FROM intake_submission), now())"
    ).fetchone() == (0,)
    desk.execute("UPDATE intake_submission SET stage = 'given_up', given_up_by = 'x', given_up_because = 'y'")
