"""The real edge as a process of its own, with the edge's role on the test's database, and a notary beside it."""

import io
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db.models import Model

from backend.audit.sequencer import Sequencer
from backend.directory.models import Node, PublishedKey
from backend.intake import wire
from backend.vault.sending import Body, Reply, ask_receipt, fetch, post_sealed
from backend.vault.trusted_card import TrustedCard, read_trusted_card
from crypto.keyholder.signing import SigningKey
from crypto.keys import parse_recipient
from crypto.sealing import seal_stream
from crypto.signer import Signer
from tests import cluster
from tests.founding import TestDevice, enrol_device, found_node
from tests.memory import peak_kilobytes


@dataclass(frozen=True)
class RunningEdge:
    """The edge's address, its folder for sealed files, its log and its processes."""

    url: str
    sealed: Path
    log: Path
    pid: int

    def files(self) -> list[str]:
        """What lies in the sealed folder."""
        return sorted(path.name for path in self.sealed.iterdir())

    def peak_kilobytes(self) -> int:
        """The largest resident set of any process of the edge so far."""
        return peak_kilobytes(self.pid)


def start_edge(folder: Path, port: int, *, url: str | None = None, **more: str) -> "subprocess.Popen[bytes]":
    """An edge with its sealed files and its log in `folder`, reached at `url` where that is not its own port.

    `more` are further variables of its environment.
    """
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": os.fspath(Path(__file__).parents[2]),
        "DJANGO_SETTINGS_MODULE": "backend.settings.edge",
        "COMITY_PROCESS": "edge",
        "COMITY_NODE": "gd",
        "COMITY_EDGE_URL": url or f"http://127.0.0.1:{port}",
        "COMITY_SEALED": str(folder / "sealed"),
        "DATABASE_URL": cluster.database_url("comity_edge"),
        **more,
    }
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--http", "1", "--no-ws", "--workers", "1"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "backend.edge.asgi:application"]
    with (folder / "edge.log").open("ab") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


@pytest.fixture(scope="session")
def edge_process(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEdge]:
    """Started as `comity up` starts it, but on the test run's database."""
    with running_edge(tmp_path_factory.mktemp("edge")) as edge:
        yield edge


@contextmanager
def running_edge(folder: Path, **more: str) -> Iterator[RunningEdge]:
    """An edge with its sealed files and its log in `folder`, ended with the block; `more` as in `start_edge`."""
    (folder / "sealed").mkdir(mode=0o700)
    with reserved_port() as port:
        process = start_edge(folder, port, **more)
        edge = RunningEdge(f"http://127.0.0.1:{port}", folder / "sealed", folder / "edge.log", process.pid)
        try:
            wait_until_healthy(edge, process)
            yield edge
        finally:
            process.terminate()
            process.wait(60)


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port that nobody else is given while the block lasts; granian shares it, with SO_REUSEPORT."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def wait_until_healthy(edge: RunningEdge, process: "subprocess.Popen[bytes]") -> None:
    """Return once it answers."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if fetch(edge.url, "/healthz", timeout=30).status == 200:
                return
        except Exception:
            time.sleep(0.05)
    raise RuntimeError(f"the edge did not start: {edge.log.read_text()[-1000:]}")


@pytest.fixture
def edge(transactional_db: None, edge_process: RunningEdge, founded: list[Model]) -> RunningEdge:
    """The edge, with an empty folder, in front of a node whose keys were made once a run."""
    for path in edge_process.sealed.iterdir():
        # The edge may be removing what a test before this one cut off.
        path.unlink(missing_ok=True)
    if founded:
        for row in founded:
            row.save(force_insert=True)
    else:
        found_node(at=datetime.now(UTC))
        founded += [*Node.objects.all(), *PublishedKey.objects.all()]
    return edge_process


@pytest.fixture(scope="session")
def founded() -> list[Model]:
    """The rows of the founded node, as the first test left them: making a month of keys takes a second."""
    return []


@pytest.fixture
def notary(edge: RunningEdge, as_role: Callable[[str], psycopg.Connection]) -> Iterator[None]:
    """Integrates events as the notary does, until the test ends."""
    key = SigningKey.from_pem((settings.COMITY.home / "keys" / "notary" / "log.pem").read_bytes())
    sequencer, connection = Sequencer(origin="comity/gd/log", signer=key), as_role("notary")
    ending = threading.Event()

    def integrate() -> None:
        while not ending.wait(0.01):
            sequencer.integrate(connection, at=datetime.now(UTC))

    thread = threading.Thread(target=integrate)
    thread.start()
    yield
    ending.set()
    thread.join()


@pytest.fixture
def device(edge: RunningEdge) -> TestDevice:
    return enrol_device(at=datetime.now(UTC))


@pytest.fixture
def card(edge: RunningEdge) -> TrustedCard:
    """The node's card as a sender pins it."""
    return read_trusted_card(fetch(edge.url, "/v1/card", timeout=30).content, at=datetime.now(UTC))


@dataclass(frozen=True)
class Sending:
    """One sealed body on its way to the edge: send it as it is, or `but` with one thing changed."""

    url: str
    body: Body
    signer: Signer
    key_id: str
    kind: wire.Kind = "report"
    id: uuid.UUID = uuid.UUID(int=0)

    def send(self) -> Reply:
        """Send it."""
        return post_sealed(
            self.url,
            self.body,
            kind=self.kind,
            sender_signer=self.signer,
            submission_id=self.id,
            key_id=self.key_id,
            timeout=60,
        )

    def ask(self) -> Reply:
        """Ask for its receipt."""
        return ask_receipt(
            self.url, sender_signer=self.signer, submission_id=self.id, sha256=self.body.sha256, timeout=60
        )

    def but(self, **changes: object) -> "Sending":
        """The same with something changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


def sealed(size: int) -> bytes:
    """Something of `size` plaintext bytes, sealed to today's intake key."""
    out = io.BytesIO()
    seal_stream(io.BytesIO(b"x" * size), out, [parse_recipient(today().recipient)])
    return out.getvalue()


def today(at: datetime | None = None) -> PublishedKey:
    """The row of today's intake key, or of that of another moment."""
    begun = PublishedKey.objects.filter(kind="intake", seal_from__lte=at or datetime.now(UTC))
    return begun.order_by("-seal_from")[0]


@pytest.fixture
def sending(edge: RunningEdge, device: TestDevice) -> Sending:
    """A sealed report that the edge takes."""
    return Sending(edge.url, Body.of(sealed(3000)), device.key, today().key_id, id=uuid.uuid4())
