"""What all processes share. Nothing outside this package imports it: Django code asks `django.conf.settings`."""

from typing import Any
from urllib.parse import urlsplit

from backend.settings.database import parse_database_url
from backend.settings.environment import CHECKOUT, read_environment
from backend.settings.logs import logging_settings

COMITY = read_environment()

SECRET_KEY = COMITY.secret_key
DEBUG = False
# The supervisor asks for the health of a process by its loopback address.
ALLOWED_HOSTS = sorted({"127.0.0.1", *(urlsplit(url).hostname or "" for url in (COMITY.edge_url, COMITY.desk_url))})

DATABASES: dict[str, dict[str, Any]] = {"default": parse_database_url(COMITY.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "español"), ("fr", "français"), ("nl", "Nederlands")]
LOCALE_PATHS = [CHECKOUT / "frontend" / "locale"]

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_settings()

# Uploads: what is larger than the row's share is streamed by the edge itself, never held by Django.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
