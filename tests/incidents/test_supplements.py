"""What is sent later adds to a report or withdraws from it; nothing that was sent before is overwritten."""

import json
import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, transaction

from backend.audit.models import AuditEvent
from backend.conventions.catalogue import Catalogue
from backend.incidents import classifying, evidence, opening, selectors, supplementing
from backend.incidents.models import Classification, EvidenceItem, Incident, Indicator, Supplement
from backend.incidents.whole import read_whole
from backend.intake.models import Submission
from tests.founding import FRAUD_REPORT, NOW, SealedReport, TestDevice, enrol_device, found_node

pytestmark = pytest.mark.django_db
ADDED = "data-interference"  # What the words of MORE show and the first report does not.
SCHEMA = {"schema": "comity/report/v1"}
MORE: dict[str, Any] = {
    "narrative": "On Monday a program encrypted all files on our server, so that nobody could open the accounts any "
    "more. A ransom note on every screen demanded 5,000 dollars in bitcoin for the key, or everything would be "
    "deleted. The note came from demand.writer@exampleton.example.",
    "language": "en",
    "losses": [{"amount": "5000", "currency": "USD", "still_moving": "no"}],
    "connections": [{"ip": "203.0.113.77", "at": "2026-11-23T03:10:00-04:00", "event": "sign-in", "port": 50211}],
    "indicators": [{"type": "sha256", "value": "AB" * 32}],
    "facts": {"entered-without-right": "yes"},
}


@pytest.fixture
def device() -> TestDevice:
    found_node()
    return enrol_device()


@pytest.fixture
def first(device: TestDevice) -> SealedReport:
    report = SealedReport(device, FRAUD_REPORT)
    report.send()
    assert opening.open_waiting(at=NOW) == 1
    return report


def later(device: TestDevice, of: uuid.UUID, kind: str = "supplement", **says: Any) -> SealedReport:
    files = says.pop("files", {})
    return SealedReport(device, SCHEMA | {"kind": kind, "of": str(of)} | says, files=files)


def opened(report: SealedReport, *, minutes: int = 1) -> Submission:
    """The submission after it was worked off."""
    submission = report.send()
    at = NOW + timedelta(minutes=minutes)
    opening.open_waiting(at=at)
    submission.refresh_from_db()
    return submission


def test_a_supplement_stands_beside_the_report_and_the_whole_is_classified_anew(first: SealedReport) -> None:
    incident = Incident.objects.get()
    kept = Incident.objects.filter(pk=incident.pk).values().get()
    before = set(selectors.incident_page(incident).indicators)
    assert opened(later(first.device, first.submission, **MORE)).stage == "opened"
    assert Incident.objects.filter(pk=incident.pk).values().get() == kept
    page = selectors.incident_page(incident)
    assert page.report.narrative == f"{FRAUD_REPORT['narrative']}\n\n{MORE['narrative']}"
    assert [loss.amount for loss in page.report.losses] == ["184000.00", "5000"]
    assert page.whole.first.narrative == FRAUD_REPORT["narrative"]
    assert ADDED in page.codes
    assert [row.read_up_to for row in page.proposals] == [1, 0]
    assert ADDED not in page.proposals[1].codes
    added = set(page.indicators) - before
    assert {("ipv4", "203.0.113.77"), ("sha256", "ab" * 32), ("email", "demand.writer@exampleton.example")} <= added
    assert before <= set(page.indicators)
    assert Indicator.objects.filter(token=None).count() == 0
    event = AuditEvent.objects.get(event="incident:supplemented")
    assert (event.subject_id, event.detail["position"]) == (str(incident.pk), 1)
    assert "203.0.113.77" not in json.dumps(list(AuditEvent.objects.values_list("detail", flat=True)))


def test_another_device_of_the_unit_may_add_and_one_of_another_unit_may_not(first: SealedReport) -> None:
    assert opened(later(enrol_device(), first.submission, title="More")).stage == "opened"
    stranger = opened(later(enrol_device("Another unit (test)"), first.submission, title="More"))
    assert (stranger.stage, Supplement.objects.count()) == ("quarantined", 1)
    assert "did not come from its unit" in stranger.quarantine_reason


