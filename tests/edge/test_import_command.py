"""`comity import` against a real edge: each good row once, bad ones told, cut off and gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from backend.audit.receipts import verify_receipt
from backend.audit.trust import log_of_card
from backend.cli.import_ import command
from backend.cli.node.home import CHECKOUT
from backend.cli.submit import command as submit
from backend.directory.models import Node
from backend.incidents.report import parse_report
from backend.intake.models import Submission
from crypto.keyholder.opening import open_sealed
from crypto.report import unframe
from tests.edge.conftest import RunningEdge
from tests.founding import FRAUD_REPORT, TestDevice

ROWS = 60
HEADER = "title,narrative,unit_reference,where.0.kind,where.0.value"


@dataclass
class System:
    """A unit's system with its key, the node's card, and a file of past incidents."""

    folder: Path
    edge: str

    def arguments(self, name: str = "past.csv") -> list[str]:
        paths = {"--device": "system.pem", "--trust": "gd.card"}
        named = [part for option, path in paths.items() for part in (option, str(self.folder / path))]
        return [str(self.folder / name), "--edge", self.edge, *named]

    def run(self, *more: str, name: str = "past.csv") -> Result:
        return CliRunner().invoke(command, [*self.arguments(name), *more])

    def receipts(self) -> list[dict[str, str]]:
        path = self.folder / ".comity-import" / "received.jsonl"
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        # Of a run at work, or one that was killed, the last line may be there in part.
        return [json.loads(line) for line in lines if line.endswith(b"\n")]


def row(number: int) -> str:
    return f"Matter {number},What happened in matter {number},REF-{number},mail,victim{number}@example.org"


@pytest.fixture
def system(edge: RunningEdge, device: TestDevice, tmp_path: Path) -> System:
    (tmp_path / "system.pem").write_bytes(device.key.to_pem())
    (tmp_path / "gd.card").write_bytes(bytes(Node.objects.get(own=True).card))
    (tmp_path / "past.csv").write_text("\n".join([HEADER, *map(row, range(12))]) + "\n")
    return System(tmp_path, edge.url)


def opened() -> list[Any]:
    """The reports that the edge stored, opened with the worker's key."""
    found = []
    for stored in Submission.objects.filter(kind="report"):
        identity = (settings.COMITY.home / "keys" / "worker" / "intake" / f"{stored.key_id}.age").read_text().strip()
        plaintext = open_sealed(bytes(stored.sealed or b""), [identity])
        assert isinstance(plaintext, bytes)
        found.append(parse_report(unframe(plaintext, type="comity/report/v1", max_bytes=2**20)[1]))
    return found


@pytest.mark.usefixtures("notary")
def test_each_row_becomes_a_report_with_a_receipt_and_a_second_run_sends_nothing(system: System) -> None:
    first = system.run()
    assert first.exit_code == 0, first.output
    assert "12 received, 0 received before, 0 bad rows" in first.output
    assert {report.unit_reference for report in opened()} == {f"REF-{number}" for number in range(12)}
    trusted = log_of_card((system.folder / "gd.card").read_bytes())
    verified = [verify_receipt(one["receipt"].encode(), trusted=trusted) for one in system.receipts()]
    assert {str(one.submission) for one in verified} == {str(one.submission_id) for one in Submission.objects.all()}
    again = system.run()
    assert "0 received, 12 received before" in again.output
    assert Submission.objects.count() == 12


@pytest.mark.usefixtures("notary")
def test_bad_rows_are_told_with_their_lines_and_go_when_they_are_mended(system: System) -> None:
    past = system.folder / "past.csv"
    lines = [HEADER, row(0), "only,three,cells", row(1), row(1), "No narrative,,REF-9,mail,a@example.org"]
    past.write_text("\n".join(lines))
    first = system.run()
    assert first.exit_code == 1
    assert f"{past}:3: The row has 3 cells" in first.output
    assert f"{past}:6: The report does not fit" in first.output
    # Two rows that say the same are two reports: nobody but a person may say that they are one.
    assert Counter(report.unit_reference for report in opened()) == {"REF-0": 1, "REF-1": 2}
    mended = [HEADER, row(7), row(0), row(3), row(1), row(1), lines[-1].replace(",,", ",Now there is one,")]
    past.write_text("\n".join(mended))
    second = system.run()
    assert "3 received, 3 received before, 0 bad rows" in second.output
    assert Submission.objects.count() == 6


@pytest.mark.usefixtures("notary")
def test_nothing_readable_is_kept(system: System) -> None:
    assert system.run().exit_code == 0
    kept = [path for path in (system.folder / ".comity-import").rglob("*") if path.is_file()]
    assert [path.name for path in kept] == ["received.jsonl"]
    assert b"victim1@" not in kept[0].read_bytes()


