"""The edge: faces the Internet, loads neither people nor sessions nor anything that could use a private key."""

from backend.settings.applications import EDGE
from backend.settings.base import *  # noqa: F403

INSTALLED_APPS = EDGE
# No people at the edge: nothing may resolve the user model here.
AUTH_USER_MODEL = "auth.User"
# The edge is an ASGI callable of its own (backend.edge.asgi): bodies are streamed and bounded in time, which neither a
# WSGI read nor Django's request does. Of Django it uses settings and database connections.
MIDDLEWARE: list[str] = []
TEMPLATES: list[dict[str, object]] = []
