"""
A pytest plugin (`-p tests.cluster`): one PostgreSQL cluster per test run, made of the wheel's programs.

The process that runs pytest starts it and ends it; xdist's workers find it by the environment, which is set before
pytest-django reads the settings. Each worker gets a database of its own, copied from one migrated template.
"""

import atexit
import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.cli.node import child, roles
from backend.cli.node.account import postgres_account
from backend.cli.node.binaries import shared_programs, wheel_programs
from backend.cli.node.cluster import CONFIGURATION, Cluster
from scripts.translations import compile_all

FOLDER = "COMITY_TEST_FOLDER"
TEMPLATE = "comity_template"


def _is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def folder() -> Path:
    """The folder of this test run, known to its processes by the environment."""
    return Path(os.environ[FOLDER])


def database_name() -> str:
    """The database of this xdist worker."""
    return f"comity_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def database_url(role: str, database: str | None = None) -> str:
    """How `role` logs in to a database of the run's cluster (this worker's own where none is named)."""
    home = folder()
    passfile = home / "secrets" / f"{role}.pgpass"
    return f"postgresql:///{database or database_name()}?host={home / 'run'}&user={role}&passfile={passfile}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Says where the run's node would live before any settings are read."""
    if not _is_worker():
        # In /tmp and short: a socket's path has 107 bytes, and PostgreSQL's account must be able to enter.
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="comity-test-", dir="/tmp")  # noqa: S108
        os.chmod(folder(), 0o711)  # noqa: S103
        atexit.register(_remove, folder(), os.getpid())
    home = folder() / "home" / database_name()
    os.environ.update(
        COMITY_ENV="development",
        COMITY_PROCESS="test",
        COMITY_NODE="gd",
        COMITY_STATE="gd",
        COMITY_HOME=str(home),
        COMITY_KEYS=":".join(
            str(home / "keys" / group) for group in ("identity", "notary", "worker", "desk", "shared")
        ),
        DATABASE_URL=database_url(roles.OWNER),
    )
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Starts the cluster in the process that runs pytest; it takes half a second. Catalogues are compiled once."""
    if _is_worker():
        return
    compile_all()
    cluster = _cluster()
    passwords = roles.make_passwords(folder() / "secrets")
    cluster.initialise(roles.bootstrap_statements(passwords) + "ALTER ROLE comity_owner CREATEDB;\n", _rules())
    server = cluster.start()
    session.config.stash[_SERVER] = server
    cluster.wait_until_ready(server, 180)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the cluster and removes everything the run left."""
    if _is_worker() or FOLDER not in os.environ:
        return
    server = config.stash.get(_SERVER, None)
    if server is not None:
        child.stop(server, signal.SIGINT, 10)
    _remove(folder(), os.getpid())


def _remove(path: Path, process: int) -> None:
    # Also registered with atexit, for a run that ended before it began; a forked child must not take it away.
    if os.getpid() == process:
        shutil.rmtree(path, ignore_errors=True)


_SERVER = pytest.StashKey[child.Child]()


def _cluster() -> Cluster:
    programs = shared_programs() if os.geteuid() == 0 else wheel_programs()
    home = folder()
    return Cluster(
        data=home / "postgres" / "data",
        socket=home / "run",
        programs=programs,
        account=postgres_account(),
        log=home / "postgres.log",
        configuration={**CONFIGURATION, "max_connections": "120"},
    ).disposable()


def _rules() -> str:
    """Every role to every database of the run, which has several; by password, as in a node."""
    return f"local all {','.join(roles.ROLES)} scram-sha-256\n"


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Lets one process of the run at a time do what follows."""
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
