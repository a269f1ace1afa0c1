"""What the edge is compared with: a plain Django view that inserts the body it gets and checks nothing.

`granian --interface wsgi backend.cli.benchmarks.bare:application`; BENCH_DATABASE has Django's settings of the
database as JSON. Each request is one INSERT in autocommit, that is, one commit.
"""

import hashlib
import json
import os
import uuid

from django.conf import settings
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


def _application() -> object:
    database = json.loads(os.environ["BENCH_DATABASE"])
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": None, **database}},
        ROOT_URLCONF=__name__,
        SECRET_KEY="bench",  # noqa: S106 - signs nothing
        MIDDLEWARE=[],
    )
    return get_wsgi_application()


if "BENCH_DATABASE" in os.environ:
    application = _application()
