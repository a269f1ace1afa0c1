"""A database connection outside Django's, for what that does not offer: LISTEN, session locks, snapshots, streaming."""

from typing import Any

import psycopg
from django.db import connections


def open_connection() -> psycopg.Connection[tuple[Any, ...]]:
    """A new connection in autocommit, as the role of this process. Raises psycopg.OperationalError."""
    parameters = connections["default"].get_connection_params()
    # Django's adapters read and write for its models; what is compared byte by byte here wants the driver's own.
    ours = {name: value for name, value in parameters.items() if name not in ("cursor_factory", "context")}
    ours["prepare_threshold"] = 5
    return psycopg.Connection.connect(autocommit=True, **ours)
