"""
The launch specification: for each process its command, database role, key groups and folders.

`docs/architecture.md` has the same as a table, and a test starts each process and compares.
"""

import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from backend.cli.node.files import read_private, write_private
from backend.cli.node.home import Home, NodeSettings
from backend.cli.node.ports import LOOPBACK
from backend.cli.node.roles import BROKER, BROKER_DATABASE, DATABASE

Command = Callable[[str, int], list[str]]
DESK_THREADS = 8
# What the options of `comity up` say to the edge (docs/operations.md, the settings).
SAID_TO_EDGE = ("COMITY_SENDER_RATE", "COMITY_ADDRESS_RATE", "COMITY_FRONTS")
STATIC = Path(__file__).resolve().parents[3] / "frontend" / "static"


@dataclass(frozen=True)
class Process:
    """What one process is and what it may have; nothing that is not listed here reaches its environment."""

    name: str
    known_as: str
    settings: str
    role: str | None
    keys: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    broker: bool = False
    secret: bool = False
    command: Command | None = None


def _granian(interface: str, target: str, *more: str) -> Command:
    def command(host: str, port: int) -> list[str]:
        return [
            sys.executable, "-m", "granian", "--interface", interface, "--http", "1", "--no-ws", "--workers", "1",
            "--host", host, "--port", str(port), "--log-level", "warning", *more, target,
        ]  # fmt: skip

    return command


def _plain(*arguments: str) -> Command:
    return lambda host, port: [sys.executable, "-m", *arguments]


EDGE = Process(
    "edge", "edge", "backend.settings.edge", "comity_edge", folders=("sealed",), secret=True,
    command=_granian("asgi", "backend.edge.asgi:application"),
)  # fmt: skip
DESK = Process(
    "desk", "desk", "backend.settings.desk", "comity_desk", keys=("desk", "shared"), folders=("evidence", "tmp"),
    secret=True,
    command=_granian("wsgi", "backend.desk.wsgi:application", "--blocking-threads", str(DESK_THREADS),
                     "--static-path-route", "/static", "--static-path-mount", str(STATIC)),
)  # fmt: skip
WORKER = Process(
    "worker", "worker", "backend.settings.worker", "comity_worker", keys=("worker", "shared"),
    folders=("sealed", "evidence", "tmp"), broker=True,
    command=_plain("backend.worker"),
)  # fmt: skip
BEAT = Process(
    "beat", "beat", "backend.settings.beat", None, broker=True,
    command=_plain("backend.worker.beat"),
)  # fmt: skip
NOTARY = Process(
    "notary", "notary", "backend.settings.notary", "comity_notary", keys=("notary",), command=_plain("backend.notary"),
)  # fmt: skip
# Acts that run and end: migrations without a key, the node's keys with the identity, people and devices as the desk.
MIGRATE = Process("migrate", "owner", "backend.settings.owner", "comity_owner")
KEYS = Process("keys", "owner", "backend.settings.owner", "comity_owner", keys=("identity",), folders=("home",))
DESK_ACT = Process(
    "act", "desk", "backend.settings.owner", "comity_desk", keys=("desk", "shared"), folders=("evidence", "tmp"),
)  # fmt: skip

# In the order of starting; stopping is the reverse.
SERVED: tuple[Process, ...] = (NOTARY, WORKER, BEAT, DESK, EDGE)
BY_NAME: Mapping[str, Process] = {one.name: one for one in (*SERVED, MIGRATE, KEYS, DESK_ACT)}


def environment(process: Process, home: Home, node: NodeSettings, *, mode: str) -> dict[str, str]:
    """The whole environment of a process: built from nothing, so that the starter's own variables stay with it."""
    found = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": process.settings,
        "COMITY_ENV": mode,
        "COMITY_PROCESS": process.known_as,
        "COMITY_NODE": node.node,
        "COMITY_STATE": node.state,
        "COMITY_EDGE_URL": node.edge_url,
        "COMITY_DESK_URL": node.desk_url,
        "COMITY_KEYS": ":".join(str(home.keys(group)) for group in process.keys),
    }
    if process.role:
        found["DATABASE_URL"] = login_url("postgresql", home, process.role, DATABASE)
    if process.broker:
        found["BROKER_URL"] = login_url("pgmq", home, BROKER, BROKER_DATABASE)
    if process.secret:
        found["COMITY_SECRET_KEY"] = _secret(home, process.name)
    if process is EDGE:
        found |= {name: node.edge[name] for name in SAID_TO_EDGE if name in node.edge}
    for folder, variable in (("sealed", "COMITY_SEALED"), ("evidence", "COMITY_EVIDENCE"), ("tmp", "TMPDIR")):
        if folder in process.folders:
            found[variable] = str(home.folder(folder))
    if "home" in process.folders:
        found["COMITY_HOME"] = str(home.path)
    return found


def login_url(scheme: str, home: Home, role: str, database: str) -> str:
    """How a role logs in over the node's socket; the password stays in its file."""
    options = {"host": str(home.socket_folder()), "user": role, "passfile": str(home.passfile(role))}
    return f"{scheme}:///{quote(database)}?{urlencode(options)}"


def arguments(process: Process, node: NodeSettings) -> list[str]:
    """The command line of a served process on this machine."""
    if process.command is None:
        raise ValueError(f"{process.name} is an act, not a process that serves")
    port = {"edge": node.edge_port, "desk": node.desk_port}.get(process.name, 0)
    return process.command(LOOPBACK, port)


def _secret(home: Home, process: str) -> str:
    path = home.folder("secrets") / f"{process}.secret"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(50))
    return read_private(path)
