"""The edge: faces the Internet, loads neither people nor sessions nor anything that could use a private key."""

from backend.settings.applications import EDGE
from backend.settings.base import *  # noqa: F403

INSTALLED_APPS = EDGE
# No people at the edge: nothing may resolve the user model here.
AUTH_USER_MODEL = "auth.User"
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
ROOT_URLCONF = "backend.edge.urls"
WSGI_APPLICATION = "backend.edge.wsgi.application"
APPEND_SLASH = False
TEMPLATES: list[dict[str, object]] = []
