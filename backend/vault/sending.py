"""Requests to a node's edge: signed by a device or a peer, streamed from disk, the answer as receipt or problem.

Plain `http.client`: one connection per request, no redirects, no proxy, nothing kept in memory but a piece at a time.
"""

import hashlib
import http.client
import io
import json
import select
import ssl
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from uuid import UUID

from backend.intake import wire
from backend.intake.signatures import Message, sign_message
from crypto.signer import Signer

Progress = Callable[[int], None]

PIECE = 1024 * 1024
MAX_ANSWER = 4 * 1024 * 1024
# Bodies beyond this size wait for the edge's word before they are sent: a refusal then costs nothing.
ASK_BEFORE = 256 * 1024
SECONDS_FOR_WORD = 5.0
PROBLEM = "application/problem+json"


class EdgeUnreachable(Exception):
    """The edge could not be asked or did not answer as an edge does; the sentence says which and what to do."""


@dataclass(frozen=True)
class Body:
    """A sealed body, in memory or in a file from the byte `start` on, with what is said of it beforehand."""

    source: bytes | Path
    size: int
    sha256: bytes
    start: int = 0

    @classmethod
    def of(cls, source: bytes | Path) -> "Body":
        """Return the body with its size and digest; a file is read once for that."""
        if isinstance(source, bytes):
            return cls(source, len(source), hashlib.sha256(source).digest())
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
            return cls(source, file.tell(), digest)

    def open(self) -> BinaryIO:
        """Return the body as a file to read, at its beginning."""
        file = io.BytesIO(self.source) if isinstance(self.source, bytes) else self.source.open("rb")
        file.seek(self.start)
        return file


@dataclass(frozen=True)
class Reply:
    """What the edge answered: a status with a receipt, or with a problem (RFC 9457), or, by 202, with neither."""

    status: int
    content: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def receipt(self) -> bytes | None:
        """The receipt, not yet verified."""
        return self.content if self.status in (200, 201) else None

    @property
    def problem(self) -> Mapping[str, Any]:
        """The members of the problem; of an answer that is no problem JSON only the status."""
        if self.media_type == PROBLEM:
            try:
                members = json.loads(self.content)
            except ValueError:
                members = None
            if isinstance(members, dict):
                return members
        return {"type": "about:blank", "title": "", "detail": "", "status": self.status}


def post_sealed(
    url: str,
    body: bytes | Path | Body,
    *,
    kind: wire.Kind,
    sender_signer: Signer,
    submission_id: UUID,
    key_id: str,
    timeout: float,
    progress: Progress | None = None,
) -> Reply:
    """Send a sealed `body` to the edge at `url` under `submission_id`; `timeout` in seconds is for each step.

    Sending the same again is safe: the edge answers with the same receipt. Raises EdgeUnreachable, after which it may
    have been stored or not.
    """
    sealed = body if isinstance(body, Body) else Body.of(body)
    message = Message(
        "POST",
        base_of(url) + wire.PATHS[kind],
        {
            wire.DIGEST_HEADER: wire.format_digest(sealed.sha256),
            "content-type": wire.MEDIA_TYPES[kind],
            wire.ID_HEADER: wire.format_id(submission_id),
            wire.KEY_HEADER: key_id,
        },
    )
    sign_message(message, sender_signer, covered=wire.SENT, at=datetime.now(UTC))
    return exchange(message, sealed, timeout=timeout, progress=progress)


def ask_receipt(url: str, *, sender_signer: Signer, submission_id: UUID, sha256: bytes, timeout: float) -> Reply:
    """Ask the edge for the receipt of what was sent under `submission_id` with this digest."""
    target = f"{wire.receipt_path(submission_id)}?{wire.receipt_query(sha256)}"
    message = Message("GET", base_of(url) + target)
    sign_message(message, sender_signer, covered=wire.ASKED, at=datetime.now(UTC))
    return exchange(message, None, timeout=timeout, progress=None)


