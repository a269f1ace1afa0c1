"""A sealed report becomes an incident, or is quarantined with the reason: never dropped."""

import json
from datetime import timedelta

import pytest
from django.conf import settings

from backend.audit.models import AuditEvent
from backend.incidents import evidence, opening, reasons, selectors, setting_aside
from backend.incidents.models import CustodyEvent, EvidenceItem, Incident
from backend.intake.models import Submission
from tests.founding import FRAUD_REPORT, NOW, SealedReport, TestDevice, enrol_device, found_node

pytestmark = pytest.mark.django_db


@pytest.fixture
def device() -> TestDevice:
    found_node()
    return enrol_device()


def test_a_sealed_report_becomes_a_classified_incident(device: TestDevice) -> None:
    submission = SealedReport(device, FRAUD_REPORT).send()
    assert opening.open_waiting(at=NOW)
    incident = Incident.objects.get(submission=submission)
    page = selectors.incident_page(incident)
    assert page.report.title == FRAUD_REPORT["title"]
    assert "illegal-access" in page.codes
    assert ("ipv4", "198.51.100.23") in page.indicators
    assert not opening.open_waiting(at=NOW)
    events = set(AuditEvent.objects.values_list("event", flat=True))
    assert {"submission:opened", "incident:opened", "incident:classified"} <= events


def test_indicators_of_the_fields_are_indexed_with_telephone_numbers_of_the_own_state(device: TestDevice) -> None:
    where = [
        {"kind": "phone", "value": "440-0123"},
        {"kind": "phone", "value": "2222-3333", "state": "cr"},
        {"kind": "chat", "value": "darkpanda"},
    ]
    suspects = [{"name": "Unknown", "contact": "x.testperson@exampleton.example"}]
    SealedReport(device, FRAUD_REPORT | {"where": where, "suspects": suspects}).send()
    assert opening.open_waiting(at=NOW)
    found = set(selectors.incident_page(Incident.objects.get()).indicators)
    assert {("phone", "+14734400123"), ("phone", "+50622223333"), ("username", "darkpanda")} <= found
    assert {("email", "x.testperson@exampleton.example"), ("ipv4", "198.51.100.23")} <= found


def test_nothing_of_the_report_stands_in_clear_in_any_column(device: TestDevice) -> None:
    SealedReport(device, FRAUD_REPORT, files={"secret-invoice-name.txt": b"the invoice of Exampleton"}).send()
    opening.open_waiting(at=NOW)
    evidence.take_waiting(at=NOW)
    from django.apps import apps

    for model in apps.get_models():
        for row in model.objects.all().values():
            text = repr({k: bytes(v) if isinstance(v, memoryview) else v for k, v in row.items()})
            # Long enough that no ciphertext and no key has one of them by chance.
            for secret in ("Exampleton", "198.51.100.23", "BARC 2679", "BARC2679", "secret-invoice", "184000.00"):
                assert secret not in text, f"{secret} stands in {model._meta.db_table}"


def test_evidence_is_received_once_its_digest_was_checked(device: TestDevice) -> None:
    SealedReport(device, FRAUD_REPORT, files={"mail.txt": b"x" * 70_000}).send()
    assert not evidence.take_waiting(at=NOW)  # no report names it yet
    opening.open_waiting(at=NOW)
    assert evidence.take_waiting(at=NOW)
    item = EvidenceItem.objects.get()
    assert item.stage == EvidenceItem.Stage.RECEIVED
    assert evidence.payload_path(item).stat().st_size > 70_000
    assert list(CustodyEvent.objects.values_list("act", flat=True)) == ["received"]


@pytest.mark.parametrize("wrong", ["0" * 64])
def test_evidence_with_another_digest_than_signed_is_set_aside(device: TestDevice, wrong: str) -> None:
    report = SealedReport(device, FRAUD_REPORT, files={"mail.txt": b"evidence"})
    sealed = report.send()
    opening.open_waiting(at=NOW)
    other = SealedReport(device, FRAUD_REPORT, files={"mail.txt": b"another!"})
    other.seal()
    Submission.objects.filter(kind="evidence").update(sealed=next(iter(other.sealed_files.values())))
    assert evidence.take_waiting(at=NOW)
    assert EvidenceItem.objects.get().stage == EvidenceItem.Stage.MISMATCH
    assert "signed for" in Submission.objects.get(kind="evidence").quarantine_reason
    assert sealed.kind == "report"


def quarantined(submission: Submission) -> str:
    assert opening.open_waiting(at=NOW)
    submission.refresh_from_db()
    assert submission.stage == Submission.Stage.QUARANTINED
    assert AuditEvent.objects.filter(event="submission:quarantined", subject_id=str(submission.id)).exists()
    assert not Incident.objects.exists()
    return submission.quarantine_reason


def test_a_report_resubmitted_by_another_enrolled_device_is_quarantined(device: TestDevice) -> None:
    thief = enrol_device("Another unit (test)")
    submission = SealedReport(device, FRAUD_REPORT).send(sender=thief.fingerprint)
    assert "not signed by the device that sent it" in quarantined(submission)


