"""The edge as an ASGI callable: finds the view, turns refusals into problems, logs outcomes only."""

import logging
from collections.abc import Mapping
from typing import Any

from django.db import InterfaceError, OperationalError

from backend.edge import limits, problems, routes
from backend.edge.answers import Answer, Send
from backend.edge.requests import Receive, Request, Scope, read_request
from backend.intake.accepting import NotAccepted
from backend.intake.refusals import HeadersTooLarge, Interrupted, Refused, TooOften

logger = logging.getLogger("comity.edge")


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request; also says yes to the server's start and stop."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        await _serve(scope, receive, send)


async def _serve(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        request = read_request(scope, receive)
        limits.count_address((scope.get("client") or ("",))[0], request.headers)
    except (HeadersTooLarge, TooOften) as refusal:
        await problems.answer_to(refusal).send(send)
        return
    try:
        answer = await _answer(request)
    except Interrupted:
        logger.info("interrupted by the sender")
        # Most often nobody hears this any more; without it the server would say 500 to who only stopped sending.
        await problems.problem(problems.INCOMPLETE).send(send)
        return
    if answer.status >= 400:
        await request.drain()
    await answer.send(send)


async def _answer(request: Request) -> Answer:
    """Log lines name the view and the outcome: no address, sender, id or digest (docs/threat-model.md)."""
    name = "none"
    try:
        name, view = routes.find(request)
        answer = await view(request)
    except routes.NotFound:
        answer = problems.problem(problems.NOT_FOUND)
    except routes.MethodNotAllowed as other:
        answer = problems.problem(problems.METHOD, headers={"allow": ", ".join(other.args)})
    except Interrupted:
        raise
    except Refused as refusal:
        answer = problems.answer_to(refusal)
        logger.info("%s: %s, refused as %s", name, answer.status, problems.OF[type(refusal)].name)
    except (NotAccepted, OperationalError, InterfaceError) as failure:
        answer = problems.problem(problems.BUSY)
        logger.warning("%s: %s, %s", name, answer.status, type(failure).__name__)
    except Exception:
        answer = problems.problem(problems.FAILED)
        logger.exception("%s: %s", name, answer.status)
    else:
        logger.info("%s: %s", name, answer.status)
    return answer


async def _live(receive: Receive, send: Send) -> None:
    while True:
        event: Mapping[str, Any] = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return