def fetch(url: str, path: str, *, timeout: float) -> Reply:
    """Fetch one of the edge's public documents."""
    return exchange(Message("GET", base_of(url) + path), None, timeout=timeout, progress=None)


def post_json(url: str, path: str, content: Mapping[str, Any], *, timeout: float) -> Reply:
    """Send a small unsigned document, such as a request to be enrolled."""
    message = Message("POST", base_of(url) + path, {"content-type": "application/json"})
    return exchange(message, Body.of(json.dumps(content).encode()), timeout=timeout, progress=None)


def base_of(url: str) -> str:
    """The scheme and authority of an edge's address; raises EdgeUnreachable where it is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise EdgeUnreachable(f"{url!r} is not an edge's address; write one like https://edge.example.org.")
    return f"{parts.scheme}://{parts.netloc}"


def exchange(message: Message, body: Body | None, *, timeout: float, progress: Progress | None = None) -> Reply:
    """Send a request and return its answer; raises EdgeUnreachable, after which it may have had its effect or not."""
    parts = urlsplit(message.url)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, timeout)
    try:
        connection.connect()
        return _Exchange(connection, message, body, progress).run()
    except (OSError, http.client.HTTPException) as error:
        raise EdgeUnreachable(
            f"The edge at {parts.scheme}://{parts.netloc} did not answer ({type(error).__name__}); nothing is "
            "acknowledged, check the address and the link and send it again."
        ) from error
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None, timeout: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=timeout)


class _Exchange:
    """One request and its answer on a connection, heeding an answer that comes before the body is sent."""

    def __init__(
        self, connection: http.client.HTTPConnection, message: Message, body: Body | None, progress: Progress | None
    ) -> None:
        self._connection = connection
        self._message = message
        self._body = body
        self._progress = progress

    def run(self) -> Reply:
        waits = self._body is not None and self._body.size > ASK_BEFORE
        self._send_head(waits=waits)
        with closing(http.client.HTTPResponse(self._connection.sock, method=self._message.method)) as response:
            if self._body is not None and (not waits or self._may_send(response)):
                self._send_body(self._body)
            response.begin()
            content = response.read(MAX_ANSWER + 1)
            if len(content) > MAX_ANSWER:
                raise http.client.HTTPException("an answer over the size limit")
            if response.length:  # read() says nothing when the edge fell in the middle of its answer
                raise http.client.IncompleteRead(content, response.length)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Reply(response.status, content, response.headers.get_content_type(), headers)

    def _send_head(self, *, waits: bool) -> None:
        parts = urlsplit(self._message.url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        self._connection.putrequest(self._message.method, target, skip_accept_encoding=True)
        for name, value in self._message.headers.items():
            self._connection.putheader(name, value)
        if self._body is not None:
            self._connection.putheader("content-length", str(self._body.size))
        if waits:
            self._connection.putheader("expect", "100-continue")
        self._connection.putheader("connection", "close")
        self._connection.endheaders()

    def _may_send(self, response: http.client.HTTPResponse) -> bool:
        """Whether the body is wanted: the edge says so by 100, refuses by another status, or says nothing in time."""
        readable, _, _ = select.select([self._connection.sock], [], [], SECONDS_FOR_WORD)
        if not readable:
            return True
        if not response.fp.peek(12).startswith((b"HTTP/1.1 100", b"HTTP/1.0 100")):
            return False
        while response.fp.readline(65536) not in (b"\r\n", b"\n", b""):
            pass
        return True

    def _send_body(self, body: Body) -> None:
        with body.open() as source:
            left = body.size
            while left and (piece := source.read(min(left, PIECE))):
                left -= len(piece)
                try:
                    self._connection.send(piece)
                except (BrokenPipeError, ConnectionResetError):
                    return  # The edge has answered and closed: its answer says why.
                if self._progress is not None:
                    self._progress(len(piece))
