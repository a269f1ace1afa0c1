"""Ports for the servers that tests start."""

import os
from pathlib import Path

from backend.cli.node import ports


def free_port() -> int:
    """A port that is free, and that this run's tests were not given before: it is opened only a while later."""
    while True:
        port, run = ports.free_port(), os.environ.get("COMITY_TEST_FOLDER")
        if run is None:  # `make faults`
            return port
        try:
            (Path(run) / f"port-{port}").touch(exist_ok=False)
        except FileExistsError:
            continue
        return port
