"""Checks what stands around a sealed body, before the body is read: its form, its time, its sender. Pure.

The order matters: first what anybody can see of their own request (address, type, length, form, clock), then the
signature, whose every failure is one answer.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from backend.intake import wire
from backend.intake.refusals import LengthMissing, Malformed, Misdirected, TooLarge, UnknownSender, WrongMediaType
from backend.intake.signatures import Message, check_clock, check_signature, read_claim
from crypto.checked import Checked, checked
from crypto.keys import VerifyingKey

MAX_HEADER = 2048
_ONCE = {"host", "content-type", "content-length", wire.DIGEST_HEADER, wire.ID_HEADER, wire.KEY_HEADER}
_ONCE |= {wire.VERSION_HEADER, wire.OFFSET_HEADER, wire.LENGTH_HEADER, wire.METADATA_HEADER, wire.WHOLE_DIGEST_HEADER}
_SIGNATURE = {"signature", "signature-input"}
T = TypeVar("T")


@dataclass(frozen=True)
class Sender:
    """An enrolled device or a confirmed peer node, as the edge may see it."""

    fingerprint: str
    key: VerifyingKey
    kind: str


FindSender = Callable[[str], Sender | None]
# Who may send what.
SENDERS: dict[wire.Kind, str] = {"report": "device", "evidence": "device", "packet": "node"}


@dataclass(frozen=True)
class Address:
    """Where this edge is reached: the scheme and authority that signatures are made for."""

    scheme: str
    authority: str

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Return the address of an edge from its URL."""
        parts = urlsplit(url)
        return cls(parts.scheme, _without_default_port(parts.netloc, parts.scheme))


class CheckedSubmission(Checked):
    """A request to take a sealed body of `size` bytes and SHA-256 `digest`, signed by a known sender."""

    kind: wire.Kind
    sender: str
    submission: uuid.UUID
    key_id: str
    digest: bytes
    size: int


class CheckedQuestion(Checked):
    """A request for the receipt of a submission, signed by the sender who asks about its own."""

    sender: str
    submission: uuid.UUID
    digest: bytes


def read_message(method: str, target: str, headers: Iterable[tuple[str, str]], *, address: Address) -> Message:
    """Return the request as a signature sees it; `target` is path and query as sent, header names are lower case.

    Raises Malformed when a header that matters comes twice or is longer than 2 KiB, Misdirected for another host.
    """
    kept: dict[str, str] = {}
    for name, value in headers:
        if name not in _ONCE | _SIGNATURE:
            continue
        if name in kept or len(value) > MAX_HEADER:
            raise UnknownSender if name in _SIGNATURE else Malformed(name)
        kept[name] = value.strip(" \t")
    if _without_default_port(kept.get("host", ""), address.scheme) != address.authority:
        raise Misdirected(address.authority)
    return Message(method, f"{address.scheme}://{address.authority}{target}", kept)


def check_submission(message: Message, *, kind: wire.Kind, find_sender: FindSender, at: datetime) -> CheckedSubmission:
    """Return what may be sent, checked as far as it can be without the body; raises a Refused."""
    size = _check_body_headers(message, kind)
    digest = part_of(message, wire.DIGEST_HEADER, wire.parse_digest)
    check = partial(check_sender, message, wire.SENT, find_sender=find_sender, at=at)
    return announced(message, kind=kind, size=size, digest=digest, check=check)


def announced(
    message: Message, *, kind: wire.Kind, size: int, digest: bytes, check: Callable[[], Sender]
) -> CheckedSubmission:
    """Return what the request announces, at once or in chunks; `check` finds the sender, last. Raises a Refused."""
    submission = part_of(message, wire.ID_HEADER, wire.parse_id)
    key_id = part_of(message, wire.KEY_HEADER, wire.parse_key_id)
    sender = check()
    if sender.kind != SENDERS[kind]:
        raise UnknownSender
    return checked(
        CheckedSubmission,
        kind=kind,
        sender=sender.fingerprint,
        submission=submission,
        key_id=key_id,
        digest=digest,
        size=size,
    )


def check_question(
    message: Message, *, submission: str, query: str, find_sender: FindSender, at: datetime
) -> CheckedQuestion:
    """Return who asks for the receipt of what; raises a Refused."""
    name, _, digest = query.partition("=")
    try:
        asked = wire.parse_id(f'"{submission}"'), bytes.fromhex(digest)
    except ValueError:
        raise Malformed("receipt address") from None
    if name != "digest" or len(digest) != 64 or len(asked[1]) != 32:
        raise Malformed("receipt address")
    sender = check_sender(message, wire.ASKED, find_sender=find_sender, at=at)
    return checked(CheckedQuestion, sender=sender.fingerprint, submission=asked[0], digest=asked[1])


def check_length(message: Message, *, limit: int) -> int:
    """Return the size that the request announces; raises LengthMissing, TooLarge or Malformed."""
    if "content-length" not in message.headers:
        raise LengthMissing
    text = message.headers["content-length"]
    if not (text.isascii() and text.isdigit()) or text == "0":
        raise Malformed("content-length")
    # A number of many digits is not even read.
    if len(text) > 15 or int(text) > limit:
        raise TooLarge(limit)
    return int(text)


def check_media_type(message: Message, *, expected: str) -> None:
    """Raise WrongMediaType unless the Content-Type is `expected`, without parameters."""
    if message.headers.get("content-type", "").lower() != expected:
        raise WrongMediaType(expected)


def _without_default_port(authority: str, scheme: str) -> str:
    return authority.lower().removesuffix({"http": ":80", "https": ":443"}.get(scheme, ":"))


def _check_body_headers(message: Message, kind: wire.Kind) -> int:
    check_media_type(message, expected=wire.MEDIA_TYPES[kind])
    return check_length(message, limit=wire.LIMITS[kind])


def part_of(message: Message, name: str, parse: Callable[[str], T]) -> T:
    """Return a header as `parse` reads it; raises Malformed where it is missing or `parse` a ValueError."""
    try:
        return parse(message.headers[name])
    except (KeyError, ValueError):
        raise Malformed(name) from None


def check_sender(message: Message, covered: tuple[str, ...], *, find_sender: FindSender, at: datetime) -> Sender:
    """Return the known sender who signed exactly the `covered` parts; raises UnknownSender or ClockDiffers."""
    claim = read_claim(message)
    check_clock(claim, at=at)
    # A fingerprint is the digest of a public key: whoever can name one knows that key already.
    sender = find_sender(claim.sender)
    if sender is None:
        raise UnknownSender
    check_signature(message, claim, sender.key, covered=covered)
    return sender
