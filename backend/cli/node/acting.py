"""How a command of the administrator becomes one of the node's processes: its environment, then Django."""

import os
from pathlib import Path
from typing import Literal

from backend.cli.node.errors import NodeError
from backend.cli.node.home import Home
from backend.cli.node.processes import BY_NAME, environment

SETTINGS = {"owner": "backend.settings.owner", "desk": "backend.settings.owner"}
Act = Literal["keys", "act", "migrate"]


def act_as(act: Act, path: Path) -> None:
    """
    Takes on what the act may have, and sets Django up. "keys": owner's role and the identity; "act": the desk's role.

    With the home of a node of this machine everything comes from there, and the node must be running. Without one
    the environment as it stands says it: DATABASE_URL, COMITY_KEYS and the others.
    """
    home = Home(path)
    process = BY_NAME[act]
    settings = home.read_settings()
    if settings is None:
        begin(process.known_as)
        return
    if not home.processes():
        raise NodeError(f"the node of {path} is not running; start it with `comity up` and run this again.")
    for name, value in environment(process, home, settings, mode="development").items():
        if name != "PATH":
            os.environ[name] = value
    _set_up()


def begin(process: str) -> None:
    """Sets Django up with the settings of a process, everything else being as the environment has it."""
    os.environ["COMITY_PROCESS"] = process
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS[process]
    _set_up()


def _set_up() -> None:
    import django

    django.setup()
