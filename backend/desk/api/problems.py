"""Refusals of the desk's API as RFC 9457 problems: a stable type, a title, a sentence that says what to do.

Nothing in them repeats what was sent, but for the names of fields, States, languages and questions.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext_noop as _
from rest_framework import exceptions
from rest_framework.views import exception_handler

from backend.intake.problems import MEDIA_TYPE, Problem

PREFIX = "/api/"

MALFORMED = Problem(
    "malformed",
    400,
    _("The request is not well-formed"),
    _("The part “%(part)s” is not of its form; send an object as /api/v1/openapi.json describes it."),
)
UNREADABLE = Problem(
    "unreadable", 400, _("The request cannot be read"), _("The request was not understood; nothing was done.")
)
QUESTION = Problem("question", 400, _("The question cannot be answered as it was put"), "%(sentence)s.")
NOT_SIGNED_IN = Problem(
    "not-signed-in",
    401,
    _("Nobody is signed in"),
    _("The request comes from no session that gave password and second factor; sign in at the desk first."),
    # RFC 9110 wants a challenge with each 401.
    {"WWW-Authenticate": 'Session realm="comity"'},
)
STALE_TOKEN = Problem(
    "stale-token",
    403,
    _("The request has no valid token"),
    _("The header X-CSRFToken is missing or not of this session; nothing was done, send the token of a page."),
)
NOT_FOUND = Problem(
    "not-found", 404, _("There is nothing here"), _("There is no such address, or it is not open to you.")
)
METHOD = Problem(
    "method", 405, _("The method is not allowed here"), _("Use one of the methods named in the header Allow.")
)
NOT_ACCEPTABLE = Problem(
    "not-acceptable", 406, _("The answer has another form"), _("The API answers in JSON; accept application/json.")
)
LENGTH_MISSING = Problem(
    "length-missing",
    411,
    _("The length of the body is missing"),
    _("The request has no Content-Length; send the size of the body instead of chunks."),
)
TOO_LARGE = Problem(
    "too-large",
    413,
    _("The body is too large"),
    _("The body is larger than %(limit)d bytes, the most that is taken here; send less."),
)
MEDIA = Problem(
    "media-type", 415, _("The content type is another one"), _("Here the Content-Type is application/json; send that.")
)
TOO_MANY = Problem(
    "too-many",
    429,
    _("Too many requests"),
    _("This person asked too often; wait as many seconds as Retry-After says."),
)
FAILED = Problem(
    "failed", 500, _("The node failed"), _("The node could not answer; the administrator finds the reason in its log.")
)
BY_STATUS = {kind.status: kind for kind in (STALE_TOKEN, NOT_FOUND, METHOD, NOT_ACCEPTABLE, MEDIA, TOO_MANY)}


class Refused(exceptions.APIException):
    """A problem with what its sentence holds."""

    def __init__(self, kind: Problem, **held: Any) -> None:
        super().__init__(kind.name)
        self.kind, self.held, self.status_code = kind, held, kind.status
        self.wait = held.get("wait")  # seconds; REST framework makes Retry-After of it


def is_api(request: HttpRequest) -> bool:
    """Whether the address is one of the API, so that a refusal is for a program and not for a person."""
    return request.path.startswith(PREFIX)


def answer(
    kind: Problem, held: Mapping[str, Any] = MappingProxyType({}), *, headers: Mapping[str, str] = MappingProxyType({})
) -> JsonResponse:
    """The problem as an answer; its sentence takes what is held."""
    sent = {**headers, **kind.headers}
    return JsonResponse(kind.content(held), status=kind.status, content_type=MEDIA_TYPE, headers=sent)


def refused(exception: Exception, context: Mapping[str, Any]) -> JsonResponse | None:
    """REST framework's handler of exceptions; None for what is no refusal, which is then logged and answered as 500."""
    found = exception_handler(exception, context)
    if found is None:
        return None
    retry = {name: found.headers[name] for name in ("Retry-After",) if name in found.headers}
    return answer(*_kind(exception), headers=retry)


def _kind(exception: Exception) -> tuple[Problem, Mapping[str, Any]]:
    match exception:
        case Refused():
            return exception.kind, exception.held
        case Http404():
            return NOT_FOUND, {}
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return NOT_SIGNED_IN, {}
        case exceptions.APIException():
            return BY_STATUS.get(exception.status_code, MALFORMED), {"part": "body"}
    return STALE_TOKEN, {}
