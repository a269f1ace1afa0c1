"""The cache in which allauth counts attempts and remembers used codes: a table, so that all workers count together.

Django's own database cache would do as well, but unpickles what it reads: whoever could write that table would run code
beside the authorities' keys. Here values are JSON.
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

_GET = "SELECT value FROM desk_attempt WHERE key = %s AND expires_at > clock_timestamp()"
_SET = """
INSERT INTO desk_attempt (key, value, expires_at) VALUES (%s, %s, %s)
ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, expires_at = EXCLUDED.expires_at
"""
# One statement, so that of two who add the same at once exactly one does.
_ADD = f"{_SET} WHERE desk_attempt.expires_at <= clock_timestamp()"
_DELETE = "DELETE FROM desk_attempt WHERE key = %s"
_SWEEP = """
DELETE FROM desk_attempt WHERE key IN (
    SELECT key FROM desk_attempt WHERE expires_at <= clock_timestamp() LIMIT 100 FOR UPDATE SKIP LOCKED
)
"""
_FOREVER = timedelta(days=36_500)


class AttemptsCache(BaseCache):
    """A Django cache over the table of attempts."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or ``default`` where there is none any more."""
        with connection.cursor() as cursor:
            cursor.execute(_GET, [self._place(key, version)])
            row = cursor.fetchone()
        return default if row is None else json.loads(row[0])

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keeps the value, and removes some that have expired."""
        with connection.cursor() as cursor:
            cursor.execute(_SET, self._row(key, value, timeout, version))
            cursor.execute(_SWEEP)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keeps the value where there is none; whether it did."""
        with connection.cursor() as cursor:
            cursor.execute(_ADD, self._row(key, value, timeout, version))
            return bool(cursor.rowcount)

    def delete(self, key: str, version: int | None = None) -> bool:
        """Removes the value; whether there was one."""
        with connection.cursor() as cursor:
            cursor.execute(_DELETE, [self._place(key, version)])
            return bool(cursor.rowcount)

    def clear(self) -> None:
        """Removes everything."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM desk_attempt")

    def _place(self, key: str, version: int | None) -> bytes:
        return hashlib.sha256(self.make_and_validate_key(key, version=version).encode()).digest()

    def _row(self, key: str, value: Any, timeout: Any, version: int | None) -> list[Any]:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        lasts = _FOREVER if seconds is None else timedelta(seconds=seconds)
        return [self._place(key, version), json.dumps(value), datetime.now(UTC) + lasts]
