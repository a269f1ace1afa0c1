"""The edge as a sender meets it: over HTTP, by the real process, with the notary beside it."""

import http.client
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

from backend.audit.receipts import verify_receipt
from backend.audit.storage import Connection
from backend.audit.trust import TrustedLog
from backend.cli.benchmarks.measuring import BenchmarkFailed, Result, rates
from backend.cli.benchmarks.node import TemporaryNode
from backend.cli.benchmarks.registry import Place
from backend.cli.benchmarks.reports import Reporter, SealedReport, enrol_devices
from backend.intake import wire
from backend.intake.signatures import Message, sign_message
from crypto.signer import Signer

SENDERS = 16
_PLAIN = "CREATE TABLE bench_submission (id uuid PRIMARY KEY, digest bytea, sealed bytea)"


@dataclass(frozen=True)
class _Request:
    """A report with its headers, signed beforehand: the sender's work is not measured."""

    headers: dict[str, str]
    report: SealedReport


def accept(place: Place, size: int, rounds: int) -> Result:
    """Reports acknowledged in a second, against bare INSERTs of the same bodies."""
    node = place.node
    devices = enrol_devices(node, SENDERS)
    node.serve_edge()
    reporter, share = Reporter.to(node), -(-size // SENDERS)
    with ExitStack() as ending:
        senders = ending.enter_context(ThreadPoolExecutor(SENDERS))
        insert = _inserting(node, senders, ending)
        send = partial(_send, node.edge_url, log=reporter.card.log)
        waves = [_prepare(node, reporter, devices, share) for _ in range(rounds)]
        sent, stored = iter(waves), iter(waves)
        return rates(
            "reports/s",
            share * SENDERS,
            lambda: list(senders.map(send, next(sent))),
            lambda: insert(next(stored)),
            rounds=rounds,
        )


def _prepare(node: TemporaryNode, reporter: Reporter, devices: list[Signer], share: int) -> list[list[_Request]]:
    """For each device what it sends in one round."""
    return [[_signed(node.edge_url, report, device) for report in reporter.seal([device], share)] for device in devices]


def _signed(url: str, report: SealedReport, device: Signer) -> _Request:
    headers = {
        wire.DIGEST_HEADER: wire.format_digest(report.sha256),
        "content-type": wire.MEDIA_TYPES["report"],
        wire.ID_HEADER: wire.format_id(report.submission),
        wire.KEY_HEADER: report.key_id,
    }
    message = Message("POST", url + wire.PATHS["report"], headers)
    sign_message(message, device, covered=wire.SENT, at=datetime.now(UTC))
    return _Request(message.headers, report)


def _send(url: str, requests: Sequence[_Request], *, log: TrustedLog) -> None:
    """One sender's round over one connection; each report must be acknowledged before the next one goes."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    for request in requests:
        connection.request("POST", wire.PATHS["report"], request.report.sealed, request.headers)
        answer = connection.getresponse()
        receipt = answer.read()
        if answer.status != 201:
            raise BenchmarkFailed(f"the edge answered {answer.status} instead of 201 with a receipt; try again.")
    connection.close()
    verified = verify_receipt(receipt, trusted=log)
    if (verified.submission, verified.sha256) != (request.report.submission, request.report.sha256.hex()):
        raise BenchmarkFailed("a receipt was for something else than was sent; report this.")


def _inserting(
    node: TemporaryNode, senders: ThreadPoolExecutor, ending: ExitStack
) -> Callable[[Sequence[Sequence[_Request]]], None]:
    """What stores a round by bare INSERTs, each sender on a connection of its own, open beforehand."""
    owner = ending.enter_context(node.connect("comity_owner"))
    owner.execute(_PLAIN)
    connections = [ending.enter_context(node.connect("comity_owner")) for _ in range(SENDERS)]

    def insert(connection: Connection, requests: Sequence[_Request]) -> None:
        for request in requests:
            row = (request.report.submission, request.report.sha256, request.report.sealed)
            connection.execute("INSERT INTO bench_submission VALUES (%s, %s, %s)", row)

    def insert_all(round_: Sequence[Sequence[_Request]]) -> None:
        for _ in senders.map(insert, connections, round_):
            pass

    return insert_all
