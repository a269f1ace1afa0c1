"""The database roles of a node, their databases, and what a session of PostgreSQL's single-user mode makes of them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backend.cli.node.files import private_folder, read_private, write_private

DATABASE = "comity"
BROKER_DATABASE = "comity_broker"
OWNER = "comity_owner"
# One role per process, and the queue's own, so that beat can reach the queue and nothing else.
ROLES = ("comity_owner", "comity_edge", "comity_desk", "comity_worker", "comity_notary", "comity_broker")
PROCESS_ROLES = ("comity_edge", "comity_desk", "comity_worker", "comity_notary")
BROKER = "comity_broker"


@dataclass(frozen=True)
class Login:
    """How one process logs in as one role: a password file that only it reads."""

    role: str
    passfile: Path


def make_passwords(folder: Path) -> Mapping[str, str]:
    """A random password for each role, written as libpq password files `<role>.pgpass` (0600) into `folder`."""
    private_folder(folder)
    made = {}
    for role in ROLES:
        file = folder / f"{role}.pgpass"
        if not file.exists():
            write_private(file, f"*:*:*:{role}:{secrets.token_urlsafe(32)}\n")
        made[role] = read_private(file).strip().rsplit(":", 1)[1]
    return made


def bootstrap_statements(passwords: Mapping[str, str]) -> str:
    """
    SQL for `postgres --single`, one statement a line: roles, databases, and nothing for PUBLIC.

    Passwords are token_urlsafe, so that they need no quoting; PostgreSQL stores their SCRAM verifiers only.
    """
    lines = [
        f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '{passwords[role]}';"
        for role in ROLES
    ]
    for database, owner in ((DATABASE, OWNER), (BROKER_DATABASE, BROKER)):
        lines += [
            f"CREATE DATABASE {database} OWNER {owner} TEMPLATE template0;",
            f"REVOKE ALL ON DATABASE {database} FROM PUBLIC;",
        ]
    lines += [f"GRANT CONNECT ON DATABASE {DATABASE} TO {role};" for role in PROCESS_ROLES]
    lines += ["REVOKE ALL ON DATABASE postgres FROM PUBLIC;", "REVOKE ALL ON DATABASE template1 FROM PUBLIC;"]
    return "\n".join(lines) + "\n"


def access_rules() -> str:
    """`pg_hba.conf`: each role to its own database over the socket by SCRAM; nobody else, no superuser, no network."""
    roles = ",".join((OWNER, *PROCESS_ROLES))
    return (
        "# Written at the first start. No trust, no superuser, no TCP.\n"
        f"local {DATABASE} {roles} scram-sha-256\n"
        f"local {BROKER_DATABASE} {BROKER} scram-sha-256\n"
    )
