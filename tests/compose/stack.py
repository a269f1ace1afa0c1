"""The services of docker-compose.yml as processes of this machine: their commands as they stand, other addresses."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from backend.cli.node import child
from backend.cli.node.account import postgres_account
from backend.cli.node.binaries import shared_programs, wheel_programs
from backend.cli.node.home import CHECKOUT, KEY_GROUPS
from tests.compose import composefile
from tests.compose.images import Image, build
from tests.ports import free_port

PATIENCE = 120  # seconds, on a very busy machine
IMAGE_OF = {"comity-edge": "edge", "comity-node": "node"}


@dataclass
class Stack:
    """PostgreSQL and the services; `said` is what each wrote."""

    folder: Path
    variables: Mapping[str, str]
    images: Mapping[str, Image]
    ports: Mapping[str, int]
    running: dict[str, child.Child] = field(default_factory=dict)

    def translate(self, text: str) -> str:
        """Addresses of the containers as addresses of this machine; nothing else is changed."""
        text = text.replace("@postgres/", f"@127.0.0.1:{self.ports['postgres']}/")
        text = text.replace("/srv/comity", str(self.folder / "srv")).replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        # Whole numbers alone: the digits also occur in other ports and in passwords.
        ports = {"8100": self.ports["edge"], "8101": self.ports["desk"]}
        return re.sub(r"\b810[01]\b", lambda found: str(ports[found[0]]), text)

    def environment(self, service: str) -> dict[str, str]:
        """What compose gives the service, in the environment of its image."""
        given = composefile.environment(service, self.variables)
        found = {name: self.translate(value) for name, value in given.items()}
        path = f"{self._image(service).programs}:/usr/bin:/bin"
        return {"LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", "PATH": path, **found}

    def run(self, service: str, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a service, or a command in its place, to its end."""
        return subprocess.run(
            self._arguments(service, list(command) or composefile.services()[service]["command"]),
            env=self.environment(service),
            cwd=self._image(service).folder,
            umask=0o077,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def start(self, service: str) -> None:
        """Starts a service that serves."""
        with self.log(service).open("wb") as output:
            self.running[service] = child.start(
                self._arguments(service, composefile.services()[service]["command"]),
                environment=self.environment(service),
                output=output,
                folder=self._image(service).folder,
            )

    def stop(self) -> dict[str, int]:
        """Stops everything as compose does, all at once; the exit codes."""
        for ended in self.running.values():
            ended.send_signal(signal.SIGTERM)
        codes = {}
        for service, ended in list(self.running.items()):
            codes[service] = ended.wait(PATIENCE)
            child.kill_group(self.running.pop(service))
        return codes

    def log(self, service: str) -> Path:
        """What a service wrote."""
        return self.folder / f"{service}.log"

    def is_healthy(self, service: str) -> bool:
        """Whether the service's own health check says so now."""
        check = composefile.services()[service]["healthcheck"]["test"]
        assert check[0] == "CMD"
        return self.run(service, *check[1:]).returncode == 0

    def connect(self, service: str, variable: str = "DATABASE_URL") -> psycopg.Connection:
        """A session with the service's own address."""
        address = self.environment(service)[variable].replace("pgmq://", "postgresql://")
        return psycopg.connect(address, autocommit=True)

    def _image(self, service: str) -> Image:
        return self.images[IMAGE_OF[composefile.services()[service]["image"]]]

    def _arguments(self, service: str, command: list[str]) -> list[str]:
        # Looked up here: Popen would look in our own PATH.
        program = shutil.which(command[0], path=self.environment(service)["PATH"])
        assert program, f"{command[0]} is not in the image of {service}"
        return [program, *map(self.translate, command[1:])]


@contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    """PostgreSQL as compose starts it, with its roles; no service yet. Everything is ended afterwards."""
    ports = {name: free_port() for name in ("postgres", "edge", "desk")}
    images = {stage: build(stage, folder / "images" / stage) for stage in ("edge", "node")}
    stack = Stack(folder, composefile.make_env(folder / "env"), images, ports)
    for name in ("sealed", "evidence", "tmp", "recovery", *(f"keys/{group}" for group in KEY_GROUPS)):
        (folder / "srv" / name).mkdir(mode=0o700, parents=True)
    (folder / "srv" / "keys").chmod(0o700)
    server = _start_postgres(stack)
    try:
        _make_roles(stack, server)
        yield stack
    finally:
        for service in list(stack.running):
            child.stop(stack.running.pop(service), signal.SIGTERM, 5)
        child.stop(server, signal.SIGINT, 10)


def wait_until(holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether it came to hold in time."""
    deadline = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def _start_postgres(stack: Stack) -> child.Child:
    """initdb with the image's arguments, then the service's command with paths and port of this machine."""
    programs = shared_programs() if os.geteuid() == 0 else wheel_programs()
    account, place = postgres_account(), stack.folder / "postgres"
    place.mkdir(mode=0o700)
    rules = place / "pg_hba.conf"
    written = (CHECKOUT / "compose" / "pg_hba.conf").read_text()
    # In the container the entry point is the account `postgres`, whom `peer` lets in; here it is not.
    rules.write_text(written.replace("peer\n", "trust\n"))
    for path in (place, rules):
        if os.geteuid() == 0:
            os.chown(path, account.uid, account.gid)
    given = composefile.environment("postgres", stack.variables)
    subprocess.run(
        [programs / "initdb", "--pgdata", place / "data", "--username=postgres", "--auth=reject", "--no-sync",
         *shlex.split(given["POSTGRES_INITDB_ARGS"])],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, cwd="/", check=True, capture_output=True, **account.drop,
    )  # fmt: skip
    command = [one.replace("/etc/comity/pg_hba.conf", str(rules)) for one in _command("postgres")]
    with (stack.folder / "postgres.log").open("wb") as output:
        return child.start(
            [programs / command[0], *command[1:], "-D", place / "data", f"-cport={stack.ports['postgres']}",
             "-clisten_addresses=127.0.0.1", f"-cunix_socket_directories={place}", "-cfsync=off"],
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, output=output, dies_by=signal.SIGINT,
            drop=account.drop,
        )  # fmt: skip


def _command(service: str) -> list[str]:
    found: list[str] = composefile.services()[service]["command"]
    return found


def _make_roles(stack: Stack, server: child.Child) -> None:
    """What the image's entry point does with its folder of scripts."""
    programs = shared_programs() if os.geteuid() == 0 else wheel_programs()
    ready = [str(programs / "pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={stack.ports['postgres']}"]
    assert wait_until(lambda: subprocess.run(ready, check=False).returncode == 0 or server.poll() is not None)
    done = subprocess.run(
        [programs / "psql", "-v", "ON_ERROR_STOP=1", "--no-psqlrc", "--quiet", "--no-password", "--username=postgres",
         f"--host={stack.folder / 'postgres'}", f"--port={stack.ports['postgres']}", "--dbname=postgres",
         "--file", CHECKOUT / "compose" / "roles.sql"],
        env={"PATH": "/usr/bin:/bin", **composefile.environment("postgres", stack.variables)},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