@pytest.mark.parametrize(
    ("part", "value", "reason"),
    [
        ("addressee", "cr", "addressee"),
        ("intake_key", "0" * 16, "intake key"),
        ("device", "0" * 64, "device"),
        ("submission", "00000000-0000-4000-8000-000000000000", "submission id"),
        ("report_sha256", "0" * 64, "digest of the report"),
        ("at", "2026-11-24T12:00:00", "time has no zone"),
        ("evidence", [{"id": "x"}], "not of the agreed form"),
    ],
)
def test_a_statement_that_differs_from_the_outside_is_quarantined(
    device: TestDevice, part: str, value: object, reason: str
) -> None:
    submission = SealedReport(device, FRAUD_REPORT, statement={part: value}).send()
    assert reason in quarantined(submission)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": ""}, "does not fit the schema"),
        ({"schema": "comity/report/v9"}, "does not fit the schema"),
        ({"surprise": 1}, "does not fit the schema"),
        ({"losses": [{"amount": "many", "currency": "USD"}]}, "does not fit the schema"),
        ({"occurred_at": "2026-11-23T10:00:00"}, "time without a zone"),
    ],
)
def test_a_report_that_does_not_fit_the_schema_is_quarantined(
    device: TestDevice, change: dict[str, object], reason: str
) -> None:
    submission = SealedReport(device, {**FRAUD_REPORT, **change}).send()
    assert reason in quarantined(submission)


def test_what_does_not_open_is_quarantined(device: TestDevice) -> None:
    submission = SealedReport(device, FRAUD_REPORT).send()
    sealed = bytearray(submission.sealed)
    sealed[-20] ^= 1
    Submission.objects.filter(pk=submission.pk).update(sealed=bytes(sealed))
    submission.refresh_from_db()
    assert "does not open" in quarantined(submission)


def test_an_unforeseen_failure_is_retried_with_back_off_and_in_the_end_shown(
    device: TestDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = SealedReport(device, FRAUD_REPORT).send()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(opening, "open_submission", broken)
    assert opening.open_waiting(at=NOW)
    assert not opening.open_waiting(at=NOW)  # not before the back-off has passed
    for attempt in range(1, setting_aside.MAX_ATTEMPTS):
        assert opening.open_waiting(at=NOW + timedelta(hours=attempt))
    submission.refresh_from_db()
    assert submission.stage == Submission.Stage.QUARANTINED
    assert "RuntimeError" in submission.quarantine_reason
    assert json.dumps(submission.quarantine_reason)


def test_what_the_machine_fails_at_waits_however_long(device: TestDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = SealedReport(device, FRAUD_REPORT).send()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(opening, "open_submission", full)
        for hour in range(5 * setting_aside.MAX_ATTEMPTS):
            assert opening.open_waiting(at=NOW + timedelta(hours=hour))
    submission.refresh_from_db()
    assert submission.stage == Submission.Stage.RECEIVED
    assert opening.open_waiting(at=NOW + timedelta(days=7))
    assert Incident.objects.get().submission == submission


@pytest.mark.parametrize("kind", ["report", "evidence"])
def test_what_ends_the_worker_each_time_is_set_aside(device: TestDevice, kind: str) -> None:
    SealedReport(device, FRAUD_REPORT, files={"mail.txt": b"evidence"}).send()
    work = {"report": opening.open_waiting, "evidence": evidence.take_waiting}
    if kind == "evidence":
        assert opening.open_waiting(at=NOW)
    # So many attempts were counted and none came to an end.
    Submission.objects.filter(kind=kind).update(attempts=2 * setting_aside.MAX_ATTEMPTS)
    assert work[kind](at=NOW)
    found = Submission.objects.get(kind=kind)
    assert (found.stage, found.quarantine_reason) == ("quarantined", reasons.ENDS_THE_WORKER)


@pytest.mark.parametrize("wrong", ["worker/intake", "shared"])
@pytest.mark.parametrize("mode", [0o700, 0o755])
def test_a_key_that_should_be_here_and_cannot_be_read_sets_nothing_aside(
    device: TestDevice, wrong: str, mode: int
) -> None:
    """A folder that is not mounted, or open to others, is the machine's failure, not the report's."""
    SealedReport(device, FRAUD_REPORT, files={"mail.txt": b"evidence"}).send()
    folder = settings.COMITY.home / "keys" / wrong
    away = folder.with_name("away")
    if mode == 0o755:
        folder.chmod(mode)
    else:
        folder.rename(away)
    try:
        for hour in range(2 * setting_aside.MAX_ATTEMPTS):
            assert opening.open_waiting(at=NOW + timedelta(hours=hour))
    finally:
        if away.exists():
            away.rename(folder)
        folder.chmod(0o700)
    assert not Submission.objects.filter(stage="quarantined").exists()
    assert opening.open_waiting(at=NOW + timedelta(days=7))
    assert evidence.take_waiting(at=NOW + timedelta(days=7))
    assert Incident.objects.exists()
