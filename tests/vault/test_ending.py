"""The end of intake and exchange keys: only when their time is over and nothing accepted needs them, file and all."""

import os
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import IntegrityError, transaction

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.models import AuditEvent
from backend.audit.subjects import System
from backend.cli import keys as command
from backend.cli.node import acting
from backend.directory.keycard import read_card
from backend.directory.models import Node, PublishedKey
from backend.intake.models import Submission
from backend.vault import ceremony, ending
from backend.vault.publishing import worker_keyring
from backend.vault.secrets import KeyNotHeld, identity_for
from crypto.keyholder.keyring import FileKeyring
from tests.founding import TESTS, found_node, store

# destroy_key() goes by the database's clock, too.
NOW = datetime.now(UTC)
OVER = NOW - timedelta(days=30, seconds=1)


@pytest.fixture
def key(db: None, home: Path) -> PublishedKey:
    """Today's intake key, as if its thirty days after seal-until were just over."""
    # A third day, so that one is to come also when midnight passed since NOW.
    found_node(at=NOW, days=3)
    return over("intake")


def over(kind: str) -> PublishedKey:
    row = PublishedKey.objects.filter(kind=kind).order_by("seal_from")[0]
    PublishedKey.objects.filter(pk=row.pk).update(seal_from=OVER - timedelta(days=14), seal_until=OVER)
    row.refresh_from_db()
    return row


def file_of(key: PublishedKey) -> Path:
    return settings.COMITY.home / "keys" / "worker" / ending.file_name(key)


def naming(key: PublishedKey, stage: str = "received", **changes: object) -> Submission:
    """A submission that names the key."""
    kind = "packet" if key.kind == "exchange" else "report"
    row = store("0" * 64, uuid.uuid4(), kind, key.key_id, b"sealed", at=NOW)
    if stage == "given_up":
        Submission.objects.filter(pk=row.pk).update(stage="quarantined")
    if stage != "received":
        Submission.objects.filter(pk=row.pk).update(stage=stage, **changes)
    return row


def give_up(row: Submission) -> None:
    Submission.objects.filter(pk=row.pk).update(stage="given_up", given_up_by="A Person", given_up_because="rubbish")
    with transaction.atomic():
        recording.record(Event.SUBMISSION_GIVEN_UP, row, acting=System("A Person"), at=NOW)


def sweep() -> int:
    return ending.destroy_ended(at=datetime.now(UTC))


@pytest.mark.parametrize("kind", ["intake", "exchange"])
def test_a_key_whose_time_is_over_goes_with_its_file_and_an_event(key: PublishedKey, kind: str) -> None:
    ended = over(kind)
    naming(ended, "opened")
    others = sorted(path for path in file_of(ended).parent.iterdir() if path != file_of(ended))
    linked = settings.COMITY.home / "held.age"
    os.link(file_of(ended), linked)  # to see what becomes of the bytes themselves
    secret = linked.read_bytes()
    assert sweep() >= 1
    ended.refresh_from_db()
    assert ended.destroyed_at is not None
    assert not file_of(ended).exists()
    assert len(linked.read_bytes()) == len(secret)
    assert linked.read_bytes() != secret
    # With an exchange key, the intake key that is over goes as well; nothing else does.
    assert [path for path in others if not path.exists()] == []
    event = AuditEvent.objects.get(event="key:destroyed", subject_id=ended.key_id)
    assert (event.acting_id, event.detail) == ("worker", {"kind": kind, "reason": "time over"})
    with pytest.raises(KeyNotHeld):
        identity_for(kind, ended.key_id)
    assert sweep() == 0


