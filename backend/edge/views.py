"""What is behind each address. Views translate: read the request, check it, store it or look it up, answer."""

import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import cache
from typing import Annotated

import msgspec
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext

from backend.edge import limits, openapi, problems, sharing
from backend.edge.answers import JSON, JSON_LINES, TEXT, Answer
from backend.edge.requests import Request
from backend.edge.threads import in_thread
from backend.intake import accepting, checking, storing, wire
from backend.intake.checking import Address, CheckedSubmission
from backend.intake.refusals import Malformed, NoReceipt
from backend.intake.signatures import Message
from crypto.encoding import b64url_decode
from crypto.errors import MalformedKey
from crypto.keys import VerifyingKey

MAX_ENROLMENT = 4096


async def card(request: Request) -> Answer:
    """This node's key card."""
    statement = await in_thread(accepting.own_card)
    return Answer(200, statement, JSON) if statement else problems.problem(problems.NOT_READY)


async def intake_keys(request: Request) -> Answer:
    """The signed statements of the keys to seal to, one a line, the newest first."""
    statements = await in_thread(accepting.intake_statements)
    if not statements:
        return problems.problem(problems.NOT_READY)
    return Answer(200, b"".join(statement + b"\n" for statement in statements), JSON_LINES)


async def reports(request: Request) -> Answer:
    """Take a sealed report."""
    return await _receive(request, "report")


async def evidence(request: Request) -> Answer:
    """Take a sealed evidence file, before the report that names it."""
    return await _receive(request, "evidence")


async def packets(request: Request) -> Answer:
    """Take a packet of a peer node."""
    return await _receive(request, "packet")


async def receipts(request: Request, submission: str) -> Answer:
    """The receipt of what the asking sender sent under this id with the digest named in the query."""
    question = await in_thread(
        checking.check_question,
        message_of(request),
        submission=submission,
        query=request.query,
        find_sender=accepting.find_sender,
        at=datetime.now(UTC),
    )
    limits.count_sender(question.sender)
    receipt = await in_thread(accepting.receipt, question)
    if receipt is None:
        raise NoReceipt
    return Answer(200, receipt, TEXT)


async def enrolments(request: Request) -> Answer:
    """Take a device's request to be enrolled; the answer says nothing about the invitation."""
    message = message_of(request)
    checking.check_media_type(message, expected=JSON)
    size = checking.check_length(message, limit=MAX_ENROLMENT)
    enrolment = _read_enrolment(await request.small_body(size=size))
    await in_thread(accepting.enrol, enrolment)
    return Answer(202, _sentence(gettext("The request waits for the node's administrator.")), TEXT)


async def describe(request: Request) -> Answer:
    """The description of this API in OpenAPI 3.1."""
    return Answer(200, _description(), JSON)


async def health(request: Request) -> Answer:
    """Whether the edge and its database answer."""
    await in_thread(_ask_database)
    return Answer(200, b"ok\n", TEXT)


def _ask_database() -> None:
    # In the thread: the connection that `connection` stands for is the calling thread's own.
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


async def _receive(request: Request, kind: wire.Kind) -> Answer:
    submission = await sharing.check(message_of(request), kind)
    with limits.one_body(submission.sender):
        kept = await _keep(request.body(size=submission.size), submission)
    outcome = await sharing.store(submission, kept)
    return await _acknowledge(submission, status=201 if outcome == "stored" else 200)


async def _keep(body: AsyncIterator[bytes], submission: CheckedSubmission) -> storing.Kept:
    if submission.size <= storing.MAX_IN_ROW:
        # In memory: to go to a thread and back takes longer than to hash it.
        keeping = storing.begin(submission, folder=settings.COMITY.sealed)
        async for piece in body:
            keeping.write(piece)
        return keeping.finish()
    keeping = await in_thread(storing.begin, submission, folder=settings.COMITY.sealed)
    try:
        async for piece in body:
            await in_thread(keeping.write, piece)
        return await in_thread(keeping.finish)
    except BaseException:
        # Also when the request is cancelled: nothing of a body stays that was not taken whole.
        keeping.discard()
        raise


async def _acknowledge(submission: CheckedSubmission, *, status: int) -> Answer:
    receipt = await sharing.receipt_of(submission)
    where = {"location": f"{wire.receipt_path(submission.submission)}?{wire.receipt_query(submission.digest)}"}
    if receipt is not None:
        return Answer(status, receipt, TEXT, where)
    text = gettext("Stored, but not acknowledged yet: ask for the receipt at the address in the header Location.")
    return Answer(202, _sentence(text), TEXT, {**where, "retry-after": "1"})


def message_of(request: Request) -> Message:
    """The request as a signature sees it; raises Malformed or Misdirected."""
    return checking.read_message(request.method, request.target, request.headers, address=_address())


@cache
def _address() -> Address:
    return Address.parse(settings.COMITY.edge_url)


@cache
def _description() -> bytes:
    return json.dumps(openapi.description(), indent=2).encode()


class _Enrolment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    invitation: uuid.UUID
    public_key: Annotated[str, msgspec.Meta(max_length=160)]
    mac: Annotated[str, msgspec.Meta(min_length=43, max_length=43)]
    label: Annotated[str, msgspec.Meta(max_length=100)] = ""


def _read_enrolment(body: bytes) -> accepting.Enrolment:
    try:
        asked = msgspec.json.decode(body, type=_Enrolment)
        key = VerifyingKey.parse(asked.public_key)
        mac = b64url_decode(asked.mac)
    except (msgspec.DecodeError, MalformedKey, ValueError, RecursionError):
        raise Malformed("body") from None
    if not asked.label.isprintable():
        raise Malformed("label")
    return accepting.Enrolment(asked.invitation, str(key), mac, asked.label)


def _sentence(text: str) -> bytes:
    return f"{text}\n".encode()