def test_evidence_of_a_supplement_becomes_evidence_of_the_incident(first: SealedReport) -> None:
    assert opened(later(first.device, first.submission, files={"second.txt": b"more"})).stage == "opened"
    assert evidence.take_waiting(at=NOW)
    item = EvidenceItem.objects.get()
    assert (item.incident, item.stage) == (Incident.objects.get(), "received")


def test_reports_and_what_adds_to_them_may_wait_together(device: TestDevice) -> None:
    report = SealedReport(device, FRAUD_REPORT)
    addition = later(device, report.submission, title="More")
    report.send()
    addition.send()
    SealedReport(device, FRAUD_REPORT).send()
    assert opening.open_waiting(at=NOW) == 3
    assert (Incident.objects.count(), Supplement.objects.count()) == (2, 1)
    assert set(Submission.objects.values_list("stage", flat=True)) == {"opened"}


def test_what_comes_before_its_report_is_opened_waits_and_counts_no_attempt(device: TestDevice) -> None:
    report = SealedReport(device, FRAUD_REPORT)
    held_up = report.send()
    Submission.objects.filter(pk=held_up.pk).update(not_before=NOW + timedelta(minutes=9))
    addition = opened(later(device, report.submission, title="More"))
    assert (addition.stage, addition.attempts) == ("received", 0)
    assert addition.not_before == NOW + timedelta(minutes=1) + supplementing.LOOK_AGAIN
    opening.open_waiting(at=NOW + timedelta(minutes=10))
    assert Supplement.objects.get().submission_id == addition.pk


def test_what_names_itself_does_not_wait_for_good(device: TestDevice) -> None:
    own = uuid.uuid4()
    says = SCHEMA | {"kind": "supplement", "of": str(own), "title": "More"}
    submission = opened(SealedReport(device, says, submission=own))
    assert submission.stage == "received"
    opening.open_waiting(at=NOW + timedelta(days=1, hours=1))
    submission.refresh_from_db()
    assert submission.stage == "quarantined"
    assert "was not opened within a day" in submission.quarantine_reason


def test_a_retraction_marks_the_report_and_leaves_every_word_of_it(first: SealedReport) -> None:
    incident = Incident.objects.get()
    taken_back = opened(later(first.device, first.submission, "retraction", reason="Sent by mistake."))
    assert taken_back.stage == "opened"
    whole = read_whole(incident)
    assert whole.retracted_by is not None
    assert whole.retracted_by.report.reason == "Sent by mistake."
    assert whole.report == whole.first
    assert Classification.objects.count() == 1
    assert AuditEvent.objects.filter(event="incident:retracted").count() == 1


def test_a_retraction_may_withdraw_one_supplement_and_be_withdrawn_itself(first: SealedReport) -> None:
    incident = Incident.objects.get()
    addition = later(first.device, first.submission, **MORE)
    assert opened(addition).stage == "opened"
    back = later(first.device, first.submission, "retraction", withdraws=str(addition.submission), reason="Wrong case.")
    assert opened(back).stage == "opened"
    page = selectors.incident_page(incident)
    assert page.report.narrative == FRAUD_REPORT["narrative"]
    assert ADDED not in page.codes
    assert page.whole.retracted_by is None
    assert [one.withdrawn for one in page.whole.later] == [True, False]
    again = later(first.device, first.submission, "retraction", withdraws=str(back.submission), reason="Right.")
    assert opened(again).stage == "opened"
    page = selectors.incident_page(incident)
    assert page.report.narrative.endswith(MORE["narrative"])
    assert ADDED in page.codes
    assert [one.withdrawn for one in page.whole.later] == [False, True, False]


