"""Large sealed bodies sent in chunks and continued after a cut at the byte where the edge stands: tus 1.0.0.

Nothing of an upload is remembered here: whoever begins the same one again is told where it stands.
"""

import hashlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from backend.intake import wire
from backend.intake.signatures import Message, sign_message
from backend.vault.sending import PIECE, Body, EdgeUnreachable, Progress, Reply, ask_receipt, base_of, exchange
from crypto.signer import Signer

# Smaller bodies go in one request.
WORTH_CHUNKS = 1024 * 1024
# Each is signed and made durable by itself; a cut costs nothing of it.
CHUNK = 32 * 1024 * 1024
# Waits between tries none of which came any further; whatever comes further begins anew with the first.
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
RECEIPT_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
# What may be different in a moment; what is not named here is final.
_PASSING = {
    f"urn:comity:problem:{name}"
    for name in ("too-slow", "offset", "upload-taken", "busy", "failed", "not-ready", "digest-differs")
}
# The upload is gone: it is begun again.
_GONE = {f"urn:comity:problem:{name}" for name in ("no-upload", "upload-expired")}
_OF_A_PROXY = {502, 503, 504}


@dataclass
class _Reading:
    """What is to be sent, with the digest of its beginning as far as it was needed."""

    body: Body
    _position: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)

    def digest_until(self, offset: int) -> bytes:
        """The SHA-256 of the first `offset` bytes."""
        if offset < self._position:
            self._position, self._digest = 0, hashlib.sha256()
        with self.body.open() as file:
            file.seek(self._position)
            while self._position < offset and (data := file.read(min(PIECE, offset - self._position))):
                self._digest.update(data)
                self._position += len(data)
        return bytes(self._digest.digest())

    def chunk(self, offset: int, size: int) -> Body:
        """The bytes from `offset` on as the body of a request."""
        digest = hashlib.sha256()
        with self.body.open() as file:
            file.seek(offset)
            left = size
            while left and (data := file.read(min(PIECE, left))):
                digest.update(data)
                left -= len(data)
        return Body(self.body.source, size, digest.digest(), offset)


@dataclass
class Uploading:
    """One sealed file on its way to one edge."""

    url: str
    body: Body
    kind: wire.Kind
    signer: Signer
    submission: UUID
    key_id: str
    timeout: float
    progress: Progress | None = None
    _told: int = 0
    _reached: bool = False

    def run(self) -> Reply:
        """Send what is missing; the answer has the receipt, is 202 where there is none yet, or is a refusal.

        Raises EdgeUnreachable after half a minute in which it came no further: the same again goes on from there.
        "Too often" is answered as it is: whoever calls knows how long to wait.
        """
        tries, best = 0, 0
        while True:
            try:
                reply = self._try()
                if not _passes(reply):
                    return reply
                failure = EdgeUnreachable(
                    f"The edge takes no more of it now ({reply.status}); nothing is acknowledged, the same again goes "
                    "on from there."
                )
            except EdgeUnreachable as unreachable:
                if not self._reached:
                    # Not waited for: whoever calls knows better what to do without an edge.
                    raise
                failure = unreachable
            if tries == len(PAUSES):
                raise failure
            if self._told > best:
                tries, best = 0, self._told
            time.sleep(PAUSES[tries])
            tries += 1

    def _try(self) -> Reply:
        """Begin it, or find where it stands, and send until something is in the way."""
        reading = _Reading(self.body)
        begun = self._begin()
        self._reached = True
        if begun.status != 201:
            return begun
        offset = _offset(begun)
        held = begun.headers.get(wire.WHOLE_DIGEST_HEADER)
        # Bytes of a chunk that was cut were not compared with anything yet.
        if offset and held != wire.format_digest(reading.digest_until(offset)):
            return self._send("DELETE", wire.NAMED, {})
        self._tell(offset)
        while True:
            reply = self._append(reading.chunk(offset, min(CHUNK, self.body.size - offset)))
            if reply.status != 204:
                return reply
            offset = _offset(reply)
            self._tell(offset)
            if offset == self.body.size:
                return self._receipt()

    def _begin(self) -> Reply:
        headers = {
            wire.LENGTH_HEADER: str(self.body.size),
            wire.METADATA_HEADER: next(text for text, kind in wire.UPLOADED.items() if kind == self.kind),
            wire.WHOLE_DIGEST_HEADER: wire.format_digest(self.body.sha256),
            wire.ID_HEADER: wire.format_id(self.submission),
            wire.KEY_HEADER: self.key_id,
        }
        return self._send("POST", wire.BEGUN, headers)

    def _append(self, chunk: Body) -> Reply:
        headers = {
            wire.OFFSET_HEADER: str(chunk.start),
            wire.DIGEST_HEADER: wire.format_digest(chunk.sha256),
            "content-type": wire.CHUNK_TYPE,
        }
        return self._send("PATCH", wire.APPENDED, headers, chunk)

    def _send(self, method: str, covered: tuple[str, ...], headers: dict[str, str], body: Body | None = None) -> Reply:
        path = wire.UPLOADS if method == "POST" else wire.upload_path(self.submission)
        message = Message(method, base_of(self.url) + path, headers)
        sign_message(message, self.signer, covered=covered, at=datetime.now(UTC))
        message.headers[wire.VERSION_HEADER] = wire.TUS
        if body is None:
            message.headers["content-length"] = "0"
        return exchange(message, body, timeout=self.timeout, progress=self._sent)

    def _receipt(self) -> Reply:
        for pause in (*RECEIPT_PAUSES, None):
            reply = ask_receipt(
                self.url,
                sender_signer=self.signer,
                submission_id=self.submission,
                sha256=self.body.sha256,
                timeout=self.timeout,
            )
            if reply.receipt is not None or reply.status not in (404, 429, 503) or pause is None:
                break
            time.sleep(pause)
        return reply if reply.receipt is not None else Reply(202, b"", "text/plain")

    def _sent(self, size: int) -> None:
        self._told += size
        if self.progress is not None:
            self.progress(size)

    def _tell(self, offset: int) -> None:
        """What was on the wire when it was cut did not all arrive."""
        if offset != self._told:
            self._sent(offset - self._told)


def send_sealed(
    url: str,
    body: Body,
    *,
    kind: wire.Kind,
    sender_signer: Signer,
    submission_id: UUID,
    key_id: str,
    timeout: float,
    progress: Progress | None = None,
) -> Reply:
    """Send a sealed file of evidence or a packet as `post_sealed` would, in chunks and over cuts; it returns the same.

    `progress` is also called with negative numbers, for bytes that were lost on their way.
    """
    return Uploading(url, body, kind, sender_signer, submission_id, key_id, timeout, progress).run()


def _passes(reply: Reply) -> bool:
    if reply.status == 204:
        # What was damaged on its way is given up: it begins anew.
        return True
    return reply.problem.get("type") in _PASSING | _GONE or (reply.status in _OF_A_PROXY and not reply.receipt)


def _offset(reply: Reply) -> int:
    try:
        return wire.parse_number(reply.headers.get(wire.OFFSET_HEADER, ""))
    except ValueError:
        raise EdgeUnreachable("The edge does not say where the upload stands; check its address.") from None
