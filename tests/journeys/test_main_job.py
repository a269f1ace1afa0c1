"""The whole main job on two real nodes, and what must hold when somebody or something interferes."""

import io
import json
import shutil
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
import pytest

from backend.cli.demonstration.country import Country
from backend.cli.demonstration.story import DATA, SECRETS
from backend.vault.offline_submit import read_device_key
from backend.vault.sending import post_sealed
from referral.packets import KnownSender, PacketRefused, read_sender_card, verify_packet
from tests.journeys.conftest import Told
from tests.nodes import Pair

EVERY_SECRET = (*SECRETS, "Spice Harbour", "184000.00", "pagos.seguros", "2222 0187", "50622220187")


def test_every_step_of_the_demonstration_holds(told: Told, pair_of_nodes: Pair) -> None:
    assert len(told.said) == 16
    assert "preserved until" in told.said["Costa Rica acknowledges and preserves"]


def rows_of(node_env: dict[str, str]) -> str:
    """Every table that the role can read, as text: what a dump would hold."""
    found = io.StringIO()
    with psycopg.connect(node_env["DATABASE_URL"]) as connection:
        tables = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind = 'r' AND has_table_privilege(c.oid, 'SELECT')"
        ).fetchall()
        for (table,) in tables:
            for row in connection.execute(f'SELECT t::text FROM "{table}" t'):
                found.write(row[0])
    return found.getvalue()


def test_a_dump_and_all_logs_hold_no_name_number_or_address_of_the_report(told: Told, pair_of_nodes: Pair) -> None:
    for country in (told.gd, told.cr):
        rows = rows_of(country.node.env("keys"))
        assert "GD-L-" in rows  # the dump is one: references are in clear
        for secret in EVERY_SECRET:
            assert secret not in rows, f"{secret} stands in the database of {country.state}"
            assert secret.encode().hex() not in rows, f"{secret} stands in the database of {country.state}, as bytes"
        logs = [*(country.node.home.path / "log").iterdir(), country.node.output]
        assert len(logs) > 5
        for log in logs:
            text = log.read_text(errors="replace")
            assert not [secret for secret in EVERY_SECRET if secret in text], f"a log of {country.state}: {log.name}"


def query(country: Country, sql: str, *values: object) -> tuple[Any, ...] | None:
    """One row, as the worker's role sees it."""
    with psycopg.connect(country.node.env("worker")["DATABASE_URL"], autocommit=True) as connection:
        return connection.execute(sql, values).fetchone()


