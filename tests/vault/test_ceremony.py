"""The node's keys: made once, restorable from the kit, published by the identity key."""

import stat
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import DataError

from backend.cli import keys
from backend.cli.node import acting
from backend.directory.keycard import read_card
from backend.directory.models import Authority, Node, PublishedKey
from backend.vault import ceremony
from backend.vault.authorities import add_exercise_authority
from backend.vault.columns import make_data_key, open_data_key
from backend.vault.recovering import restore_keys
from backend.vault.secrets import KeyNotHeld, identity_for, keyring
from crypto.errors import CannotOpen
from crypto.keyholder.identities import generate_pq, recipient_of
from crypto.keys import VerifyingKey
from crypto.verifying import verify_statement
from tests.founding import NOW, TESTS, found_node, own_authority


def key_files(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in (home / "keys").rglob("*") if path.is_file()}


def test_the_first_keys_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    assert ceremony.first_keys(tmp_path, at=NOW) is not None
    made = key_files(tmp_path)
    assert len(made) == 5
    assert ceremony.first_keys(tmp_path, at=NOW) is None
    assert key_files(tmp_path) == made
    for path in (tmp_path / "keys").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_the_recovery_kit_brings_every_first_key_back(tmp_path: Path) -> None:
    first = ceremony.first_keys(tmp_path / "lost", at=NOW)
    assert first is not None
    written, kept = restore_keys(tmp_path / "new", first.kit.read_bytes(), first.identity)
    assert (len(written), kept) == (5, [])
    assert key_files(tmp_path / "new") == key_files(tmp_path / "lost")
    assert restore_keys(tmp_path / "new", first.kit.read_bytes(), first.identity)[0] == []


def test_the_recovery_kit_opens_with_its_identity_alone(tmp_path: Path) -> None:
    first = ceremony.first_keys(tmp_path, at=NOW)
    assert first is not None
    assert restore_keys(tmp_path / "a", first.kit.read_bytes(), first.identity)
    with pytest.raises(CannotOpen):
        restore_keys(tmp_path / "b", first.kit.read_bytes(), generate_pq())
    assert not (tmp_path / "b").exists()


@pytest.mark.django_db
class TestPublishing:
    def test_there_is_a_key_for_each_of_the_coming_days_and_none_is_made_twice(self) -> None:
        found_node(days=ceremony.DAYS_AHEAD)
        days = list(
            PublishedKey.objects.filter(kind="intake").order_by("seal_from").values_list("seal_from", flat=True)
        )
        assert days[0] <= NOW < days[0] + timedelta(days=1)
        assert [day - days[0] for day in days] == [timedelta(days=n) for n in range(ceremony.DAYS_AHEAD)]
        assert ceremony.publish_keys(at=NOW) == 0
        assert ceremony.publish_keys(at=NOW + timedelta(days=2)) == 2

    def test_a_key_statement_is_signed_by_the_identity_and_its_private_half_is_held(self) -> None:
        found_node(days=ceremony.DAYS_AHEAD)
        identity = VerifyingKey.parse(Node.objects.get(own=True).identity_key)
        for key in PublishedKey.objects.order_by("seal_from")[:3]:
            payload = verify_statement(bytes(key.statement), type=f"comity/{key.kind}-key/v1", key=identity).payload
            assert payload["recipient"] == str(recipient_of(identity_for(key.kind, key.key_id)))

    def test_a_key_whose_private_half_is_lost_is_published_no_more_and_replaced(self) -> None:
        found_node(days=ceremony.DAYS_AHEAD)
        today = PublishedKey.objects.filter(kind="intake", seal_from__lte=NOW).latest("seal_from")
        lost = settings.COMITY.home / "keys" / "worker" / "intake" / f"{today.key_id}.age"
        kept = lost.read_bytes()
        lost.unlink()
        try:
            assert ceremony.publish_keys(at=NOW) == 1
            today.refresh_from_db()
            assert (today.withdrawn_at, today.destroyed_at) == (NOW, None)
            of_today = {"seal_from__gte": today.seal_from, "seal_from__lte": NOW}
            another = PublishedKey.objects.get(kind="intake", withdrawn_at=None, **of_today)
            # A device that saw the lost one takes it for newer.
            assert another.seal_from > today.seal_from
            assert identity_for("intake", another.key_id)
            assert ceremony.publish_keys(at=NOW) == 0
            with pytest.raises(KeyNotHeld, match="lost"):
                identity_for("intake", today.key_id)
        finally:
            lost.write_bytes(kept)
            lost.chmod(0o600)
        # Put back, it opens again what waits for it.
        assert identity_for("intake", today.key_id)

    def test_a_new_authority_stands_on_the_card(self) -> None:
        found_node(days=ceremony.DAYS_AHEAD)
        before = read_card(bytes(Node.objects.get(own=True).card))
        authority = own_authority()
        after = read_card(bytes(Node.objects.get(own=True).card))
        assert after.card.identity == before.card.identity
        named = {one.id: one for one in after.card.authorities}
        assert named[authority.id].exercise
        assert keyring("desk").read(f"authority/{authority.id}.pem").startswith(b"-----BEGIN")


