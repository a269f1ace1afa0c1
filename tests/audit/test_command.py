"""`comity audit`, run as an auditor runs it: in a process of its own, on the database of the test."""

import os
import subprocess
import sys

import pytest

from crypto.keyholder.signing import SigningKey
from tests import cluster
from tests.audit.test_receipts import key_card

pytestmark = pytest.mark.long


@pytest.fixture
def audit(tmp_path, log_key):
    card = tmp_path / "gd.card"
    card.write_bytes(key_card(log_key, SigningKey.generate("ed25519")))

    def run(*arguments, trust=card, database=None):
        given = {name: os.environ[name] for name in ("PATH", "COMITY_NODE", "COMITY_STATE") if name in os.environ}
        return subprocess.run(
            [sys.executable, "-m", "backend.cli.main", "audit", *arguments, "--trust", str(trust)],
            env={**given, "DATABASE_URL": database or cluster.database_url("comity_desk")},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def test_a_log_is_verified_exported_and_verified_again_against_the_export(record, integrate, audit, tmp_path):
    record(5)
    integrate()
    kept = tmp_path / "checkpoint"
    exported = audit("export", "--out", str(kept))
    assert exported.returncode == 0, exported.stderr
    assert kept.read_text().startswith("comity/gd/log\n5\n")
    verified = audit("verify", "--checkpoint", str(kept))
    assert verified.returncode == 0, verified.stderr
    counts = [line.split() for line in verified.stdout.splitlines()[1:5]]
    assert counts == [["entries", "5"], ["checkpoints", "1"], ["exported", "1"], ["waiting", "0"]]
    assert kept.read_text() in verified.stdout


def test_a_changed_event_ends_it_with_1_and_the_first_bad_entry(record, integrate, audit, past_the_triggers):
    record(5)
    integrate()
    assert audit("verify").returncode == 0
    with past_the_triggers("auditevent") as owner:
        event = "(SELECT event_id FROM audit_logleaf WHERE index = 3)"
        owner.execute(f"UPDATE audit_auditevent SET acting_id = 'x' WHERE id = {event}")  # noqa: S608
    found = audit("verify")
    assert found.returncode == 1
    assert "First bad entry: 3\n" in found.stderr
    assert "Entry 3 does not match its event" in found.stderr


def test_a_checkpoint_of_another_log_and_a_stranger_s_card_are_refused(record, integrate, audit, tmp_path):
    record(2)
    integrate()
    kept = tmp_path / "checkpoint"
    assert audit("export", "--out", str(kept)).returncode == 0
    kept.write_text(kept.read_text().replace("\n2\n", "\n3\n"))
    changed = audit("verify", "--checkpoint", str(kept))
    assert changed.returncode == 1
    assert "is no checkpoint of comity/gd/log" in changed.stderr
    stranger = tmp_path / "stranger.card"
    stranger.write_bytes(key_card(SigningKey.generate("ed25519"), SigningKey.generate("ed25519")))
    assert audit("verify", trust=stranger).returncode == 1
    assert "not signed by the log's key" in audit("verify", trust=stranger).stderr


def test_a_database_that_cannot_be_read_is_one_sentence(record, audit):
    record(1)
    assert audit("verify").returncode == 0
    for url in ("postgresql:///comity?host=/nonexistent", cluster.database_url("comity_edge")):
        refused = audit("verify", database=url)
        assert refused.returncode == 1
        assert refused.stderr.startswith("comity: The log cannot be read (")
        assert refused.stderr.count("\n") == 1


def test_events_that_wait_too_long_are_a_warning(record, integrate, audit, owner):
    record(2)
    integrate()
    record(1)
    owner.execute("UPDATE audit_pendingevent SET since = since - interval '2 minutes'")
    waiting = audit("verify")
    assert waiting.returncode == 0, waiting.stderr
    assert "Warning: 1 events have waited" in waiting.stderr
