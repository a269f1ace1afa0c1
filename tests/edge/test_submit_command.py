"""`comity submit`: a report with evidence, sealed on the spot, carried until it is acknowledged."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from backend.audit.subjects import System
from backend.audit.trust import log_of_card
from backend.cli.submit import command
from backend.directory.models import Node, PublishedKey
from backend.incidents.report import parse_report
from backend.incidents.statement import check_manifest, check_statement
from backend.intake.models import Submission
from backend.units import services
from crypto.keyholder.opening import open_sealed
from crypto.report import unframe
from tests.edge.conftest import RunningEdge
from tests.founding import FRAUD_REPORT, TestDevice, peer_card

MAIL = b"From: someone@exampleton.example\n\nplease pay\n"


@dataclass
class Desk:
    """An officer's folder with everything that the command needs."""

    folder: Path
    edge: RunningEdge

    def run(self, *more: str, report: str = "report.json") -> Result:
        """Run the command in a process of its own making."""
        named = {"--edge": self.edge.url, "--device": self.path("device.pem"), "--trust": self.path("gd.card")}
        arguments = [self.path(report), "--evidence", self.path("mail.eml"), self.path("disk.img")]
        arguments += [part for pair in named.items() for part in pair]
        return CliRunner().invoke(command, [*arguments, *more])

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def states(self) -> list[Path]:
        """What is kept of sealed reports."""
        return sorted((self.folder / ".comity-submit").iterdir())


@pytest.fixture
def desk(edge: RunningEdge, device: TestDevice, tmp_path: Path) -> Desk:
    (tmp_path / "report.json").write_text(json.dumps(FRAUD_REPORT))
    (tmp_path / "mail.eml").write_bytes(MAIL)
    (tmp_path / "disk.img").write_bytes(b"\0" * 300_000)
    (tmp_path / "device.pem").write_bytes(device.key.to_pem())
    (tmp_path / "gd.card").write_bytes(bytes(Node.objects.get(own=True).card))
    return Desk(tmp_path, edge)


def opened(row: Submission, sealed_folder: Path) -> bytes:
    """A stored submission, opened with the worker's key."""
    identity = (settings.COMITY.home / "keys" / "worker" / "intake" / f"{row.key_id}.age").read_text().strip()
    sealed = bytes(row.sealed) if row.sealed else (sealed_folder / str(row.stored_as)).read_bytes()
    plaintext = open_sealed(sealed, [identity])
    assert isinstance(plaintext, bytes)
    return plaintext


@pytest.mark.usefixtures("notary")
def test_a_report_and_its_evidence_arrive_and_fit_together(desk: Desk, device: TestDevice, edge: RunningEdge) -> None:
    result = desk.run("--receipt", desk.path("receipt"), "--abuse-material", desk.path("disk.img"))
    assert result.exit_code == 0, result.output
    assert Path(desk.path("receipt")).read_text() in result.stdout
    rows = {row.kind: row for row in Submission.objects.filter(kind="report")}
    statement, body = unframe(opened(rows["report"], edge.sealed), type="comity/report/v1", max_bytes=10**6)
    checked = check_statement(
        statement,
        body,
        device_key=device.key.verifying_key,
        addressee="gd",
        intake_key=rows["report"].key_id,
        submission=rows["report"].submission_id,
    )
    report = parse_report(body)
    check_manifest(checked, report.evidence)
    assert [(entry.name, entry.sensitivity) for entry in report.evidence] == [
        ("mail.eml", "none"),
        ("disk.img", "abuse-material"),
    ]
    for entry in checked.evidence:
        row = Submission.objects.get(kind="evidence", submission_id=entry.id)
        assert len(opened(row, edge.sealed)) == entry.size


@pytest.mark.usefixtures("notary")
def test_the_same_command_again_prints_the_same_receipt(desk: Desk) -> None:
    first, again = desk.run(), desk.run()
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stdout == again.stdout
    assert Submission.objects.count() == 3


