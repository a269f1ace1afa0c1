"""Checks the requests of an upload, before anything of a body is read: its beginning, each chunk, questions. Pure."""

import uuid
from datetime import datetime
from functools import partial

from backend.intake import wire
from backend.intake.checking import (
    CheckedSubmission,
    FindSender,
    announced,
    check_length,
    check_media_type,
    check_sender,
    part_of,
)
from backend.intake.refusals import Malformed, TooLarge, WrongProtocol
from backend.intake.signatures import Message
from crypto.checked import Checked, checked


class CheckedUpload(Checked):
    """Who asks about which of its own uploads."""

    sender: str
    submission: uuid.UUID


class CheckedChunk(CheckedUpload):
    """A request to continue an upload at `offset` by a body of `size` bytes, 0 for none, and SHA-256 `digest`."""

    offset: int
    size: int
    digest: bytes


def check_beginning(message: Message, *, find_sender: FindSender, at: datetime) -> CheckedSubmission:
    """Return what is to be uploaded, checked as far as it can be without any of it; raises a Refused."""
    _check_version(message)
    kind = part_of(message, wire.METADATA_HEADER, _kind)
    size = part_of(message, wire.LENGTH_HEADER, wire.parse_number)
    if not size:
        raise Malformed(wire.LENGTH_HEADER)
    if size > wire.LIMITS[kind]:
        raise TooLarge(wire.LIMITS[kind])
    digest = part_of(message, wire.WHOLE_DIGEST_HEADER, wire.parse_digest)
    check = partial(check_sender, message, wire.BEGUN, find_sender=find_sender, at=at)
    return announced(message, kind=kind, size=size, digest=digest, check=check)


def check_chunk(message: Message, *, submission: str, find_sender: FindSender, at: datetime) -> CheckedChunk:
    """Return where a chunk goes and what it has to be; raises a Refused."""
    _check_version(message)
    check_media_type(message, expected=wire.CHUNK_TYPE)
    size = 0 if message.headers.get("content-length") == "0" else check_length(message, limit=max(wire.LIMITS.values()))
    offset = part_of(message, wire.OFFSET_HEADER, wire.parse_number)
    digest = part_of(message, wire.DIGEST_HEADER, wire.parse_digest)
    named = _id(submission)
    sender = check_sender(message, wire.APPENDED, find_sender=find_sender, at=at)
    return checked(CheckedChunk, sender=sender.fingerprint, submission=named, offset=offset, size=size, digest=digest)


def check_naming(message: Message, *, submission: str, find_sender: FindSender, at: datetime) -> CheckedUpload:
    """Return whose upload is asked about, or is to be ended; raises a Refused."""
    _check_version(message)
    named = _id(submission)
    sender = check_sender(message, wire.NAMED, find_sender=find_sender, at=at)
    return checked(CheckedUpload, sender=sender.fingerprint, submission=named)


def _check_version(message: Message) -> None:
    if message.headers.get(wire.VERSION_HEADER) != wire.TUS:
        raise WrongProtocol


def _kind(metadata: str) -> wire.Kind:
    if metadata not in wire.UPLOADED:
        raise ValueError("not the metadata of an upload")
    return wire.UPLOADED[metadata]


def _id(submission: str) -> uuid.UUID:
    try:
        return wire.parse_id(f'"{submission}"')
    except ValueError:
        raise Malformed("upload address") from None
