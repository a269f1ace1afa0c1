"""Large sealed bodies in chunks, continued after a cut at the byte where it came: tus 1.0.0, every request signed.

What has arrived whole goes the way of every submission: sharing.store(), and from then on it is asked about by its
receipt. The latest request for an upload is the one that counts: an earlier one, whose sender has left without a word,
ends where it stands.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import ParamSpec, TypeVar

from django.conf import settings

from backend.edge import limits, sharing
from backend.edge.answers import TEXT, Answer
from backend.edge.problems import SPOKEN
from backend.edge.requests import Request
from backend.edge.threads import in_thread
from backend.edge.views import message_of
from backend.intake import accepting, asking_uploads, uploads, wire
from backend.intake.appending import Hashes, Part, check_space
from backend.intake.asking_uploads import CheckedChunk, CheckedUpload
from backend.intake.checking import CheckedSubmission
from backend.intake.refusals import (
    DifferentContent,
    Interrupted,
    NotSealed,
    OffsetDiffers,
    SealAgain,
    UnknownSender,
    UploadTaken,
)
from backend.intake.uploads import Upload

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A", CheckedSubmission, CheckedUpload, CheckedChunk)

EXTENSIONS = "creation,expiration,termination"
# Threads of their own: a report does not wait behind 10 GB that are being hashed anew after a restart.
_disks = ThreadPoolExecutor(max_workers=4, thread_name_prefix="uploads")
_hashes = Hashes()


async def upload_options(request: Request) -> Answer:
    """What this edge knows of the protocol."""
    most = str(max(wire.LIMITS[kind] for kind in wire.UPLOADED.values()))
    known = {"tus-version": wire.TUS, "tus-extension": EXTENSIONS, "tus-max-size": most}
    return Answer(204, b"", TEXT, {**SPOKEN, **known})


async def begin_upload(request: Request) -> Answer:
    """Begin an upload, or find it; what was received already gets its receipt."""
    submission = await _checked(asking_uploads.check_beginning, request)
    receipt = await in_thread(accepting.receipt, submission)
    if receipt is not None:
        return Answer(200, receipt, TEXT, SPOKEN)
    await in_thread(accepting.check_key, submission)
    async with _turn(request, submission):
        upload = await _on_disk(uploads.begin, submission, folder=settings.COMITY.sealed, at=datetime.now(UTC))
        standing = await _standing(upload)
    return Answer(201, b"", TEXT, {**standing, "location": wire.upload_path(submission.submission)})


async def upload_offset(request: Request, submission: str) -> Answer:
    """Where an upload stands, and the digest of what has arrived."""
    asked = await _checked(partial(asking_uploads.check_naming, submission=submission), request)
    async with _turn(request, asked):
        return Answer(200, b"", TEXT, await _standing(await _find(asked)))


async def end_upload(request: Request, submission: str) -> Answer:
    """Give an upload up."""
    asked = await _checked(partial(asking_uploads.check_naming, submission=submission), request)
    async with _turn(request, asked):
        upload = await _find(asked)
        await _on_disk(upload.discard)
    return Answer(204, b"", TEXT, SPOKEN)


async def append_upload(request: Request, submission: str) -> Answer:
    """Append a chunk; after the last one the whole is checked, stored and waits for its receipt."""
    asked = await _checked(partial(asking_uploads.check_chunk, submission=submission), request)
    async with _turn(request, asked) as turn:
        upload = await _find(asked)
        if upload.stored:
            if (asked.offset, asked.size) != (upload.submission.size, 0):
                raise OffsetDiffers(upload.submission.size)
            await sharing.receipt_of(upload.submission)
            return Answer(204, b"", TEXT, _standing_at(upload, upload.submission.size))
        part = await _hold(upload)
        try:
            with limits.one_body(asked.sender):
                await _append(request, asked, upload, part, turn)
            if part.offset == upload.submission.size:
                await _store(upload, part)
            return Answer(204, b"", TEXT, _standing_at(upload, part.offset))
        finally:
            part.close()


async def _append(request: Request, asked: CheckedChunk, upload: Upload, part: Part, turn: "_Turn") -> None:
    part.begin_chunk(asked.offset, asked.size, limit=upload.submission.size)
    await _on_disk(check_space, settings.COMITY.sealed, asked.size)
    try:
        async for piece in request.body(size=asked.size):
            await _on_disk(part.write, piece)
    except NotSealed:
        await _on_disk(upload.discard)
        raise
    except Interrupted:
        if turn.taken:
            raise UploadTaken from None
        raise
    if part.offset != asked.offset + asked.size:
        raise Interrupted
    await _on_disk(part.end_chunk, asked.digest)


async def _hold(upload: Upload) -> Part:
    holding = asyncio.ensure_future(_on_disk(upload.hold, _hashes))
    try:
        return await asyncio.shield(holding)
    except asyncio.CancelledError:
        holding.add_done_callback(_let_go)
        raise


def _let_go(holding: "asyncio.Future[Part]") -> None:
    if not holding.cancelled() and holding.exception() is None:
        holding.result().close()


async def _store(upload: Upload, part: Part) -> None:
    kept = await _on_disk(upload.finish, part)
    try:
        await sharing.store(upload.submission, kept)
    except (UnknownSender, DifferentContent, SealAgain):
        # Final. After any other failure the part stays, and is finished again.
        await _on_disk(upload.discard)
        raise
    await _on_disk(upload.mark_stored, at=datetime.now(UTC))
    await sharing.receipt_of(upload.submission)


async def _find(asked: CheckedUpload) -> Upload:
    return await _on_disk(uploads.find, asked, folder=settings.COMITY.sealed, at=datetime.now(UTC))


async def _standing(upload: Upload) -> Mapping[str, str]:
    """Where it stands, with the digest of what has arrived: a sender finds damage before it sends the rest."""
    if upload.stored:
        return _standing_at(upload, upload.submission.size, upload.submission.digest)
    offset, digest = await _on_disk(upload.measure, _hashes)
    return _standing_at(upload, offset, digest)


def _standing_at(upload: Upload, offset: int, digest: bytes | None = None) -> Mapping[str, str]:
    submission = upload.submission
    said = {
        wire.OFFSET_HEADER: str(offset),
        wire.LENGTH_HEADER: str(submission.size),
        "upload-expires": format_datetime(upload.expires_at, usegmt=True),
    }
    if digest is not None:
        said[wire.WHOLE_DIGEST_HEADER] = wire.format_digest(digest)
    if offset == submission.size:
        said["location"] = f"{wire.receipt_path(submission.submission)}?{wire.receipt_query(submission.digest)}"
    return {**SPOKEN, **said}


async def _checked(check: Callable[..., A], request: Request) -> A:
    asked = await in_thread(check, message_of(request), find_sender=accepting.find_sender, at=datetime.now(UTC))
    limits.count_sender(asked.sender)
    return asked


async def _on_disk(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return await asyncio.get_running_loop().run_in_executor(_disks, partial(function, *args, **kwargs))


@dataclass(eq=False)
class _Turn:
    """One request at work on an upload, until the next one takes over."""

    request: Request
    taken: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self) -> None:
        """End its reading; what has arrived of its chunk stays."""
        self.taken = True
        self.request.leave()


_turns: dict[tuple[str, object], _Turn] = {}


@asynccontextmanager
async def _turn(request: Request, asked: CheckedUpload | CheckedSubmission) -> AsyncIterator[_Turn]:
    key = (asked.sender, asked.submission)
    while (other := _turns.get(key)) is not None:
        other.take()
        await other.over.wait()
    turn = _turns[key] = _Turn(request)
    try:
        yield turn
    finally:
        del _turns[key]
        turn.over.set()
