"""accept() on the real database: what it says of each submission, and what becomes of the file."""

import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from backend.audit.models import AuditEvent
from backend.directory.cards import confirm_node, import_card
from backend.directory.models import PublishedKey
from backend.intake import accepting
from backend.intake.checking import CheckedSubmission
from backend.intake.models import Submission
from backend.intake.refusals import DifferentContent, Refused, SealAgain, UnknownSender
from backend.intake.storing import Kept
from backend.units import services
from backend.units.models import EnrolmentRequest
from backend.vault.enrolment import make_code
from crypto.checked import checked
from tests.founding import TESTS, SealedReport, TestDevice, enrol_device, found_node, peer_card

pytestmark = pytest.mark.django_db
# accept() goes by the database's clock: a key of a fixed day would be over some day.
NOW = datetime.now(UTC)


@pytest.fixture
def device() -> TestDevice:
    found_node(at=NOW)
    return enrol_device(at=NOW)


def announced(device: TestDevice, content: bytes = b"sealed", **changes: object) -> CheckedSubmission:
    fields = {
        "kind": "report",
        "sender": device.fingerprint,
        "submission": uuid.UUID(int=1),
        "key_id": SealedReport(device, {}).intake_key(NOW).key_id,
        "digest": hashlib.sha256(content).digest(),
        "size": len(content),
    }
    return checked(CheckedSubmission, **(fields | changes))


def file(folder: Path) -> Kept:
    path = folder / uuid.uuid4().hex
    path.write_bytes(b"sealed")
    return Kept(path=path)


def accept(submission: CheckedSubmission, kept: Kept) -> str:
    """What accept() says of one submission alone."""
    (outcome,) = accepting.accept([(submission, kept)])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def test_a_submission_and_its_event_are_written_together(device: TestDevice, tmp_path: Path) -> None:
    kept = file(tmp_path)
    assert accept(announced(device), kept) == "stored"
    row = Submission.objects.get()
    assert (row.stored_as, row.stage, bytes(row.digest)) == (
        kept.stored_as,
        "received",
        hashlib.sha256(b"sealed").digest(),
    )
    event = AuditEvent.objects.get(id=row.id)
    assert (event.event, event.acting_id) == ("submission:received", device.fingerprint)
    assert event.detail["sha256"] == hashlib.sha256(b"sealed").hexdigest()
    assert [path.name for path in tmp_path.iterdir()] == [kept.stored_as]


def test_the_same_again_is_the_same_and_its_second_file_goes(device: TestDevice, tmp_path: Path) -> None:
    first = file(tmp_path)
    assert accept(announced(device), first) == "stored"
    assert accept(announced(device), file(tmp_path)) == "same"
    assert [path.name for path in tmp_path.iterdir()] == [first.stored_as]
    assert AuditEvent.objects.filter(event="submission:received").count() == 1


def refused(submission: CheckedSubmission, folder: Path, refusal: type[Refused]) -> None:
    before = sorted(folder.iterdir())
    with pytest.raises(refusal):
        accept(submission, file(folder))
    assert sorted(folder.iterdir()) == before
    assert Submission.objects.count() == 1


def test_what_is_refused_leaves_neither_row_nor_file(device: TestDevice, tmp_path: Path) -> None:
    assert accept(announced(device), file(tmp_path)) == "stored"
    other = uuid.UUID(int=2)
    refused(announced(device, b"other content"), tmp_path, DifferentContent)
    refused(announced(device, kind="evidence"), tmp_path, DifferentContent)
    refused(announced(device, submission=other, key_id="0" * 16), tmp_path, SealAgain)
    refused(announced(device, submission=other, kind="packet"), tmp_path, UnknownSender)
    refused(announced(device, submission=other, sender="0" * 64), tmp_path, UnknownSender)


@pytest.mark.parametrize("name", ["../keys/worker/transport.pem", "x" * 32, "", "0" * 31])
def test_the_database_takes_no_file_name_that_the_edge_does_not_draw(
    device: TestDevice, tmp_path: Path, name: str
) -> None:
    kept = file(tmp_path)
    kept.stored_as = name
    with pytest.raises(UnknownSender):
        accept(announced(device), kept)
    assert not Submission.objects.exists()
    assert not AuditEvent.objects.filter(event="submission:received").exists()


def test_a_card_that_names_a_device_s_key_does_not_stand_in_its_way(device: TestDevice) -> None:
    card = peer_card(at=NOW, transport=device.row.public_key, authorities=[])
    confirm_node(import_card(card, acting=TESTS, at=NOW), acting=TESTS, at=NOW)
    found = accepting.find_sender(device.fingerprint)
    assert found is not None
    assert found.kind == "device"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM edge_sender WHERE fingerprint = %s", [device.fingerprint])
        assert cursor.fetchone() == (1,)


