"""Requests by somebody who does not keep to the form: chunks, lies about length, headers twice, other hosts."""

import json
import socket
import time
import uuid
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from backend.edge import limits
from backend.intake import wire
from backend.intake.models import Submission
from backend.intake.signatures import Message, sign_message
from backend.vault.sending import Body
from tests.edge.conftest import RunningEdge, Sending, sealed
from tests.founding import enrol_device

LONG_AGO = timedelta(hours=24, minutes=1)


@dataclass
class Answer:
    """Status, headers and body, read from a socket."""

    status: int
    head: str
    body: bytes

    @property
    def problem(self) -> str:
        assert "application/problem+json" in self.head
        return str(json.loads(self.body)["type"]).removeprefix("urn:comity:problem:")


def signed(sending: Sending, *, at: datetime | None = None, url: str | None = None) -> Message:
    """The head of a good request, to be spoiled."""
    headers = {
        "content-digest": wire.format_digest(sending.body.sha256),
        "content-type": wire.MEDIA_TYPES[sending.kind],
        "idempotency-key": wire.format_id(sending.id),
        "comity-intake-key": sending.key_id,
    }
    message = Message("POST", (url or sending.url) + wire.PATHS[sending.kind], headers)
    sign_message(message, sending.signer, covered=wire.SENT, at=at or datetime.now(UTC))
    return message


