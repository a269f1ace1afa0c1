"""What every answer must be: in time, no 500, nothing about the inside, a problem or a receipt that holds."""

import contextlib
import hashlib
import json
import re
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from backend.audit.receipts import verify_receipt
from backend.audit.trust import TrustedLog

SECONDS = 20.0
# So long the sender of an odd request waits for a word: the edge would wait for the rest for thirty seconds.
ODD_SECONDS = 0.05
INSIDE = re.compile(
    rb"traceback|granian|django|python|psycopg|postgres|hyper/|rust|\.py\b|line \d+, in|/home/|/root/|/usr/"
    rb"|site-packages|comity/\d|version[ /:=]*\d+\.\d+",
    re.IGNORECASE,
)
# Keys and signatures: their letters may spell any word, such as "rust". Neither a path nor a sentence has one so long.
BY_CHANCE = re.compile(rb"[A-Za-z0-9_-]{40,}=*")
NAMES_PROGRAMS = {"x-powered-by", "via"}
MAY_FAIL = {503, 507}


@dataclass(frozen=True)
class Answer:
    """Status, headers, body; status 0 where the edge closed the connection without a word."""

    status: int
    headers: dict[str, str]
    body: bytes


def talk(url: str, data: bytes, *, odd: bool) -> Answer:
    """Send exactly these bytes and read to the end; TimeoutError or AssertionError where that takes too long.

    After an `odd` request, which may not end where it says or keeps the connection, the sender soon says no more.
    """
    parts = urlsplit(url)
    received = b""
    begun = time.monotonic()
    with socket.create_connection((parts.hostname, parts.port), timeout=SECONDS) as connection:
        try:
            connection.sendall(data)
            if odd:
                connection.settimeout(ODD_SECONDS)
                with contextlib.suppress(TimeoutError):
                    received = connection.recv(65536)
                connection.settimeout(SECONDS)
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                received += piece
        except TimeoutError:
            raise
        except OSError:
            pass  # The edge closed first.
    assert time.monotonic() - begun < SECONDS, "the edge took too long"
    return _parsed(received)


def tells_the_inside(content: bytes) -> bool:
    """Whether an answer names what it runs on or where."""
    return INSIDE.search(BY_CHANCE.sub(b" ", content)) is not None


def _parsed(received: bytes) -> Answer:
    """The first answer. What was sent beyond the request may get one more, in order like the first."""
    first, rest = _split(received)
    while rest:
        more, rest = _split(rest)
        assert more.status < 500 or more.status in MAY_FAIL, more
        assert not tells_the_inside(more.body), more
    return first


def _split(received: bytes) -> tuple[Answer, bytes]:
    """An answer, and what follows it."""
    while received.startswith(b"HTTP/1.1 100"):
        received = received.partition(b"\r\n\r\n")[2]
    top, _, rest = received.partition(b"\r\n\r\n")
    lines = top.decode("latin-1").split("\r\n")
    found = re.fullmatch(r"HTTP/1\.[01] (\d{3}).*", lines[0])
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    # The answer to HEAD tells a length and has no body.
    length = 0 if rest.startswith(b"HTTP/1.") else int(headers.get("content-length", len(rest)))
    assert found or not received, received[:200]
    return Answer(int(found[1]) if found else 0, headers, rest[:length]), rest[length:]


def check(answer: Answer, *, sent: bytes, submission: str, log: TrustedLog) -> None:
    """Raise AssertionError unless the answer is as each must be."""
    assert answer.status < 500 or answer.status in MAY_FAIL, answer
    assert not NAMES_PROGRAMS & answer.headers.keys(), answer
    assert answer.headers.get("server", "comity") == "comity", answer
    # A receipt is checked as what it is below: its base64 may spell any word.
    said = b"" if answer.body.startswith(b"c2sp.org/tlog-proof") else answer.body
    said = re.sub(rb"https?://[\w.:-]+", b"", said)
    assert not tells_the_inside(said), answer
    media_type = answer.headers.get("content-type", "")
    if answer.status >= 400 and answer.body:
        assert media_type == "application/problem+json", answer
        problem = json.loads(answer.body)
        assert problem["status"] == answer.status
        assert problem["type"].startswith("urn:comity:problem:")
        assert problem["detail"]
    if answer.body.startswith(b"c2sp.org/tlog-proof"):
        receipt = verify_receipt(answer.body, trusted=log)
        assert str(receipt.submission) == submission
        if sent:
            assert receipt.sha256 == hashlib.sha256(sent).hexdigest()
