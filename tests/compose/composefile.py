"""docker-compose.yml as data: what each service gets once the variables of .env are put in."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from backend.cli.node.home import CHECKOUT

SERVED = ("notary", "worker", "beat", "desk", "edge")
ACTS = ("migrate", "keys", "act")
VARIABLE = re.compile(r"\$\{(\w+)(?::\?([^}]*))?\}")


def services() -> dict[str, Any]:
    """The services as written, anchors resolved."""
    return read()["services"]


def read() -> dict[str, Any]:
    """The whole file."""
    return yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())


def make_env(file: Path, edge_url: str = "https://edge.example.org") -> Mapping[str, str]:
    """What compose/make-env.sh writes."""
    subprocess.run(
        ["sh", CHECKOUT / "compose" / "make-env.sh", "gd", "gd", edge_url, "https://desk.example.org"],
        env={"PATH": "/usr/bin:/bin", "COMITY_ENV_FILE": str(file)},
        check=True,
        capture_output=True,
    )
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def put_in(text: str, variables: Mapping[str, str]) -> str:
    """A value with its variables; KeyError where one is not there, as `docker compose` would refuse it."""
    return VARIABLE.sub(lambda found: variables[found[1]], text)


def environment(service: str, variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of a service."""
    return {name: put_in(value, variables) for name, value in services()[service]["environment"].items()}


def mounts(service: str) -> dict[str, tuple[str, bool]]:
    """The folders of a service: path in the container -> volume, and whether it may be written."""
    found = {}
    for entry in services()[service].get("volumes", []):
        volume, path, *mode = entry.split(":")
        found[path] = (volume, mode != ["ro"])
    return found