def talk(edge: RunningEdge, head: list[str], body: bytes = b"", *, half_close: bool = False) -> Answer:
    """Say exactly this on a connection of its own and read the answer to the end."""
    parts = urlsplit(edge.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        received = b""
        # Who refuses a head may close before the body is there: what it answered is read all the same.
        with suppress(ConnectionError):
            connection.sendall("\r\n".join([*head, "", ""]).encode("latin-1") + body)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while piece := connection.recv(65536):
                received += piece
    top, _, content = received.partition(b"\r\n\r\n")
    text = top.decode("latin-1").lower()
    return Answer(int(text.split()[1]) if text else 0, text, content)


def head_of(message: Message, extra: Mapping[str, str], *, host: str | None = None) -> list[str]:
    parts = urlsplit(message.url)
    lines = [f"{message.method} {parts.path} HTTP/1.1", f"Host: {host or parts.netloc}", "Connection: close"]
    return lines + [f"{name}: {value}" for name, value in {**message.headers, **extra}.items()]


def length(sending: Sending) -> dict[str, str]:
    return {"content-length": str(sending.body.size)}


def source(sending: Sending) -> bytes:
    assert isinstance(sending.body.source, bytes)
    return sending.body.source


@pytest.fixture
def good(sending: Sending, edge: RunningEdge, notary: None) -> Sending:
    """A request that this module can spoil, shown to be good as it is."""
    answer = talk(edge, head_of(signed(sending), length(sending)), source(sending))
    assert answer.status == 201
    return sending.but(id=uuid.uuid4())


def test_chunks_of_unknown_size_are_refused(good: Sending, edge: RunningEdge) -> None:
    chunk = f"{good.body.size:x}\r\n".encode() + source(good) + b"\r\n0\r\n\r\n"
    answer = talk(edge, head_of(signed(good), {"transfer-encoding": "chunked"}), chunk)
    assert (answer.status, answer.problem) == (411, "length-missing")


def test_length_and_chunks_together_are_refused(good: Sending, edge: RunningEdge) -> None:
    both = {**length(good), "transfer-encoding": "chunked"}
    answer = talk(edge, head_of(signed(good), both), b"0\r\n\r\n")
    assert answer.status in (400, 411)
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("size", [3000, 200_000])
def test_a_sender_who_goes_away_leaves_nothing(good: Sending, edge: RunningEdge, size: int) -> None:
    cut = good.but(kind="evidence")
    message = signed(cut)
    talk(edge, head_of(message, {"content-length": str(size)}), source(good)[:1000], half_close=True)
    deadline = time.monotonic() + 60
    while edge.files() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert edge.files() == []
    assert Submission.objects.count() == 1


def test_many_bodies_begun_and_not_sent_keep_only_their_own_sender_waiting(good: Sending, edge: RunningEdge) -> None:
    parts = urlsplit(edge.url)
    with ExitStack() as held:
        begun = []
        for _ in range(limits.MOST_BODIES):
            connection = held.enter_context(socket.create_connection((parts.hostname, parts.port), timeout=30))
            one = good.but(id=uuid.uuid4())
            connection.sendall("\r\n".join([*head_of(signed(one), length(one)), "", ""]).encode("latin-1"))
            connection.sendall(source(one)[:1])
            begun.append(connection)
        answer = _until(429, good, edge)
        assert answer.problem == "too-often"
        assert "retry-after: 1\r\n" in answer.head
        other = good.but(signer=enrol_device(at=datetime.now(UTC)).key, id=uuid.uuid4())
        assert talk(edge, head_of(signed(other), length(other)), source(other)).status == 201
        begun.pop().close()
        assert _until(201, good, edge).status == 201


def _until(status: int, sending: Sending, edge: RunningEdge) -> Answer:
    """The answer to reports sent one after the other, once it is this one."""
    deadline = time.monotonic() + 60
    while True:
        one = sending.but(id=uuid.uuid4())
        answer = talk(edge, head_of(signed(one), length(one)), source(one))
        if answer.status == status or time.monotonic() > deadline:
            return answer


def test_more_than_was_announced_is_not_read(good: Sending, edge: RunningEdge) -> None:
    short = {"content-length": str(good.body.size - 1)}
    answer = talk(edge, head_of(signed(good), short), source(good))
    assert answer.problem == "digest-differs"


WRONG = [
    ("content-type", "application/json", "media-type"),
    ("content-type", "application/vnd.comity.report; charset=utf-8", "media-type"),
    ("content-digest", "sha-512=:AAAA:", "malformed"),
    ("content-digest", "", "malformed"),
    ("idempotency-key", "8d3bf4c5-95f5-4b18-9d5c-2b0a4a4b6c2a", "malformed"),
    ("idempotency-key", '"../../etc/passwd"', "malformed"),
    ("comity-intake-key", "0123456789ABCDEF", "malformed"),
    ("content-length", "-1", ""),
    ("content-length", "0", "malformed"),
    ("signature", "comity=:AAAA:", "sender"),
    ("signature", "comity", "sender"),
    ("signature-input", 'comity=("@method");created=1;keyid="x";tag="comity"', "clock"),
    ("signature-input", "\xff", "sender"),
    ("comity-intake-key", "0123456789abcde0", "sender"),
    ("idempotency-key", '"8d3bf4c5-95f5-4b18-9d5c-2b0a4a4b6c2a"', "sender"),
]


def test_a_header_that_is_wrong_or_not_the_signed_one_is_refused(good: Sending, edge: RunningEdge) -> None:
    for header, value, problem in WRONG:
        answer = talk(edge, head_of(signed(good), {**length(good), header: value}), source(good))
        assert answer.status >= 400, (header, value)
        # What is no HTTP at all is refused by the server itself, without a problem.
        assert not problem or answer.problem == problem, (header, value)
    assert Submission.objects.count() == 1


def test_a_header_that_comes_twice_is_refused(good: Sending, edge: RunningEdge) -> None:
    for header in ("content-digest", "idempotency-key", "comity-intake-key", "signature"):
        message = signed(good)
        head = [*head_of(message, length(good)), f"{header}: {message.headers[header]}"]
        answer = talk(edge, head, source(good))
        assert answer.problem == ("sender" if header == "signature" else "malformed"), header


@pytest.mark.parametrize("moved", [-LONG_AGO, LONG_AGO])
def test_a_wrong_clock_is_told_the_nodes_time(good: Sending, edge: RunningEdge, moved: timedelta) -> None:
    message = signed(good, at=datetime.now(UTC) + moved)
    answer = talk(edge, head_of(message, length(good)), source(good))
    assert (answer.status, answer.problem) == (401, "clock")
    told = datetime.fromisoformat(json.loads(answer.body)["server_time"])
    assert abs(told - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("moved", [timedelta(hours=-23), timedelta(hours=23)])
def test_a_clock_that_is_hours_off_is_taken(good: Sending, edge: RunningEdge, moved: timedelta) -> None:
    message = signed(good, at=datetime.now(UTC) + moved)
    assert talk(edge, head_of(message, length(good)), source(good)).status == 201


def test_a_request_for_another_host_is_refused(good: Sending, edge: RunningEdge) -> None:
    other = signed(good, url="http://edge.example.org")
    answer = talk(edge, head_of(other, length(good)), source(good))
    assert (answer.status, answer.problem) == (421, "misdirected")
    own = urlsplit(edge.url).netloc
    relayed = talk(edge, head_of(other, length(good), host=own), source(good))
    assert relayed.problem == "sender"


def test_a_request_for_another_endpoint_is_refused(good: Sending, edge: RunningEdge) -> None:
    head = head_of(signed(good), length(good))
    head[0] = "POST /v1/evidence HTTP/1.1"
    assert talk(edge, head, source(good)).problem == "media-type"
    head = head_of(signed(good), {**length(good), "content-type": wire.MEDIA_TYPES["evidence"]})
    head[0] = "POST /v1/evidence HTTP/1.1"
    assert talk(edge, head, source(good)).problem == "sender"


def test_headers_beyond_the_bound_are_refused(good: Sending, edge: RunningEdge) -> None:
    answer = talk(edge, head_of(signed(good), {**length(good), "x-more": "x" * 17_000}), source(good))
    assert answer.status == 431


def test_who_waits_for_the_word_is_refused_without_sending_the_body(good: Sending, edge: RunningEdge) -> None:
    large = good.but(kind="evidence", key_id="0123456789abcde0")
    head = head_of(signed(large), {"content-length": "1000000000", "expect": "100-continue"})
    answer = talk(edge, head)
    assert (answer.status, answer.problem) == (422, "seal-again")


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET / HTTP/1.1", 404),
        ("GET /v1/submissions HTTP/1.1", 405),
        ("POST /v1/card HTTP/1.1", 405),
        ("POST /v1/submissions/ HTTP/1.1", 404),
        ("POST /v1/../v1/submissions HTTP/1.1", 404),
        ("POST /v1/%73ubmissions HTTP/1.1", 404),
        ("GET /v1/receipts/8d3bf4c5-95f5-4b18-9d5c-2b0a4a4b6c2a HTTP/1.1", 400),
        ("GET /v1/receipts/------------------------------------?digest=00 HTTP/1.1", 400),
        ("GET /v1/receipts/..%2f..%2fetc HTTP/1.1", 404),
    ],
)
def test_other_addresses_are_problems(edge_process: RunningEdge, line: str, status: int) -> None:
    host = urlsplit(edge_process.url).netloc
    answer = talk(edge_process, [line, f"Host: {host}", "Connection: close", "Content-Length: 0"])
    assert (answer.status, bool(answer.problem)) == (status, True)


def test_evidence_of_several_kinds_of_size_is_taken_whole(good: Sending, edge: RunningEdge) -> None:
    # On both sides of the row's share, and of the size from which the sender waits for the edge's word.
    for size in (1, 63_800, 64_000, 262_000, 1_200_000):
        body = Body.of(sealed(size))
        assert good.but(kind="evidence", id=uuid.uuid4(), body=body).send().status == 201
    assert len(edge.files()) == Submission.objects.exclude(stored_as=None).count() == 3
