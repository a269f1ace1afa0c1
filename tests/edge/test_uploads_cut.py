"""Uploads over a link that breaks, to an edge that is killed: an edge of this module's own, behind such a link."""

import json
import os
import signal
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.cli.submit import command
from backend.directory.models import Node
from backend.intake import wire
from backend.intake.models import Submission
from backend.vault import uploading
from backend.vault.sending import Body, EdgeUnreachable
from tests.edge.breaking import Link, breaking_link
from tests.edge.conftest import RunningEdge, reserved_port, sealed, start_edge, today, wait_until_healthy
from tests.edge.uploads import Upload, arrived, offset_of, wait_for
from tests.founding import FRAUD_REPORT, TestDevice

pytestmark = pytest.mark.long

SIZE = 6_000_000


@dataclass
class Own:
    """The edge, the link before it, and its process, which may be killed and started again."""

    link: Link
    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def sealed(self) -> Path:
        return self.folder / "sealed"

    def start(self) -> None:
        self.process = start_edge(self.folder, self.link.behind, url=self.link.url)
        self._wait()

    def kill(self) -> None:
        """As a power cut would: nothing is flushed, nobody says goodbye."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        os.kill(self.process.pid, signal.SIGKILL)
        for pid in map(int, children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(60)
        # The worker is not our child: its port is free once it has ended.
        wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))

    @property
    def running(self) -> RunningEdge:
        return RunningEdge(self.link.url, self.sealed, self.folder / "edge.log", self.process.pid)

    def _wait(self) -> None:
        wait_until_healthy(self.running, self.process)


@pytest.fixture(scope="module")
def own_process(edge_process: RunningEdge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    folder = tmp_path_factory.mktemp("own")
    (folder / "sealed").mkdir(mode=0o700)
    with reserved_port() as port, breaking_link(port) as link:
        own = Own(link, folder, start_edge(folder, link.behind, url=link.url))
        try:
            own._wait()
            yield own
        finally:
            own.process.terminate()
            own.process.wait(60)


@pytest.fixture
def own(own_process: Own, edge: RunningEdge) -> Own:
    for path in own_process.sealed.iterdir():
        path.unlink()
    own_process.link.breaks, own_process.link.passed, own_process.link.broken = [], 0, 0
    return own_process


@pytest.fixture
def upload(own: Own, device: TestDevice) -> Upload:
    return Upload(own.link.url, sealed(SIZE), device.key, today().key_id, id=uuid.uuid4())


@pytest.mark.usefixtures("notary")
def test_an_edge_killed_in_the_middle_of_a_chunk_goes_on_at_the_byte_that_it_has(upload: Upload, own: Own) -> None:
    assert upload.begin().status == 201
    assert upload.chunk(0, 2_000_000).status == 204
    with upload.cut(2_000_000, SIZE, 3_000_000):
        wait_for(lambda: arrived(own.sealed) > 4_000_000)
        own.kill()
    at = arrived(own.sealed)
    own.start()
    found = upload.begin()
    assert offset_of(found) == at
    # Made anew from the disk: what it has is what was sent.
    assert found.headers["repr-digest"] == wire.format_digest(Body.of(upload.body[:at]).sha256)
    assert upload.chunk(at, len(upload.body)).status == 204
    assert upload.receipt().status == 200
    assert (own.sealed / str(Submission.objects.get().stored_as)).read_bytes() == upload.body


@pytest.mark.usefixtures("notary")
def test_comity_submit_goes_on_by_itself_over_a_link_that_breaks(
    own: Own, device: TestDevice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "PAUSES", (0.02,) * 20)
    (tmp_path / "report.json").write_text(json.dumps(FRAUD_REPORT))
    (tmp_path / "disk.img").write_bytes(os.urandom(SIZE))
    (tmp_path / "device.pem").write_bytes(device.key.to_pem())
    (tmp_path / "gd.card").write_bytes(bytes(Node.objects.get(own=True).card))
    own.link.breaks = [400_000, 1_500_000, 1_000_000]
    named = {"--evidence": "disk.img", "--device": "device.pem", "--trust": "gd.card"}
    arguments = [str(tmp_path / "report.json"), "--edge", own.link.url]
    arguments += [part for name, file in named.items() for part in (name, str(tmp_path / file))]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    assert own.link.broken == 3
    rows = {row.kind: row for row in Submission.objects.all()}
    assert rows["evidence"].received_at <= rows["report"].received_at
    assert rows["evidence"].size > SIZE
    # What was on the wire at a cut is lost with it; nothing else went twice.
    assert own.link.passed < SIZE * 1.3


@pytest.mark.usefixtures("notary")
def test_64_mb_in_chunks_pass_in_less_than_200_mb_of_memory(upload: Upload, own: Own) -> None:
    large = upload.but(body=sealed(64 * 1024 * 1024))
    assert large.begin().status == 201
    # All of it in one chunk: what the edge holds does not follow the size that the sender takes.
    assert large.chunk(0, len(large.body)).status == 204
    assert large.receipt().status == 200
    assert own.running.peak_kilobytes() < 200_000


@pytest.mark.usefixtures("notary")
def test_what_was_damaged_before_a_cut_is_found_before_the_rest_is_sent(
    upload: Upload, own: Own, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(uploading, "PAUSES", (0.02,) * 5)
    assert upload.begin().status == 201
    upload.cut(0, SIZE, 2_000_000).close()
    wait_for(lambda: arrived(own.sealed) == 2_000_000)
    own.kill()
    (part,) = own.sealed.glob("*.part")
    with part.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"?" * 100)
    own.start()
    own.link.passed = 0
    (tmp_path / "sealed").write_bytes(upload.body)
    assert upload.send(Body.of(tmp_path / "sealed")).status == 200
    assert own.link.passed < SIZE * 1.1
    assert (own.sealed / str(Submission.objects.get().stored_as)).read_bytes() == upload.body


@pytest.mark.usefixtures("notary")
def test_a_link_that_stays_away_is_one_sentence_and_the_next_try_goes_on(
    upload: Upload, own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "PAUSES", (0.01,) * 2)
    own.link.breaks = [2_000_000, 100, 100, 100, 100]
    with pytest.raises(EdgeUnreachable) as cut:
        upload.send()
    assert str(cut.value).count("\n") == 0
    own.link.breaks = []
    before = own.link.passed
    assert upload.send().status == 200
    assert own.link.passed - before < SIZE - 1_500_000
    assert Submission.objects.count() == 1