@pytest.mark.parametrize("early", [timedelta(hours=1), timedelta(days=30), timedelta(days=44)])
def test_a_key_is_not_destroyed_before_its_time(key: PublishedKey, early: timedelta) -> None:
    # Counted from this moment: NOW may be an hour ago.
    ends = datetime.now(UTC) - ending.LATEST_ARRIVAL + early
    PublishedKey.objects.filter(pk=key.pk).update(seal_until=ends)
    # The worker's clock alone says that it is over: the database's does not.
    assert ending.destroy_keys(PublishedKey.objects.filter(pk=key.pk), worker_keyring(), acting=TESTS, at=NOW) == []
    far = NOW + timedelta(days=400)
    assert ending.destroy_keys(PublishedKey.objects.filter(pk=key.pk), worker_keyring(), acting=TESTS, at=far) == []
    assert identity_for("intake", key.key_id)


def test_a_worker_whose_clock_is_behind_destroys_nothing(key: PublishedKey) -> None:
    behind = NOW - timedelta(days=2)
    assert ending.destroy_keys(PublishedKey.objects.filter(pk=key.pk), worker_keyring(), acting=TESTS, at=behind) == []
    assert sweep() == 1


@pytest.mark.parametrize("stage", ["received", "quarantined"])
def test_a_key_is_kept_as_long_as_one_submission_that_names_it_is_neither_opened_nor_given_up(
    key: PublishedKey, stage: str
) -> None:
    naming(key, "opened")
    waiting = naming(key, stage)
    assert sweep() == 0
    assert identity_for("intake", key.key_id)
    Submission.objects.filter(pk=waiting.pk).update(stage="quarantined")
    give_up(waiting)
    assert sweep() == 1


def test_what_was_given_up_without_a_record_keeps_the_key(key: PublishedKey) -> None:
    row = naming(key, "given_up", given_up_by="A Person", given_up_because="rubbish")
    assert sweep() == 0
    give_up(row)
    assert sweep() == 1


def test_every_stage_of_a_submission_is_one_that_keeps_the_key_or_one_that_frees_it() -> None:
    """A new stage keeps the key until somebody decides: see key_awaited() in migration 0004 of intake."""
    assert set(Submission.Stage.values) == {"received", "quarantined", "opened", "given_up"}


def test_nobody_marks_a_key_destroyed_that_is_needed_nor_takes_an_end_back(key: PublishedKey) -> None:
    row = naming(key)
    with pytest.raises(IntegrityError, match="neither opened nor given up"), transaction.atomic():
        PublishedKey.objects.filter(pk=key.pk).update(destroyed_at=NOW)
    Submission.objects.filter(pk=row.pk).update(stage="opened")
    PublishedKey.objects.filter(pk=key.pk).update(destroyed_at=NOW, withdrawn_at=NOW)
    for column in ("destroyed_at", "withdrawn_at"):
        with pytest.raises(IntegrityError, match="stays so"), transaction.atomic():
            PublishedKey.objects.filter(pk=key.pk).update(**{column: None})