@pytest.mark.long
@pytest.mark.usefixtures("notary")
def test_a_run_that_is_killed_goes_on_and_sends_nothing_twice(system: System) -> None:
    (system.folder / "past.csv").write_text("\n".join([HEADER, *map(row, range(ROWS))]))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)}
    words = [sys.executable, "-m", "backend.cli.main", "import", *system.arguments()]
    for until in (5, 25):
        process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while len(system.receipts()) < until and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        assert until <= len(system.receipts()) < ROWS
    # A line may have been cut while it was written: its row's sealed bytes are still there then.
    with (system.folder / ".comity-import" / "received.jsonl").open("ab") as received:
        received.write(b'{"row":"0123456789ab')
    last = system.run()
    assert last.exit_code == 0, last.output
    assert Counter(report.unit_reference for report in opened()) == {f"REF-{n}": 1 for n in range(ROWS)}
    assert {one["submission"] for one in system.receipts()} == {
        str(one.submission_id) for one in Submission.objects.all()
    }


def test_where_the_edge_does_not_answer_the_run_stops_and_can_be_gone_on_with(
    system: System, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr("backend.cli.importing.carrying.PAUSES", (0.0,))
    cut = system.run("--edge", "http://127.0.0.1:9")
    assert cut.exit_code == 1
    assert "run the same command again to go on" in cut.output
    request.getfixturevalue("notary")
    assert system.run().exit_code == 0
    assert Submission.objects.count() == 12


@pytest.mark.usefixtures("notary")
def test_what_was_sealed_to_a_key_that_ended_is_sealed_again(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    (system.folder / "past.csv").write_text("\n".join([HEADER, row(0)]))
    monkeypatch.setattr("backend.cli.importing.carrying.PAUSES", (0.0,))
    monkeypatch.setattr("backend.cli.importing.carrying.Courier.deliver", _cut)
    assert system.run().exit_code == 1
    monkeypatch.undo()
    (plan,) = (system.folder / ".comity-import").glob("*/plan.json")
    plan.write_text(plan.read_text().replace(json.loads(plan.read_text())["key_id"], "0123456789abcdef"))
    outcome = system.run()
    assert "1 received" in outcome.output, outcome.output


def test_where_no_key_stays_the_run_stops_and_says_so(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    (system.folder / "past.csv").write_text("\n".join([HEADER, row(0)]))
    monkeypatch.setattr("backend.cli.importing.carrying.PAUSES", (0.0,))
    monkeypatch.setattr("backend.cli.importing.carrying.Courier.deliver", _outdated)
    outcome = system.run()
    assert outcome.exit_code == 1
    assert "keys changed several times" in outcome.output
    assert [path.name for path in (system.folder / ".comity-import").iterdir()] == ["received.jsonl"]


def _outdated(*_arguments: object) -> None:
    from backend.vault.submitting.delivering import KeyOutdated

    raise KeyOutdated("outdated")


def _cut(*_arguments: object) -> None:
    from backend.vault.sending import EdgeUnreachable

    raise EdgeUnreachable("cut")


@pytest.mark.usefixtures("notary")
def test_reports_of_the_cybertipline_and_a_bundle_arrive_as_reports(system: System) -> None:
    example = CHECKOUT / "tests" / "importing" / "cybertipline.xml"
    (system.folder / "tips.xml").write_bytes(example.read_bytes())
    assert "2 received" in system.run(name="tips.xml").output
    objects = [
        {"type": "domain-name", "id": "domain-name--1", "value": "bad.example"},
        {"type": "tool", "id": "tool--1"},
    ]
    (system.folder / "bundle.json").write_text(json.dumps({"type": "bundle", "objects": objects}))
    result = system.run(name="bundle.json")
    assert "left out: tool--1" in result.output
    found = opened()
    assert {report.title for report in found} > {"CyberTipline 99000001: Online Enticement of Children for Sexual Acts"}
    assert ("domain", "bad.example") in {(one.type, one.value) for report in found for one in report.indicators}


def test_a_look_at_the_rows_sends_nothing(system: System) -> None:
    result = CliRunner().invoke(command, [str(system.folder / "past.csv"), "--check"])
    assert (result.exit_code, "12 reports, 0 bad rows" in result.output) == (0, True)
    assert Submission.objects.count() == 0
    assert CliRunner().invoke(command, [str(system.folder / "past.csv")]).exit_code == 2
    (system.folder / "past.txt").write_text("x")
    assert CliRunner().invoke(command, [str(system.folder / "past.txt"), "--check"]).exit_code == 2


@pytest.mark.usefixtures("notary")
def test_a_report_is_submitted_with_the_indicators_of_a_bundle(system: System) -> None:
    (system.folder / "report.json").write_text(json.dumps(FRAUD_REPORT))
    objects = [
        {"type": "domain-name", "id": "domain-name--1", "value": "bad.example"},
        {"type": "tool", "id": "tool--1"},
    ]
    (system.folder / "bundle.json").write_text(json.dumps({"type": "bundle", "objects": objects}))
    words = [*system.arguments("report.json"), "--stix", str(system.folder / "bundle.json")]
    result = CliRunner().invoke(submit, words)
    assert result.exit_code == 0, result.output
    assert "left out: tool--1" in result.stderr
    (report,) = opened()
    assert [(one.type, one.value) for one in report.indicators] == [("domain", "bad.example")]
    (system.folder / "bundle.json").write_text("{}")
    assert CliRunner().invoke(submit, words).exit_code == 2