def until(holds: Callable[[], object], seconds: float = 180.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        time.sleep(0.1)


def submit_again(told: Told, *, device: Path, state: Path, submission: str) -> "subprocess.CompletedProcess[str]":
    return told.gd.node.comity(
        *("submit", str(told.story.folder / "report.json"), "--edge", told.gd.node.edge_url),
        *("--device", str(device), "--trust", str(told.story.folder / "gd-card.json")),
        *("--state", str(state), "--submission-id", submission),
    )


def enrolled_device(told: Told, name: str) -> Path:
    """A second device, enrolled like the first."""
    gd, key = told.gd, told.story.folder / f"{name}.pem"
    gd.comity("device", "add-unit", f"Unit of {name}")
    code = gd.comity("device", "invite", "--unit", f"Unit of {name}").strip()
    said = gd.comity(
        *("device", "enrol", "--edge", gd.node.edge_url, "--code", code),
        *("--trust", str(told.story.folder / "gd-card.json"), "--out", str(key)),
    )
    words = said.strip().splitlines()[-1]
    until(lambda: words in gd.comity("device", "list"))
    gd.comity("device", "confirm", words, "--by", "m.admin")
    return key


def test_a_report_resubmitted_by_another_enrolled_device_ends_in_quarantine(
    told: Told, pair_of_nodes: Pair, tmp_path: Path
) -> None:
    first = str(uuid.uuid4())
    done = submit_again(told, device=told.story.folder / "device.pem", state=tmp_path, submission=first)
    assert done.returncode == 0, done.stderr
    thief = enrolled_device(told, "thief")
    sealed, key_id = query(told.gd, "SELECT sealed, key_id FROM intake_submission WHERE submission_id = %s", first)
    answer = post_sealed(
        told.gd.node.edge_url,
        bytes(sealed),
        kind="report",
        sender_signer=read_device_key(thief),
        submission_id=uuid.UUID(first),
        key_id=key_id,
        timeout=60,
    )
    assert answer.status == 201  # the edge cannot see inside: it is received …
    sender = read_device_key(thief).verifying_key.fingerprint
    sql = "SELECT quarantine_reason FROM intake_submission WHERE sender = %s AND stage = 'quarantined'"
    until(lambda: query(told.gd, sql, sender))
    assert "not signed by the device that sent it" in query(told.gd, sql, sender)[0]  # … and quarantined by the worker


def test_a_killed_worker_loses_and_repeats_nothing(told: Told, pair_of_nodes: Pair, tmp_path: Path) -> None:
    old = told.gd.node.kill("worker")
    submission = str(uuid.uuid4())
    done = submit_again(told, device=told.story.folder / "device.pem", state=tmp_path, submission=submission)
    assert done.returncode == 0, done.stderr
    assert told.gd.wait("incident", submission=submission)["codes"]
    told.gd.node.wait_for_another("worker", old)
    sql = """SELECT count(*) FROM incidents_incident i JOIN intake_submission s ON s.id = i.submission_id
              WHERE s.submission_id = %s"""
    assert query(told.gd, sql, submission) == (1,)


def urgent_letter(told: Told, name: str) -> str:
    """One more preservation request, signed and queued."""
    gd = told.gd
    letter = gd.act(
        "draft",
        by="d.duty",
        role="duty",
        referral=told.story.found["referral"]["id"],
        kind="preservation-request",
        file=str(told.story.folder / "preservation.json"),
        from_authority="gd-24-7",
        to_authority="cr-24-7",
        evidence=False,
    )
    gd.act("complete", by="d.duty", role="duty", letter=letter["id"])
    gd.act("sign", by="d.duty", role="duty", letter=letter["id"], urgency=["data_would_be_lost"])
    return str(letter["reference"])


def test_a_letter_outlasts_a_kill_of_the_worker_and_of_the_far_node(told: Told, pair_of_nodes: Pair) -> None:
    told.cr.node.kill_supervisor()
    reference = urgent_letter(told, "outage")
    until(lambda: told.gd.act("letter", reference=reference, direction="out")["problem"])
    assert told.gd.act("letter", reference=reference, direction="out")["transmission"] == "queued"
    told.gd.node.kill("worker")
    assert told.cr.revive()
    told.gd.wait("letter", reference=reference, direction="out", until={"transmission": "delivered"})
    assert told.cr.wait("letter", reference=reference, direction="in")["stage"] == "delivered"
    assert query(told.cr, "SELECT count(*) FROM referral_letterofrequest WHERE reference = %s", reference) == (1,)


@pytest.fixture
def packet(told: Told, tmp_path: Path) -> Path:
    copy = tmp_path / "letter.packet.zip"
    shutil.copy(told.story.folder / "letter.packet.zip", copy)
    return copy


def verify(told: Told, packet: Path) -> "subprocess.CompletedProcess[str]":
    return told.gd.node.comity("packet", "verify", str(packet), "--trust", str(told.story.folder / "gd-card.json"))


def test_the_packet_is_good_and_a_byte_flipped_in_any_part_is_refused(told: Told, packet: Path) -> None:
    assert verify(told, packet).returncode == 0
    senders = [read_sender_card((told.story.folder / "gd-card.json").read_bytes()).sender]
    with zipfile.ZipFile(packet) as bag:
        parts = [(entry.filename, entry.header_offset, entry.file_size) for entry in bag.infolist()]
    assert len(parts) >= 10
    with packet.open("r+b") as file:
        assert verify_packet(file, senders)
        for name, offset, size in parts:
            place = offset + 30 + len(name.encode()) + size // 2
            flip(file, place)
            assert refuses(file, senders), f"a flipped byte in {name} was not found"
            flip(file, place)
        assert verify_packet(file, senders)
        flip(file, parts[-1][1] + 60)
    assert verify(told, packet).returncode == 1


def refuses(file: BinaryIO, senders: list[KnownSender]) -> bool:
    """Whether the packet is refused."""
    try:
        verify_packet(file, senders)
    except PacketRefused:
        return True
    return False


def flip(file: BinaryIO, place: int) -> None:
    """Change one bit of the byte there; twice changes nothing."""
    file.seek(place)
    byte = file.read(1)
    file.seek(place)
    file.write(bytes([byte[0] ^ 1]))


def test_a_packet_without_a_key_card_is_not_called_good(told: Told, packet: Path) -> None:
    done = told.gd.node.comity("packet", "verify", str(packet))
    assert done.returncode == 1
    assert "fingerprint" in done.stdout + done.stderr


def test_the_packet_is_a_bag(told: Told, packet: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packet) as bag:
        bag.extractall(tmp_path / "bag")  # noqa: S202 - names were checked by the packet's own verification
    (folder,) = (tmp_path / "bag").iterdir()
    done = subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_both_logs_still_verify_and_a_row_changed_by_sql_is_found(told: Told, pair_of_nodes: Pair) -> None:
    gd = told.gd
    assert gd.node.comity("audit", "verify").returncode == 0
    with psycopg.connect(gd.node.env("keys")["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
        fifth = "id = (SELECT event_id FROM audit_logleaf WHERE index = 5)"
        change = f"UPDATE audit_auditevent SET acting_id = %s WHERE {fifth}"
        before = owner.execute(f"SELECT acting_id FROM audit_auditevent WHERE {fifth}").fetchone()
        try:
            owner.execute(change, ["somebody else"])
            found = gd.node.comity("audit", "verify")
        finally:
            owner.execute(change, [before[0]])
            owner.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER USER")
    assert found.returncode == 1
    assert "First bad entry: 5\n" in found.stderr
    assert gd.node.comity("audit", "verify").returncode == 0


def test_the_words_of_the_demonstration_are_plainly_fictional() -> None:
    for path in DATA.glob("*.json"):
        assert "fictional" in path.read_text() or "exercise" in path.read_text(), path.name
        assert json.loads(path.read_text())
