"""An officer's device is stolen, or the code by which one is enrolled."""

import hashlib
import json
import subprocess
import sys
import time
import uuid

import psycopg
import pytest

from backend.cli.node import roles
from backend.cli.node.home import CHECKOUT
from backend.vault.offline_submit import ask_receipt, post_sealed, read_device_key
from crypto.errors import CryptoError
from crypto.keyholder.opening import open_sealed
from tests.threats.conftest import Victim
from tests.threats.thief import cells, files, pieces, traces

STAGE = "SELECT stage, quarantine_reason FROM intake_submission WHERE submission_id = %s"


def ask(victim: Victim, of: int, by: int) -> int:
    """The status of the answer to who asks, with one device's key, for the receipt of another's report."""
    report = victim.reports[of]
    return ask_receipt(
        victim.node.edge_url,
        sender_signer=read_device_key(victim.reports[by].device),
        submission_id=uuid.UUID(report.submission),
        sha256=hashlib.sha256(report.recorded).digest(),
        timeout=60,
    ).status


def test_its_key_asks_for_its_own_receipts_and_for_nobody_elses(victim: Victim) -> None:
    assert ask(victim, of=0, by=0) == 200
    assert ask(victim, of=0, by=2) == 404


def test_its_key_opens_no_report_not_even_those_that_it_sent(victim: Victim) -> None:
    report = victim.reports[0]
    pem = report.device.read_text()
    with pytest.raises(CryptoError):
        open_sealed(report.recorded, [pem])
    # What `comity submit` keeps beside the report is sealed, too.
    state = report.device.parent / "Marchetti" / ".comity-submit"
    assert traces(report.secrets, files(state)) == []


def test_a_report_in_its_name_is_taken_until_it_is_revoked(victim: Victim, tmp_path) -> None:
    """A device of its own is stolen and revoked here: the others' tests go on."""
    folder = tmp_path / "thief-of-a-device"
    folder.mkdir()
    enrolling = [sys.executable, "-m", "tests.faults.enrolling", "1", victim.node.edge_url, folder]
    subprocess.run(enrolling, env=victim.node.env("act"), cwd=CHECKOUT, check=True)
    assert _submit(victim, folder, "before") == "opened"
    fingerprint = read_device_key(folder / "device-0.pem").verifying_key.fingerprint
    revoked = victim.node.comity("device", "revoke", fingerprint, "--by", "administrator")
    assert revoked.returncode == 0, revoked.stderr
    assert _submit(victim, folder, "after") == "quarantined"


def _submit(victim: Victim, folder, name: str) -> str:
    """Where a report ends that the thief sends."""
    report = {"schema": "comity/report/v1", "title": name, "narrative": "Somebody took the telephone of the office."}
    (folder / f"{name}.json").write_text(json.dumps(report))
    submission = str(uuid.uuid4())
    done = victim.node.comity(
        "submit", str(folder / f"{name}.json"), "--edge", victim.node.edge_url,
        "--device", str(folder / "device-0.pem"), "--trust", str(folder / "node.card"), "--submission-id", submission,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    deadline = time.monotonic() + 120
    with victim.connect(roles.OWNER) as owner:
        while (found := owner.execute(STAGE, [submission]).fetchone()) and found[0] == "received":
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert found
    return found[0]


def test_a_code_that_was_overheard_enrols_nobody_by_itself(victim: Victim, tmp_path) -> None:
    """It asks, and waits: a person compares the words of the key, which are the thief's and not the officer's."""
    code = victim.node.comity("device", "invite", "--unit", f"Unit of {victim.folder.name}").stdout.strip()
    asked = victim.node.comity(
        "device", "enrol", "--edge", victim.node.edge_url, "--code", code, "--trust", str(victim.folder / "node.card"),
        "--out", str(tmp_path / "thief.pem"),
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    thief = read_device_key(tmp_path / "thief.pem")
    reply = post_sealed(
        victim.node.edge_url,
        victim.reports[0].recorded,
        kind="report",
        sender_signer=thief,
        submission_id=uuid.uuid4(),
        key_id=victim.reports[0].key_id,
        timeout=60,
    )
    assert reply.status == 401
    secret = code.partition(".")[2]
    with victim.connect(roles.OWNER) as owner:
        assert _is_nowhere(owner, secret)


def _is_nowhere(owner: psycopg.Connection, secret: str) -> bool:
    return traces([secret.encode()], pieces(cells(owner))) == []
