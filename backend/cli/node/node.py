"""A node being started: its database, its first keys and person, its processes, until it is ready."""

import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from backend.cli.node import child, roles
from backend.cli.node.account import postgres_account
from backend.cli.node.binaries import shared_programs, wheel_programs
from backend.cli.node.cluster import CONFIGURATION, Cluster
from backend.cli.node.errors import NodeError
from backend.cli.node.home import CHECKOUT, Home, NodeSettings
from backend.cli.node.processes import KEYS, MIGRATE, SERVED, Process, arguments, environment
from backend.cli.node.supervisor import Supervisor, log_of

READY_WITHIN = 60.0  # seconds
LONGEST_LOG = 10 * 1024 * 1024  # bytes at which a log is put aside at the next start


@dataclass
class Node:
    """One node of this machine, in the hands of the process that holds its home's lock."""

    home: Home
    settings: NodeSettings
    mode: str
    supervisor: Supervisor

    def start_database(self) -> None:
        """PostgreSQL, made at the first start; NodeError where it does not come up."""
        cluster = cluster_of(self.home)
        passwords = roles.make_passwords(self.home.folder("secrets"))
        if not cluster.exists:
            cluster.initialise(roles.bootstrap_statements(passwords), roles.access_rules())
        cluster.write_rules(roles.access_rules())
        server = self.supervisor.start("postgres", cluster.start, stops_by=signal.SIGINT)
        cluster.wait_until_ready(server)

    def migrate(self) -> None:
        """Migrations and grants, as the owner, in a process that ends."""
        self._act(MIGRATE, "backend.cli.node.migrating")

    def found(self) -> Mapping[str, str]:
        """The keys and the first administrator where they are missing; what a person must be told, once."""
        said = self._act(KEYS, "backend.cli.node.founding")
        found: Mapping[str, str] = json.loads(said)
        return found

    def start_processes(self, processes: Sequence[Process] = SERVED) -> None:
        """The processes that serve, in order; all of them where none are named."""
        for process in processes:
            self.supervisor.start(process.name, self._launcher(process), stops_by=signal.SIGTERM)

    def wait_until_ready(self, still_wanted: Callable[[], bool]) -> None:
        """Returns when edge and desk answer; NodeError, naming the log, where they do not in time."""
        deadline = time.monotonic() + READY_WITHIN
        for name, url in (
            ("desk", self._local(self.settings.desk_port)),
            ("edge", self._local(self.settings.edge_port)),
        ):
            while not answers(url):
                self.supervisor.look()
                if time.monotonic() > deadline:
                    raise NodeError(
                        f"the {name} did not answer at {url}/healthz within {READY_WITHIN:.0f} s; "
                        f"its log is {log_of(self.home.folder('log'), name)}"
                    )
                if not still_wanted():
                    return
                time.sleep(0.05)

    def _local(self, port: int) -> str:
        return f"http://127.0.0.1:{port}"

    def _launcher(self, process: Process) -> Callable[[], child.Child]:
        def launch() -> child.Child:
            with log_of(self.home.folder("log"), process.name).open("ab") as output:
                return child.start(
                    arguments(process, self.settings),
                    environment=environment(process, self.home, self.settings, mode=self.mode),
                    output=output,
                    folder=CHECKOUT,
                )

        return launch

    def _act(self, process: Process, module: str) -> str:
        log = log_of(self.home.folder("log"), process.name)
        with log.open("ab") as output:
            done = subprocess.run(  # noqa: S603 - the arguments are ours
                [sys.executable, "-m", module],
                env=environment(process, self.home, self.settings, mode=self.mode),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=output,
                cwd=CHECKOUT,
                umask=0o077,
                text=True,
                check=False,
            )
        if done.returncode:
            raise NodeError(f"the step {process.name!r} failed with code {done.returncode}; its log is {log}")
        return done.stdout


def cluster_of(home: Home) -> Cluster:
    """The home's PostgreSQL: the wheel's programs, for root a copy of them under an unprivileged account."""
    account = postgres_account()
    place = home.database_folder()
    return Cluster(
        data=place / "data",
        socket=home.socket_folder(),
        programs=shared_programs() if account.drop else wheel_programs(),
        account=account,
        log=log_of(home.folder("log"), "postgres"),
        configuration=CONFIGURATION,
    )


def answers(url: str) -> bool:
    """Whether the process behind `url` answers its health check with 200 now."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def put_aside_logs(folder: Path) -> None:
    """Renames what has grown beyond LONGEST_LOG to `.old`, replacing the one before."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_suffix(".log.old"))
