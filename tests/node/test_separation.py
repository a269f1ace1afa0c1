"""What each process of a running node may have, compared with the table of docs/architecture.md."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from backend.cli.node import roles
from backend.cli.node.home import CHECKOUT
from backend.cli.node.launcher import RunningNode
from backend.cli.node.processes import SERVED
from tests.node import proc

SERVED_NAMES = [process.name for process in SERVED]
ACTS = ("migrate", "keys", "act")


@dataclass(frozen=True)
class Has:
    keys: frozenset[str]
    role: str | None
    queue: bool
    folders: frozenset[str]


def documented() -> dict[str, Has]:
    """The table of the page: the first code word of each row is the process."""
    page = (CHECKOUT / "docs" / "architecture.md").read_text()
    found = {}
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 5 or not cells[0].startswith("`"):
            continue
        words = [re.findall(r"`([a-z_]+)`", cell) for cell in cells]
        role = words[2][0] if words[2] else None
        found[words[0][0]] = Has(frozenset(words[1]), role, cells[3] == "yes", frozenset(words[4]))
    return found


def given(environment: dict[str, str], node: RunningNode) -> Has:
    """What an environment gives, by everything in it that names something of this node."""
    folders = {"COMITY_SEALED": "sealed", "COMITY_EVIDENCE": "evidence", "TMPDIR": "tmp", "COMITY_HOME": "home"}
    keys = [Path(folder) for folder in environment.get("COMITY_KEYS", "").split(":") if folder]
    assert all(folder.parent == node.home.folder("keys") and folder.is_dir() for folder in keys)
    url = environment.get("DATABASE_URL")
    return Has(
        frozenset(folder.name for folder in keys),
        parse_qs(urlsplit(url).query)["user"][0] if url else None,
        "BROKER_URL" in environment,
        frozenset(name for variable, name in folders.items() if variable in environment),
    )


@pytest.mark.parametrize("name", SERVED_NAMES)
def test_a_process_runs_with_what_the_page_says_and_nothing_else(pair_of_nodes, name):
    node = pair_of_nodes.gd
    environment = proc.environment_of(node.processes()[name])
    assert given(environment, node) == documented()[name]
    # No other variable leads to a part of the home, and none carries a password.
    leads = {variable for variable, value in environment.items() if str(node.home.path) in value}
    assert leads <= {"COMITY_SEALED", "COMITY_EVIDENCE", "COMITY_KEYS", "TMPDIR", "DATABASE_URL", "BROKER_URL"}
    assert not any(
        password in str(environment) for password in roles.make_passwords(node.home.folder("secrets")).values()
    )


@pytest.mark.parametrize("name", ACTS)
def test_an_act_runs_with_what_the_page_says(pair_of_nodes, name):
    node = pair_of_nodes.gd
    assert given(node.env(name), node) == documented()[name]


def test_the_page_has_every_process():
    assert set(documented()) == {"supervisor", *SERVED_NAMES, *ACTS}


def login(url: str, role: str, database: str, password: str | None) -> psycopg.Connection:
    query = parse_qs(urlsplit(url).query)
    secret = {"password": password} if password else {"passfile": query["passfile"][0]}
    return psycopg.connect(host=query["host"][0], user=role, dbname=database, **secret)


@pytest.mark.parametrize("process", ["edge", "desk", "worker", "notary"])
def test_a_process_logs_in_as_itself_and_as_nobody_else(pair_of_nodes, process):
    node = pair_of_nodes.gd
    url = node.env(process)["DATABASE_URL"]
    password = roles.make_passwords(node.home.folder("secrets"))[f"comity_{process}"]
    with login(url, f"comity_{process}", roles.DATABASE, None) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (f"comity_{process}",)
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
    others = {*roles.ROLES, "postgres"} - {f"comity_{process}"}
    for role in sorted(others):
        for secret in (None, password):
            with pytest.raises(psycopg.OperationalError):
                login(url, role, roles.DATABASE, secret)
    for database in (roles.BROKER_DATABASE, "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError):
            login(url, f"comity_{process}", database, None)


def test_the_edge_reads_no_table_and_becomes_nobody_else(pair_of_nodes):
    with psycopg.connect(pair_of_nodes.gd.env("edge")["DATABASE_URL"], autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM edge_published_key").fetchone() > (0,)
        for statement in (
            "SELECT * FROM intake_submission",
            "SELECT * FROM audit_auditevent",
            "SELECT * FROM accounts_user",
            "SET ROLE comity_owner",
            "CREATE TABLE mine (x int)",
            "CREATE TEMPORARY TABLE mine (x int)",
            "SELECT pg_read_file('/etc/passwd')",
            "COPY (SELECT 1) TO PROGRAM 'true'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def mode_of(path: Path) -> int:
    """The mode of a file; none where the node, which works on, has just removed it."""
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return 0


def test_the_home_is_private_to_its_account(pair_of_nodes):
    home = pair_of_nodes.gd.home
    open_to_others = [path for path in home.path.rglob("*") if not path.is_symlink() and mode_of(path) & 0o077]
    # A socket's own mode says nothing where its folder is closed.
    assert [path for path in open_to_others if not path.is_socket()] == []