@pytest.mark.parametrize(
    ("kind", "says", "reason"),
    [
        ("supplement", {}, "adds nothing"),
        ("supplement", {"title": "x", "withdraws": str(uuid.uuid4())}, "no `withdraws`"),
        ("retraction", {}, "`reason` is missing"),
        ("retraction", {"reason": "x", "narrative": "x"}, "no `narrative`"),
        ("retraction", {"reason": "x", "withdraws": str(uuid.uuid4())}, "the supplement that it withdraws"),
    ],
)
def test_what_is_no_supplement_or_retraction_is_set_aside(
    first: SealedReport, kind: str, says: dict[str, Any], reason: str
) -> None:
    wrong = opened(later(first.device, first.submission, kind, **says))
    assert wrong.stage == "quarantined"
    assert reason in wrong.quarantine_reason
    assert not Supplement.objects.exists()


def test_what_names_a_report_in_quarantine_says_so(device: TestDevice) -> None:
    report = SealedReport(device, SCHEMA | {"title": "No narrative"})
    assert opened(report).stage == "quarantined"
    assert "is in quarantine" in opened(later(device, report.submission, title="More"), minutes=2).quarantine_reason


def test_an_id_that_two_devices_of_the_unit_used_names_neither_report(first: SealedReport) -> None:
    twin = SealedReport(enrol_device(), FRAUD_REPORT, submission=first.submission)
    assert opened(twin).stage == "opened"
    assert "more than one report" in opened(later(first.device, first.submission, title="x")).quarantine_reason


def test_additions_are_bounded_in_number_and_length(first: SealedReport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supplementing, "MOST", 1)
    assert opened(later(first.device, first.submission, title="One")).stage == "opened"
    assert "further incident" in opened(later(first.device, first.submission, title="Two")).quarantine_reason
    monkeypatch.setattr(supplementing, "MOST", 9)
    monkeypatch.setattr(supplementing, "MOST_CHARACTERS", 400)
    long = opened(later(first.device, first.submission, narrative="word " * 90))
    assert "more than 400 characters" in long.quarantine_reason
    monkeypatch.setattr(supplementing, "MOST_BYTES", 100)
    assert "more than 100 bytes" in opened(later(first.device, first.submission, title="Two")).quarantine_reason


@pytest.mark.long
def test_other_law_data_are_applied_to_the_whole(first: SealedReport, other_law: Catalogue) -> None:
    assert opened(later(first.device, first.submission, **MORE)).stage == "opened"
    assert classifying.propose_anew(catalogue=other_law, at=NOW + timedelta(days=1))
    newest = Incident.objects.get().classifications.order_by(*Classification.NEWEST_FIRST)[0]
    assert (newest.read_up_to, ADDED in newest.codes, "illegal-access" in newest.codes) == (1, True, False)


def test_the_database_keeps_what_was_sent_later_as_it_is(first: SealedReport) -> None:
    opened(later(first.device, first.submission, title="One"))
    row = Supplement.objects.get()
    for change in (lambda: row.delete(), lambda: Supplement.objects.update(kind="retraction")):
        with pytest.raises(IntegrityError, match="not changed or removed"), transaction.atomic():
            change()
    stranger = enrol_device("Another unit (test)").row
    for wrong, says in (
        ({"device": stranger}, "only the unit that reported"),
        ({"position": 3}, "in its order"),
        ({"withdraws_id": row.pk}, "only_a_retraction_withdraws"),
        ({"kind": "other"}, "supplement_kind_known"),
    ):
        again = Supplement.objects.get()
        again.pk, again.position = uuid.uuid4(), 2
        again.submission = SealedReport(first.device, FRAUD_REPORT).send()
        for name, value in wrong.items():
            setattr(again, name, value)
        with pytest.raises((IntegrityError, psycopg.Error), match=says), transaction.atomic():
            again.save(force_insert=True)


def test_nothing_of_a_supplement_stands_in_clear(first: SealedReport) -> None:
    opened(later(first.device, first.submission, reason="Found by Leonie Secretname.", **MORE))
    row = Supplement.objects.values().get()
    text = repr({k: bytes(v) if isinstance(v, memoryview) else v for k, v in row.items()})
    assert "Secretname" not in text
    assert "203.0.113.77" not in text
