"""`python -m tests.faults.up …`: `comity up`, its processes and PostgreSQL given the clock that jumps."""

import os
from collections.abc import Mapping
from typing import Any

import backend.cli.node.node as node
from backend.cli.node import cluster, processes
from backend.cli.up import command

CLOCK = ("LD_PRELOAD", "COMITY_FAULTS_CLOCK")


def give_the_clock() -> None:
    """Adds the clock's two variables to every environment that the supervisor builds from nothing."""
    ours = {name: os.environ[name] for name in CLOCK if name in os.environ}
    build = processes.environment

    def environment(*arguments: Any, **named: Any) -> Mapping[str, str]:
        return {**build(*arguments, **named), **ours}

    node.environment = environment  # type: ignore[attr-defined, assignment]
    cluster.ENVIRONMENT = {**cluster.ENVIRONMENT, **ours}


if __name__ == "__main__":
    give_the_clock()
    command()
