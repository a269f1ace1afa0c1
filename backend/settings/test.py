"""Tests: the desk's settings on the test run's own cluster (tests/cluster.py sets its address before this is read)."""

from backend.settings.applications import DESK
from backend.settings.desk import *  # noqa: F403

INSTALLED_APPS = [*DESK, "backend.edge"]
# A password is hashed in many tests and guarded by none.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
