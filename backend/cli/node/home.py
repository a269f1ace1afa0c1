"""A node's home folder: what lies where, who it belongs to, and the lock that keeps a second supervisor out."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from backend.cli.node.binaries import SHARED
from backend.cli.node.cluster import LONGEST_SOCKET_FOLDER
from backend.cli.node.errors import NodeError
from backend.cli.node.files import PRIVATE_FILE, private_folder, write_private

# backend/cli/node/home.py lies three folders below the checkout.
CHECKOUT = Path(__file__).resolve().parents[3]
DEFAULT_HOME = CHECKOUT / "var" / "node"
FOLDERS = ("keys", "secrets", "sealed", "evidence", "run", "log", "tmp", "backups", "recovery")
KEY_GROUPS = ("identity", "notary", "worker", "desk", "shared")


@dataclass(frozen=True)
class NodeSettings:
    """What a home remembers of its node: `node.json`."""

    node: str
    state: str
    edge_port: int
    desk_port: int
    edge_url: str
    desk_url: str
    # Further variables of the edge's environment: how often one may ask it, which fronts it believes.
    edge: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Home:
    """The folder of one node; everything below it is private to the account that started it first."""

    path: Path

    def folder(self, name: str) -> Path:
        """One of FOLDERS."""
        return self.path / name

    def keys(self, group: str) -> Path:
        """The folder of a key group."""
        return self.path / "keys" / group

    def passfile(self, role: str) -> Path:
        """libpq's password file of a database role."""
        return self.path / "secrets" / f"{role}.pgpass"

    def make(self) -> None:
        """Makes the folders (0700); NodeError in one sentence where the place is not writable or not ours."""
        try:
            for folder in (self.path, *map(self.folder, FOLDERS)):
                private_folder(folder)
        except OSError as failed:
            raise NodeError(
                f"the home folder {self.path} cannot be made or written ({failed.strerror}); "
                "make it writable for this account or name another with --home."
            ) from failed

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Holds the home for this process; NodeError where another supervisor has it. The kernel frees it."""
        path = self.folder("run") / "lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
        with os.fdopen(descriptor, "r+") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as busy:
                owner = held.read().strip() or "unknown"
                raise NodeError(
                    f"the home folder {self.path} is in use by the process {owner}; "
                    "stop that node first or name another folder with --home."
                ) from busy
            held.truncate(0)
            held.write(f"{os.getpid()}\n")
            held.flush()
            yield

    def processes(self) -> Mapping[str, int]:
        """The process ids of the node that runs here, `supervisor` among them; empty where none is ready."""
        path = self.folder("run") / "processes.json"
        found: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
        # A supervisor that was killed leaves its file.
        return found if found and Path(f"/proc/{found['supervisor']}").exists() else {}

    def note_processes(self, found: Mapping[str, int]) -> None:
        """Remembers the present process ids; none where the node has stopped."""
        path = self.folder("run") / "processes.json"
        if found:
            write_private(path, json.dumps(dict(found)) + "\n")
        else:
            path.unlink(missing_ok=True)

    def read_settings(self) -> NodeSettings | None:
        """What `node.json` remembers; None before the first start; NodeError where it was damaged."""
        path = self.path / "node.json"
        if not path.exists():
            return None
        try:
            return NodeSettings(**json.loads(path.read_text()))
        except (ValueError, TypeError) as damaged:
            raise NodeError(f"{path} is damaged; restore it from a backup or name another folder with --home.") from (
                damaged
            )

    def write_settings(self, settings: NodeSettings) -> None:
        """Remembers the node's name, State and addresses."""
        write_private(self.path / "node.json", json.dumps(asdict(settings), indent=1) + "\n")

    def database_folder(self) -> Path:
        """
        Where PostgreSQL's data lie: `postgres/` of the home, which for root is a link to /var/lib/comity/<id>.

        PostgreSQL's account cannot enter root's folders; the random id keeps a new home from finding an old one's data.
        """
        place = self.path / "postgres"
        if os.geteuid() != 0:
            return private_folder(place)
        if not place.is_symlink():
            if place.exists():
                raise NodeError(f"{place} was made by an ordinary user and this is root; start the node as that user.")
            place.symlink_to(SHARED / secrets.token_hex(8))
        target = place.readlink()
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        target.mkdir(mode=0o700, exist_ok=True)
        # For the administrator who finds the folder and wonders whether it can go.
        (target / "home").write_text(f"{self.path}\n")
        return target

    def socket_folder(self) -> Path:
        """PostgreSQL's socket folder: short, 0700; beside the data for root, else in the home where that is short."""
        if os.geteuid() == 0:
            return self.database_folder() / "run"
        place = self.folder("run") / "pg"
        if len(os.fsencode(place)) <= LONGEST_SOCKET_FOLDER:
            return private_folder(place)
        return private_folder(_short_folder() / _short_name(self.path))


def _short_folder() -> Path:
    runtime = Path(f"/run/user/{os.geteuid()}")
    if os.access(runtime, os.W_OK):
        return runtime
    # /tmp is everybody's: private_folder() refuses one that another account made in our name.
    return private_folder(Path(f"/tmp/comity-{os.geteuid()}"))  # noqa: S108


def _short_name(path: Path) -> str:
    found = path.stat()
    return f"comity-{found.st_dev:x}-{found.st_ino:x}"
