"""
`python -m backend.cli.node.founding`: the node's keys and its first administrator, where they are missing.

Prints one JSON object with what a person must be told once and nobody can look up later; runs and ends.
"""

import json
import sys
from datetime import UTC, datetime

import django


def found(at: datetime) -> dict[str, str]:
    """Makes what is missing and returns what is to be said: recovery kit and its secret, name and password."""
    from django.conf import settings

    from backend.accounts import services
    from backend.vault import ceremony

    said: dict[str, str] = {}
    keys = ceremony.first_keys(settings.COMITY.home, at=at)
    if keys is not None:
        said |= {"kit": str(keys.kit), "kit_identity": keys.identity}
    ceremony.publish_keys(at=at)
    person = services.first_administrator(at=at)
    if person is not None:
        said |= {"username": person[0], "password": person[1]}
    return said


if __name__ == "__main__":
    django.setup()
    json.dump(found(datetime.now(UTC)), sys.stdout)
