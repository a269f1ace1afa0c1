"""The edge as senders meet it: over HTTP, by the real process, with the notary beside it."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit
from uuid import uuid4

from backend.audit.receipts import verify_receipt
from backend.audit.trust import TrustedLog
from backend.cli.benchmarks import bare
from backend.cli.benchmarks.load import Loaded, load
from backend.cli.benchmarks.measuring import BenchmarkFailed, Result
from backend.cli.benchmarks.node import TemporaryNode
from backend.cli.benchmarks.registry import Place
from backend.cli.benchmarks.reports import Reporter, SealedReport, enrol_devices
from backend.cli.node.ports import LOOPBACK, free_port
from backend.cli.node.roles import DATABASE
from backend.intake import wire
from backend.intake.signatures import Message, sign_message
from crypto.signer import Signer

SENDERS = 64
# What is sealed beforehand and sent again under other ids: the edge cannot see that it is the same.
SEALED = 128
_WITHIN = 20.0  # seconds
_BARE = ("--interface", "wsgi", "--http", "1", "--no-ws", "--workers", "2", "--blocking-threads", "8")


@dataclass(frozen=True)
class _Sides:
    """Where edge and bare view are, and who sends what to them."""

    edge: str
    bare_port: int
    devices: Sequence[Signer]
    reports: Sequence[SealedReport]
    log: TrustedLog

    def send(self, share: int) -> tuple[Loaded, Loaded]:
        """Each device sends `share` reports to the edge, then as many senders the same bodies to the bare view."""
        waves = [[self._another(share * place + n) for n in range(share)] for place in range(len(self.devices))]
        signed = [[_request(self.edge, r, by) for r in wave] for wave, by in zip(waves, self.devices, strict=True)]
        address = urlsplit(self.edge)
        taken = load(str(address.hostname), int(address.port or 80), signed, expected=201)
        self._check(taken, waves)
        plain = [[_plain_request(report.sealed) for report in wave] for wave in waves]
        return taken, load(LOOPBACK, self.bare_port, plain, expected=201)

    def _another(self, number: int) -> SealedReport:
        return replace(self.reports[number % len(self.reports)], submission=uuid4())

    def _check(self, taken: Loaded, waves: Sequence[Sequence[SealedReport]]) -> None:
        """The last receipt of each sender holds, and is for the last that one of the senders sent."""
        got = {verify_receipt(receipt, trusted=self.log).submission for receipt in taken.last}
        if got != {wave[-1].submission for wave in waves}:
            raise BenchmarkFailed("a receipt was for something else than was sent; report this.")


def accept(place: Place, size: int, rounds: int) -> Result:
    """Reports acknowledged in a second, against requests in a second of a bare view that inserts the same bodies."""
    with _sides(place.node, size) as (sides, share):
        found = [sides.send(share) for _ in range(rounds)]
    taken, plain = (median(len(one.took) / one.seconds for one in side) for side in zip(*found, strict=True))
    return Result(taken, "reports/s", plain)


def accept_p99(place: Place, size: int, rounds: int) -> Result:
    """The time within which 99 of 100 reports are acknowledged, against the bare view's."""
    with _sides(place.node, size) as (sides, share):
        found = [sides.send(share) for _ in range(rounds)]
    taken, plain = (median(one.percentile(0.99) for one in side) for side in zip(*found, strict=True))
    return Result(1000 * taken, "ms", 1000 * plain)


@contextmanager
def _sides(node: TemporaryNode, size: int) -> Iterator[tuple[_Sides, int]]:
    senders = min(SENDERS, size)
    devices = enrol_devices(node, senders)
    node.serve_edge()
    reporter = Reporter.to(node)
    reports = reporter.seal(devices[:1], min(SEALED, size))
    with _bare_view(node) as port:
        sides = _Sides(node.edge_url, port, devices, reports, reporter.card.log)
        sides.send(1)  # Both have connected to the database and read what they read once.
        yield sides, -(-size // senders)


@contextmanager
def _bare_view(node: TemporaryNode) -> Iterator[int]:
    with node.connect("comity_owner") as owner:
        owner.execute(f"DROP TABLE IF EXISTS bench_submission; {bare.TABLE}")
    port = free_port()
    role = "comity_owner"
    database = {
        "NAME": DATABASE,
        "USER": role,
        "HOST": str(node.home.socket_folder()),
        "OPTIONS": {"passfile": str(node.home.passfile(role))},
    }
    command = [sys.executable, "-m", "granian", *_BARE, "--host", LOOPBACK, "--port", str(port), "--log-level", "error"]
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as folder:
        (Path(folder) / "bench_settings.py").write_text(bare.settings_text(database))
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
            [*command, f"{bare.__name__}:application"],
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": folder, "DJANGO_SETTINGS_MODULE": "bench_settings"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        yield from _until_stopped(process, port)


def _until_stopped(process: "subprocess.Popen[bytes]", port: int) -> Iterator[int]:
    try:
        deadline = time.monotonic() + _WITHIN
        while not _answers(port):
            if time.monotonic() > deadline or process.poll() is not None:
                raise BenchmarkFailed(f"the bare view did not answer within {_WITHIN:.0f} s; try again.")
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def _request(url: str, report: SealedReport, device: Signer) -> bytes:
    """A whole request, signed beforehand: the sender's work is not measured."""
    headers = {
        wire.DIGEST_HEADER: wire.format_digest(report.sha256),
        "content-type": wire.MEDIA_TYPES["report"],
        wire.ID_HEADER: wire.format_id(report.submission),
        wire.KEY_HEADER: report.key_id,
    }
    message = Message("POST", url + wire.PATHS["report"], headers)
    sign_message(message, device, covered=wire.SENT, at=datetime.now(UTC))
    lines = [f"POST {wire.PATHS['report']} HTTP/1.1", f"host: {urlsplit(url).netloc}"]
    lines += [f"{name}: {value}" for name, value in message.headers.items()]
    return "\r\n".join([*lines, f"content-length: {len(report.sealed)}", "", ""]).encode() + report.sealed


def _plain_request(body: bytes) -> bytes:
    return f"POST / HTTP/1.1\r\nhost: {LOOPBACK}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