@pytest.mark.long
def test_what_was_not_acknowledged_goes_on_where_it_stopped(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr("backend.vault.submitting.delivering.RECEIPT_SECONDS", 0)
    first = desk.run()
    assert first.exit_code == 1
    assert "not acknowledged" in first.stderr
    assert Submission.objects.count() == 1
    request.getfixturevalue("notary")
    assert desk.run().exit_code == 0
    assert Submission.objects.count() == 3


@pytest.mark.usefixtures("notary")
def test_nothing_readable_is_kept(desk: Desk) -> None:
    assert desk.run().exit_code == 0
    (state,) = desk.states()
    names = {path.suffix for path in state.iterdir()}
    assert names == {".json", ".age", ".receipt"}
    for path in state.iterdir():
        # Longer than what sealed bytes or base64 may spell by chance.
        assert b"GB60 BARC" not in path.read_bytes()
        assert b"mail.eml" not in path.read_bytes()
    assert [path.name.partition("-")[0] for path in state.glob("*.age")] == ["report"]


@pytest.mark.usefixtures("notary")
def test_a_revoked_device_gets_its_receipt_and_is_told_nothing(desk: Desk, device: TestDevice) -> None:
    services.revoke(device.row, acting=System("tests"), at=datetime.now(UTC))
    result = desk.run()
    assert (result.exit_code, "revoked" in result.output) == (0, False)
    assert set(Submission.objects.values_list("sender_revoked", flat=True)) == {True}


@pytest.mark.usefixtures("notary")
def test_a_seal_to_a_destroyed_key_is_discarded_and_made_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.vault.submitting.delivering.post_sealed", _unreachable)
    assert desk.run().exit_code == 1
    monkeypatch.undo()
    PublishedKey.objects.filter(key_id=json.loads((desk.states()[0] / "plan.json").read_text())["key_id"]).update(
        destroyed_at=datetime.now(UTC)
    )
    outdated = desk.run()
    assert (outdated.exit_code, desk.states()) == (1, [])
    assert "run the same command again" in outdated.stderr


@pytest.mark.usefixtures("notary")
def test_a_device_that_saw_a_newer_key_seals_to_no_older_one(desk: Desk) -> None:
    assert desk.run().exit_code == 0
    later = datetime.now(UTC) + timedelta(days=1)
    memory = Path(desk.path("device.pem.seen"))
    seen = {node: {"seal_from": later.isoformat(), "key_id": "0" * 16} for node in json.loads(memory.read_text())}
    assert len(seen) == 1
    memory.write_text(json.dumps(seen))
    Path(desk.path("other.json")).write_text(json.dumps({**FRAUD_REPORT, "title": "Another"}))
    refused = desk.run(report="other.json")
    assert (refused.exit_code, len(desk.states())) == (1, 1)
    assert "ask the node's administrator" in refused.stderr


def _unreachable(*_arguments: object, **_named: object) -> None:
    raise OSError("cut")


@pytest.mark.usefixtures("notary")
def test_a_receipt_by_another_log_is_not_believed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    other = log_of_card(peer_card("cr", at=datetime.now(UTC)))
    monkeypatch.setattr("backend.vault.trusted_card.log_of_card", lambda _card: other)
    result = desk.run()
    assert result.exit_code == 1
    assert "does not hold" in result.stderr
    assert result.stdout == ""


SPOILT: list[object] = [
    [],
    {**FRAUD_REPORT, "evidence": [{"id": "x"}]},
    {**FRAUD_REPORT, "losses": "many"},
    {name: value for name, value in FRAUD_REPORT.items() if name != "narrative"},
]


def test_a_report_that_does_not_fit_is_wrong_usage_and_is_not_sent(desk: Desk) -> None:
    for report in SPOILT:
        (desk.folder / "bad.json").write_text(json.dumps(report))
        result = desk.run(report="bad.json")
        assert result.exit_code == 2, report
        assert "BARC" not in result.output
    assert Submission.objects.count() == 0


def test_a_card_that_has_ended_or_is_none_is_refused(desk: Desk) -> None:
    ended = peer_card("gd", valid_from="2024-01-01T00:00:00Z", valid_until="2025-01-01T00:00:00Z")
    for wrong in (ended, b"{}", ended.replace(b"2025", b"2035")):
        (desk.folder / "gd.card").write_bytes(wrong)
        result = desk.run()
        assert result.exit_code == 1
        assert result.stderr.count("\n") == 1


def test_an_edge_that_does_not_answer_is_one_sentence(desk: Desk) -> None:
    result = desk.run("--edge", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "did not answer" in result.stderr
