"""DATABASE_URL as Django wants it."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Query parameters that Django takes apart from the driver's options.
NAMED = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}


def parse_database_url(url: str) -> dict[str, Any]:
    """
    One entry of DATABASES from `postgresql://user:password@host:port/name?option=value`.

    A socket folder goes into `?host=`, a password file into `?passfile=`, TLS into `?sslmode=`: all of libpq's
    parameters are passed on. ImproperlyConfigured where the address is not PostgreSQL's.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgresql", "postgres") or not name:
        # The address may carry a password: say only what kind it is.
        raise ImproperlyConfigured(
            f"DATABASE_URL has the scheme {parts.scheme!r} and {'a' if name else 'no'} database name; "
            "write postgresql://user@host:port/name, PostgreSQL being the only database supported."
        )
    settings: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        # After a restart of PostgreSQL the next piece of work finds a working connection.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {},
    }
    for key, value in parse_qsl(parts.query, strict_parsing=bool(parts.query)):
        if key in NAMED:
            settings[NAMED[key]] = value
        else:
            settings["OPTIONS"][key] = value
    return settings
