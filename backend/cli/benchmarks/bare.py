"""What the edge is compared with: a plain Django view that inserts the body it gets and checks nothing.

`granian --interface wsgi backend.cli.benchmarks.bare:application`, with the settings of settings_text(). Each request
is one INSERT in autocommit, that is, one commit.
"""

import hashlib
import uuid
from collections.abc import Mapping
from functools import cache

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

TABLE = "CREATE TABLE bench_submission (id uuid PRIMARY KEY, digest bytea, sealed bytea)"


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    """Insert the body."""
    body = request.body
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_submission VALUES (%s, %s, %s)", [uuid.uuid4(), hashlib.sha256(body).digest(), body]
        )
    return HttpResponse(b"stored", status=201, headers={"content-length": "6"})


urlpatterns = [path("", insert)]


def settings_text(database: Mapping[str, object]) -> str:
    """Django's settings as a module, for the server's processes; `database` is what its settings say besides."""
    whole = {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": None, **database}
    return (
        f"ALLOWED_HOSTS = ['*']\nDATABASES = {{'default': {whole!r}}}\nROOT_URLCONF = {__name__!r}\n"
        "SECRET_KEY = 'bench'\nMIDDLEWARE = []\n"
    )


def application(environ: dict[str, object], start_response: object) -> object:
    """WSGI; made at the first request, since nothing is set up where only the settings are written."""
    return _made()(environ, start_response)


@cache
def _made() -> WSGIHandler:
    return get_wsgi_application()
