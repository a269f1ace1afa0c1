"""A PostgreSQL cluster of our own: initdb, its rules, its start command and when it is ready."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from backend.cli.node import child
from backend.cli.node.account import Account
from backend.cli.node.errors import DatabaseError, NodeError

# 108 bytes in the kernel's structure, one for the end, and PostgreSQL appends "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")
PORT = 5432
ENVIRONMENT: Mapping[str, str] = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

CONFIGURATION: Mapping[str, str] = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    # Of an error the log gets the message alone: DETAIL quotes rows, STATEMENT carries parameters.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_messages": "warning",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_duration": "off",
    "log_checkpoints": "off",
    "log_connections": "''",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}
# For a cluster whose contents are thrown away: never for a node.
DISPOSABLE: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """Where a cluster lies and who runs it. `programs` is a folder with initdb and postgres."""

    data: Path
    socket: Path
    programs: Path
    account: Account
    log: Path
    configuration: Mapping[str, str]

    @property
    def exists(self) -> bool:
        """Whether initialise() has finished here once."""
        return (self.data / "PG_VERSION").exists() and not self._unfinished.exists()

    @property
    def _unfinished(self) -> Path:
        return self.data.with_name(f"{self.data.name}.unfinished")

    def initialise(self, statements: str, rules: str) -> None:
        """Makes the cluster, its access rules and what `statements` say; what an interrupted start left is replaced."""
        shutil.rmtree(self.data, ignore_errors=True)
        self._own_folder(self.data.parent)
        self._unfinished.touch()
        self._own_folder(self.data)
        self._run(
            "initdb", "--pgdata", self.data, "--username=postgres", "--auth=reject", "--encoding=UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions",
        )  # fmt: skip
        self.write_rules(rules)
        # The superuser exists in single-user mode only: no line of pg_hba.conf lets it in.
        self._run("postgres", "--single", "-D", self.data, "postgres", statements=statements)
        self._unfinished.unlink()

    def write_rules(self, rules: str) -> None:
        """Writes pg_hba.conf and the configuration, owned by the account and readable by it alone."""
        settings = {**self.configuration, "unix_socket_directories": f"'{self.socket}'"}
        self._write("postgresql.auto.conf", "".join(f"{name} = {value}\n" for name, value in settings.items()))
        self._write("pg_hba.conf", rules)
        self._write("pg_ident.conf", "")

    def start(self) -> child.Child:
        """Starts the server as a child of the calling (main) thread; wait_until_ready() says when it answers."""
        if len(os.fsencode(self.socket)) > LONGEST_SOCKET_FOLDER:
            raise NodeError(
                f"the socket folder {self.socket} has {len(os.fsencode(self.socket))} bytes and at most "
                f"{LONGEST_SOCKET_FOLDER} work; choose a shorter home with --home."
            )
        self._hand_over()
        self._own_folder(self.socket)
        with self.log.open("ab") as output:
            return child.start(
                [self.programs / "postgres", "-D", self.data, "-p", str(PORT)],
                environment=ENVIRONMENT,
                output=output,
                dies_by=signal.SIGINT,
                drop=self.account.drop,
            )

    def wait_until_ready(self, server: child.Child, seconds: float = 30.0) -> None:
        """Returns when the server accepts connections; DatabaseError when it ends, or is not ready in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if server.poll() is not None:
                raise DatabaseError(f"PostgreSQL ended at once with code {server.returncode}; its log is {self.log}")
            if self._says_ready(server):
                return
            time.sleep(0.01)
        raise DatabaseError(f"PostgreSQL was not ready after {seconds:.0f} s; its log is {self.log}")

    def _says_ready(self, server: child.Child) -> bool:
        # postmaster.pid: line 1 the process id, line 8 the status (storage/pmsignal and miscadmin.h).
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(server.pid) and lines[7].strip() == "ready"

    def disposable(self) -> "Cluster":
        """The same cluster without durability, for contents that are thrown away."""
        return replace(self, configuration={**self.configuration, **DISPOSABLE})

    def _hand_over(self) -> None:
        """For root: gives the data to the account where they were another's, as after the account `comity` was made."""
        if os.geteuid() != 0 or self.data.stat().st_uid == self.account.uid:
            return
        for folder, _, files in os.walk(self.data.parent):
            for path in (folder, *(os.path.join(folder, name) for name in files)):
                os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)

    def _own_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder, self.account.uid, self.account.gid)
        os.chmod(folder, 0o700)

    def _write(self, name: str, content: str) -> None:
        path = self.data / name
        path.write_text(content)
        os.chmod(path, 0o600)
        if os.geteuid() == 0:
            os.chown(path, self.account.uid, self.account.gid)

    def _run(self, program: str, *arguments: str | Path, statements: str = "") -> None:
        done = subprocess.run(  # noqa: S603 - the arguments are ours
            [str(self.programs / program), *map(str, arguments)],
            input=statements.encode(),
            capture_output=True,
            env=dict(ENVIRONMENT),
            cwd="/",
            check=False,
            **self.account.drop,
        )
        # Single-user mode ends with 0 whatever it was told; what went wrong stands in its output.
        said = done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")
        failed = [line for line in said.splitlines() if "ERROR" in line or "FATAL" in line]
        if done.returncode or failed:
            # The statements carry passwords: of the output only the server's messages are repeated.
            reason = "; ".join(failed) or said.strip().splitlines()[-1:] or "no message"
            raise DatabaseError(f"{program} failed in {self.data} with code {done.returncode}: {reason}")