def test_a_file_that_could_not_be_removed_goes_with_the_next_sweep(
    key: PublishedKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_ring: object, _name: str) -> None:
        raise OSError("read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr("crypto.keyholder.keyring.FileKeyring.destroy", full)
        assert sweep() == 0
    key.refresh_from_db()
    assert key.destroyed_at is not None
    assert file_of(key).exists()
    assert sweep() == 1
    assert not file_of(key).exists()


def test_keys_of_a_folder_that_is_not_mounted_are_not_taken_for_lost(key: PublishedKey, home: Path) -> None:
    (home / "keys" / "worker").rename(home / "elsewhere")
    assert ending.withdraw_lost(worker_keyring(), at=NOW) == 0
    (home / "elsewhere").rename(home / "keys" / "worker")
    file_of(key).unlink()
    assert ending.withdraw_lost(worker_keyring(), at=NOW) == 1


def test_a_copy_of_the_keys_loses_what_is_destroyed_and_keeps_what_was_lost(key: PublishedKey, home: Path) -> None:
    copy = home / "copy"
    names = worker_keyring().names()
    assert ending.copy_keys(worker_keyring(), copy) == (len(names), 0)
    assert sweep() == 1
    lost = PublishedKey.objects.filter(kind="intake", destroyed_at=None)[0]
    file_of(lost).unlink()
    assert ending.copy_keys(worker_keyring(), copy) == (0, 1)
    assert FileKeyring(copy).names() == sorted(set(names) - {ending.file_name(key)})
    assert ending.copy_keys(worker_keyring(), copy) == (0, 0)


def test_rotating_withdraws_what_one_may_seal_to_and_publishes_newer_ones(db: None, home: Path) -> None:
    # Not in the first second of a day: what replaces that day's key begins a second after it.
    at = NOW.replace(hour=12) - timedelta(days=1)
    found_node(at=at)
    before = {row.key_id: row for row in PublishedKey.objects.filter(kind="intake")}
    assert ceremony.rotate_keys("intake", acting=TESTS, at=at, days=2) == (2, 2)
    after = PublishedKey.objects.filter(kind="intake", withdrawn_at=None)
    assert {row.seal_from.date() for row in after} == {row.seal_from.date() for row in before.values()}
    assert min(row.seal_from for row in after) > min(row.seal_from for row in before.values())
    assert all(row.seal_from <= at or row.seal_from.date() > at.date() for row in after)
    detail = AuditEvent.objects.filter(event="key:withdrawn").values_list("detail", flat=True)
    assert list(detail) == [{"kind": "intake", "reason": "rotated"}] * 2
    assert sweep() == 2
    assert ceremony.publish_keys(at=at, days=2) == 0


def test_a_new_exchange_key_stands_on_the_card(db: None, home: Path) -> None:
    found_node(at=NOW)
    old = Node.objects.get(own=True).exchange_key_id
    ceremony.rotate_keys("exchange", acting=TESTS, at=NOW, days=2)
    card = read_card(bytes(Node.objects.get(own=True).card)).card
    assert card.exchange.key_id == PublishedKey.objects.get(kind="exchange", withdrawn_at=None).key_id != old


class TestCommand:
    @pytest.fixture(autouse=True)
    def in_the_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(acting, "act_as", lambda *_: None)

    def run(self, *arguments: str) -> str:
        said = CliRunner().invoke(command.command, arguments)
        assert said.exit_code == 0, said.output
        return said.output

    def test_the_list_says_where_each_key_stands_and_why_it_is_kept(self, key: PublishedKey) -> None:
        naming(key)
        naming(key, "quarantined")
        said = self.run("list")
        assert f"{key.key_id}" in said
        assert "over since" in said
        assert "kept for 1 submissions to open and 1 in quarantine" in said
        assert "to come" in said
        Submission.objects.update(stage="quarantined")
        for row in Submission.objects.all():
            give_up(row)
        began = datetime.now(UTC)
        assert f"destroyed {key.key_id}" in self.run("destroy")
        days = {f"destroyed {day:%Y-%m-%d}" for day in (began, datetime.now(UTC))}
        said = self.run("list")
        assert any(day in said for day in days)

    def test_a_named_key_goes_before_its_time_and_another_takes_its_place(self, key: PublishedKey) -> None:
        today = PublishedKey.objects.filter(kind="intake").latest("seal_from")
        assert CliRunner().invoke(command.command, ["destroy", today.key_id]).exit_code == 2
        assert f"destroyed {today.key_id}" in self.run("destroy", today.key_id, "--by", "A Person")
        same_day = PublishedKey.objects.filter(kind="intake", seal_from__date=today.seal_from.date(), destroyed_at=None)
        assert same_day.count() == 1
        assert AuditEvent.objects.get(event="key:withdrawn").acting_id == "A Person"

    def test_a_named_key_that_is_needed_is_kept_and_no_more_published(self, key: PublishedKey) -> None:
        naming(key)
        said = CliRunner().invoke(command.command, ["destroy", key.key_id, "--by", "A Person"])
        assert (said.exit_code, "kept for 1 submissions to open" in said.output) == (1, True)
        assert identity_for("intake", key.key_id)
        unknown = CliRunner().invoke(command.command, ["destroy", "0" * 16, "--by", "A Person"])
        assert (unknown.exit_code, "no key" in unknown.output) == (1, True)
