"""
`python -m backend.cli.demonstration.offices`: the people of one node's offices, as the desk would let them act.

Reads one JSON command a line and answers with one JSON line. It runs with the desk's environment and calls the same
services as the pages. Everybody in it is plainly fictional.
"""

import json
import sys

import django

from backend.cli.demonstration.offices import letters, people, reports  # noqa: F401 - each adds its acts
from backend.cli.demonstration.offices.acts import ACTS, Answer


def main() -> None:
    """Answers commands until standard input ends; an error is answered, not raised."""
    from django.db import close_old_connections

    for line in sys.stdin:
        command = json.loads(line)
        close_old_connections()
        try:
            answer: Answer = {"answer": ACTS[command.pop("act")](**command)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}", "connection": _lost(error)}
            if _lost(error):
                django.db.connection.close()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _lost(error: Exception) -> bool:
    from django.db import InterfaceError, OperationalError

    return isinstance(error, OperationalError | InterfaceError)


if __name__ == "__main__":
    django.setup()
    main()
