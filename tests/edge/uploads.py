"""The requests of an upload one by one, so that a test can spoil, cut and repeat each."""

import hashlib
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from backend.intake import wire
from backend.intake.signatures import Message, sign_message
from backend.vault.sending import Body, Reply, ask_receipt, exchange
from backend.vault.uploading import send_sealed
from crypto.signer import Signer


@dataclass(frozen=True)
class Upload:
    """One sealed body of one sender."""

    url: str
    body: bytes
    signer: Signer
    key_id: str
    kind: wire.Kind = "evidence"
    id: uuid.UUID = uuid.UUID(int=0)
    announced: bytes | None = None

    def but(self, **changes: object) -> "Upload":
        """The same with something changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def begin(self, **changed: str) -> Reply:
        """Begin it; `changed` are headers by their names with _ for -, changed before it is signed."""
        headers = {
            wire.LENGTH_HEADER: str(len(self.body)),
            wire.METADATA_HEADER: {kind: text for text, kind in wire.UPLOADED.items()}.get(self.kind, "kind eA=="),
            wire.WHOLE_DIGEST_HEADER: wire.format_digest(self.announced or hashlib.sha256(self.body).digest()),
            wire.ID_HEADER: wire.format_id(self.id),
            wire.KEY_HEADER: self.key_id,
        }
        return self._send("POST", wire.UPLOADS, headers, wire.BEGUN, changed)

    def chunk(self, start: int, end: int, **changed: str) -> Reply:
        """Send the bytes from `start` to `end`."""
        message, body = self.signed_chunk(start, end, changed)
        return exchange(message, body, timeout=60)

    def cut(self, start: int, end: int, sent: int) -> socket.socket:
        """Announce the bytes from `start` to `end`, send `sent` of them and keep silent; whoever calls closes it."""
        message, body = self.signed_chunk(start, end, {})
        parts = urlsplit(message.url)
        lines = [f"PATCH {parts.path} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {body.size}"]
        lines += [f"{name}: {value}" for name, value in message.headers.items()]
        connection = socket.create_connection((parts.hostname, parts.port), timeout=30)
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        connection.sendall(self.body[start : start + sent])
        return connection

    def send(self, body: Body | None = None) -> Reply:
        """Send all of it as `comity submit` does; `body` where it is not read from memory."""
        return send_sealed(
            self.url,
            body or Body.of(self.body),
            kind=self.kind,
            sender_signer=self.signer,
            submission_id=self.id,
            key_id=self.key_id,
            timeout=60,
        )

    def look(self) -> Reply:
        """Ask where it stands."""
        return self._send("HEAD", wire.upload_path(self.id), {}, wire.NAMED, {})

    def end(self) -> Reply:
        """Give it up."""
        return self._send("DELETE", wire.upload_path(self.id), {}, wire.NAMED, {})

    def receipt(self) -> Reply:
        """Ask for its receipt."""
        digest = hashlib.sha256(self.body).digest()
        return ask_receipt(self.url, sender_signer=self.signer, submission_id=self.id, sha256=digest, timeout=60)

    def signed_chunk(self, start: int, end: int, changed: dict[str, str]) -> tuple[Message, Body]:
        """The request with the bytes from `start` to `end`, and its body."""
        data = self.body[start:end]
        headers = {
            wire.OFFSET_HEADER: str(start),
            wire.DIGEST_HEADER: wire.format_digest(hashlib.sha256(data).digest()),
            "content-type": wire.CHUNK_TYPE,
        }
        message = self._signed("PATCH", wire.upload_path(self.id), headers, wire.APPENDED, changed)
        return message, Body(data, len(data), b"")

    def _send(
        self, method: str, path: str, headers: dict[str, str], covered: tuple[str, ...], changed: dict[str, str]
    ) -> Reply:
        return exchange(self._signed(method, path, headers, covered, changed), None, timeout=60)

    def _signed(
        self, method: str, path: str, headers: dict[str, str], covered: tuple[str, ...], changed: dict[str, str]
    ) -> Message:
        headers = {**headers, **{name.replace("_", "-"): value for name, value in changed.items()}}
        message = Message(method, self.url + path, headers)
        sign_message(message, self.signer, covered=covered, at=datetime.now(UTC))
        message.headers.setdefault(wire.VERSION_HEADER, wire.TUS)
        return message


def offset_of(reply: Reply) -> int:
    """Where an answer says that the upload stands."""
    return int(reply.headers[wire.OFFSET_HEADER])


def wait_for(what: Callable[[], bool]) -> None:
    """Return once `what` holds."""
    deadline = time.monotonic() + 120
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def arrived(folder: Path) -> int:
    """How many bytes of the one unfinished upload lie in the sealed folder."""
    return sum(path.stat().st_size for path in folder.glob("*.part"))
