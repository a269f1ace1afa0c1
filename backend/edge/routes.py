"""Which view is behind which address and method."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from backend.edge import uploads, views
from backend.edge.answers import Answer
from backend.edge.requests import Request
from backend.intake import wire

View = Callable[..., Awaitable[Answer]]


@dataclass(frozen=True)
class Route:
    """A method and a pattern of paths; `name` is what the log says of a request."""

    method: str
    pattern: re.Pattern[str]
    view: View = field(repr=False)
    name: str


class NotFound(Exception):
    """No address of this edge."""


class MethodNotAllowed(Exception):
    """The address has other methods, which are `args`."""


def _route(method: str, path: str, view: View) -> Route:
    return Route(method, re.compile(path), view, view.__name__)


_UPLOAD = wire.UPLOADS + r"/(?P<submission>[0-9a-f-]{36})"
ROUTES = (
    _route("GET", r"/v1/card", views.card),
    _route("GET", r"/v1/intake-keys", views.intake_keys),
    _route("GET", r"/v1/openapi\.json", views.describe),
    _route("POST", wire.PATHS["report"], views.reports),
    _route("POST", wire.PATHS["evidence"], views.evidence),
    _route("POST", wire.PATHS["packet"], views.packets),
    _route("OPTIONS", wire.UPLOADS, uploads.upload_options),
    _route("POST", wire.UPLOADS, uploads.begin_upload),
    _route("HEAD", _UPLOAD, uploads.upload_offset),
    _route("PATCH", _UPLOAD, uploads.append_upload),
    _route("DELETE", _UPLOAD, uploads.end_upload),
    _route("GET", r"/v1/receipts/(?P<submission>[0-9a-f-]{36})", views.receipts),
    _route("POST", r"/v1/enrolments", views.enrolments),
    _route("GET", r"/healthz", views.health),
)


def find(request: Request) -> tuple[str, Callable[[Request], Awaitable[Answer]]]:
    """Return the name and the view for a request; raises NotFound or MethodNotAllowed."""
    fitting = [(route, found) for route in ROUTES if (found := route.pattern.fullmatch(request.path))]
    if not fitting:
        raise NotFound
    for route, found in fitting:
        if route.method == request.method:
            return route.name, partial(route.view, **found.groupdict())
    raise MethodNotAllowed(*(route.method for route, _ in fitting))