@pytest.mark.django_db
class TestDataKeys:
    def test_a_column_opens_in_its_own_place_alone(self) -> None:
        found_node()
        row, key = make_data_key(at=NOW)
        sealed = key.encrypt(b"words", table="t", row=1, column="c")
        assert open_data_key(row).decrypt(sealed, table="t", row=1, column="c") == b"words"
        for place in ({"row": 2}, {"column": "d"}, {"table": "u"}):
            with pytest.raises(CannotOpen):
                key.decrypt(sealed, **({"table": "t", "row": 1, "column": "c"} | place))

    def test_a_wrapped_key_moved_to_another_row_does_not_open(self) -> None:
        found_node()
        first, _ = make_data_key(at=NOW)
        second, _ = make_data_key(at=NOW)
        assert open_data_key(first)
        first.wrapped, second.wrapped = second.wrapped, first.wrapped
        with pytest.raises(CannotOpen):
            open_data_key(first)

    def test_a_destroyed_key_opens_nothing(self) -> None:
        found_node()
        row, _ = make_data_key(at=NOW)
        row.wrapped, row.destroyed_at = None, NOW
        row.save()
        with pytest.raises(KeyNotHeld, match="destroyed"):
            open_data_key(row)


def test_a_process_that_holds_no_such_keys_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    monkeypatch.setattr(settings, "COMITY", dataclasses.replace(settings.COMITY, keys=(), process="edge"))
    with pytest.raises(KeyNotHeld, match="'edge' holds no worker keys"):
        keyring("worker")


def test_an_interrupted_first_start_is_finished_by_the_next(tmp_path: Path) -> None:
    first = ceremony.first_keys(tmp_path, at=NOW)
    assert first is not None
    (tmp_path / "keys/identity/identity.pem").unlink()  # as if killed just before the last key
    (tmp_path / "keys/shared/token-root.key").unlink()
    before = key_files(tmp_path)
    again = ceremony.first_keys(tmp_path, at=NOW)
    assert again is not None
    assert key_files(tmp_path) | before == key_files(tmp_path)
    written, _ = restore_keys(tmp_path / "new", again.kit.read_bytes(), again.identity)
    assert len(written) == 5
    assert key_files(tmp_path / "new") == key_files(tmp_path)


@pytest.mark.django_db
def test_an_authority_that_the_database_refuses_leaves_no_key_behind() -> None:
    found_node()
    name = f"gd-central-{uuid.uuid4().hex[:8]}"
    with pytest.raises(DataError):
        add_exercise_authority(name, kind="central", title="x" * 400, acting=TESTS, at=NOW)
    add_exercise_authority(name, kind="central", title="Exercise authority", acting=TESTS, at=NOW)


@pytest.mark.django_db
def test_an_authority_that_cannot_be_added_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    found_node()
    monkeypatch.setattr(acting, "act_as", lambda *_: None)  # the test is in the process already
    arguments = ["--kind", "central", "--title", "Exercise authority", "--exercise"]
    there = own_authority().id
    for name, sentence in ((there, "already"), ("Not An Id", "cannot stand on the card")):
        said = CliRunner().invoke(keys.command, ["authority", name, *arguments])
        assert (said.exit_code, sentence in said.output) == (1, True), said.output
    assert Authority.objects.count() == 1