def test_a_revoked_device_is_heard_but_not_without_end(device: TestDevice, tmp_path: Path) -> None:
    services.revoke(device.row, acting=TESTS, at=NOW)
    assert accepting.find_sender(device.fingerprint) is not None
    many = [(announced(device, submission=uuid.uuid4()), file(tmp_path)) for _ in range(202)]
    outcomes = accepting.accept(many)
    assert outcomes[:200] == ["stored"] * 200
    assert [type(outcome) for outcome in outcomes[200:]] == [UnknownSender] * 2
    with pytest.raises(UnknownSender):
        accept(announced(device, submission=uuid.uuid4()), file(tmp_path))
    assert accept(many[0][0], file(tmp_path)) == "same"
    assert Submission.objects.filter(sender_revoked=True).count() == 200


def test_a_revoked_device_fills_no_disk(device: TestDevice, tmp_path: Path) -> None:
    services.revoke(device.row, acting=TESTS, at=NOW)
    large = {"kind": "evidence", "size": 10_999_999_000}
    both = [(announced(device, submission=uuid.uuid4(), **large), file(tmp_path)) for _ in range(2)]
    stored, refused = accepting.accept(both)
    assert stored == "stored"
    assert isinstance(refused, UnknownSender)
    with pytest.raises(UnknownSender):
        accept(announced(device, submission=uuid.uuid4(), kind="evidence", size=1001), file(tmp_path))
    assert accept(announced(device, submission=uuid.uuid4(), kind="evidence", size=1000), file(tmp_path)) == "stored"


@pytest.mark.parametrize("change", ["withdrawn_at", "destroyed_at", "seal_until"])
def test_what_is_sealed_to_a_key_that_ended_is_to_be_sealed_again(
    device: TestDevice, tmp_path: Path, change: str
) -> None:
    submission = announced(device)
    key = PublishedKey.objects.filter(key_id=submission.key_id)
    over = datetime.now(UTC) - timedelta(days=30, minutes=30)
    # Sealed in time it may arrive until the last moment.
    key.update(seal_from=over - timedelta(days=14), seal_until=over + timedelta(hours=1))
    assert accepting.check_key(submission)
    key.update(**{change: over if change == "seal_until" else NOW})
    with pytest.raises(SealAgain):
        accepting.check_key(submission)
    with pytest.raises(SealAgain):
        accept(submission, file(tmp_path))
    assert not Submission.objects.exists()


def test_what_has_its_row_is_not_to_be_sealed_again_although_its_key_went_before_the_receipt(
    device: TestDevice, tmp_path: Path
) -> None:
    submission = announced(device)
    assert accept(submission, file(tmp_path)) == "stored"
    PublishedKey.objects.filter(key_id=submission.key_id).update(withdrawn_at=NOW)
    assert not accepting.check_key(submission)  # not published, and no reason to refuse
    assert accept(submission, file(tmp_path)) == "same"
    assert Submission.objects.count() == 1


def invited() -> accepting.Enrolment:
    unit = services.add_unit("Unit of a test", "gd", acting=TESTS, at=NOW)
    invitation, _ = services.invite(unit, make_code=make_code, acting=TESTS, at=NOW)
    return accepting.Enrolment(invitation.id, "ed25519:x", bytes(32), "label")


def test_who_names_no_invitation_leaves_nothing_and_learns_nothing(device: TestDevice) -> None:
    before, events = EnrolmentRequest.objects.count(), AuditEvent.objects.count()
    accepting.enrol(accepting.Enrolment(uuid.UUID(int=7), "ed25519:x", bytes(32), "label"))
    assert (EnrolmentRequest.objects.count(), AuditEvent.objects.count()) == (before, events)


def test_one_invitation_keeps_twenty_requests_at_most(device: TestDevice) -> None:
    asked = invited()
    for _ in range(25):
        accepting.enrol(asked)
    assert EnrolmentRequest.objects.filter(invitation_id=asked.invitation).count() == 20


def test_when_the_database_cannot_say_the_file_stays(
    device: TestDevice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row may have committed before the connection broke: only the sweep, which sees rows, may remove the file."""

    def broken(*_arguments: object) -> str:
        raise DatabaseError

    monkeypatch.setattr(accepting, "_call", broken)
    kept = file(tmp_path)
    with pytest.raises(DatabaseError):
        accept(announced(device), kept)
    assert [path.name for path in tmp_path.iterdir()] == [kept.stored_as]


def test_two_answers_of_retry_end_the_attempt(
    device: TestDevice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "_call", lambda *_arguments: ["retry"])
    with pytest.raises(accepting.NotAccepted):
        accept(announced(device), file(tmp_path))
    assert list(tmp_path.iterdir()) == []
