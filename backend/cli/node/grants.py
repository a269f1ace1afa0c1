"""The one file of grants, as statements for the owner and as a list to compare with PostgreSQL's catalogue."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg import sql

from backend.cli.node.errors import NodeError
from backend.cli.node.roles import PROCESS_ROLES

FILE = Path(__file__).resolve().parents[2] / "settings" / "grants.yaml"
RIGHT = re.compile(r"(SELECT|INSERT|UPDATE|DELETE|MAINTAIN)(?:\(([a-z0-9_, ]+)\))?")


@dataclass(frozen=True, order=True)
class Grant:
    """One right of one role. `column` is empty where the right is on the whole; `kind` is table or function."""

    role: str
    kind: str
    thing: str
    right: str
    column: str


@cache
def written_grants() -> frozenset[Grant]:
    """Every grant of the file; NodeError, naming the entry, where it cannot be read as one."""
    document = yaml.safe_load(FILE.read_text())
    return frozenset(_table_grants(document["tables"])) | frozenset(_function_grants(document["functions"]))


def found_grants(connection: psycopg.Connection[Any]) -> frozenset[Grant]:
    """Every grant that the roles (and PUBLIC) have in the database's schema `public`, from the catalogue."""
    rows = connection.execute(_CATALOGUE, {"roles": list(PROCESS_ROLES)}).fetchall()
    return frozenset(Grant(*row) for row in rows)


def apply_grants(connection: psycopg.Connection[Any]) -> None:
    """Takes every right from the processes' roles and gives those of the file, in one transaction, as the owner."""
    roles = sql.SQL(", ").join([sql.Identifier(role) for role in PROCESS_ROLES])
    with connection.transaction():
        # One at a time: two starts on one database would meet in the catalogue's rows.
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('comity grants'))")
        _require_things(connection)
        for column in _column_grants(connection):
            connection.execute(column)
        for statement in _TAKE:
            connection.execute(sql.SQL(statement).format(roles=roles))
        for grant in sorted(written_grants()):
            connection.execute(_statement(grant))


# Functions are EXECUTE for PUBLIC by default, in the catalogue of defaults as well as on each.
_TAKE = (
    "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "REVOKE ALL ON SCHEMA public FROM {roles}",
    "GRANT USAGE ON SCHEMA public TO {roles}",
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {roles}",
    "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {roles}",
    "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, {roles}",
)

_CATALOGUE = """
WITH holder AS (
    SELECT 0::oid AS oid, 'PUBLIC' AS name UNION ALL SELECT oid, rolname FROM pg_roles WHERE rolname = ANY(%(roles)s)
), thing AS (
    SELECT 'table' AS kind, c.relname::text AS thing, '' AS column, c.relacl AS acl
      FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    UNION ALL
    SELECT 'table', c.relname, a.attname, a.attacl
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'sequence', c.relname, '', c.relacl
      FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S'
    UNION ALL
    SELECT 'function', p.oid::regprocedure::text, '', coalesce(p.proacl, acldefault('f', p.proowner))
      FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
)
SELECT h.name, t.kind, t.thing, x.privilege_type, t.column
  FROM thing t CROSS JOIN LATERAL aclexplode(t.acl) x JOIN holder h ON h.oid = x.grantee
"""


def _table_grants(tables: Mapping[str, Mapping[str, list[str]]]) -> Iterator[Grant]:
    for table, processes in tables.items():
        for process, rights in processes.items():
            for written in rights:
                match = RIGHT.fullmatch(written)
                if match is None:
                    raise NodeError(f"{FILE.name}: {table}: {process}: {written!r} is no right; write {RIGHT.pattern}")
                for column in (match[2] or "").split(","):
                    yield Grant(_role(process), "table", table, match[1], column.strip())


def _function_grants(functions: Mapping[str, list[str]]) -> Iterator[Grant]:
    for signature, processes in functions.items():
        for process in processes:
            yield Grant(_role(process), "function", signature, "EXECUTE", "")


def _role(process: str) -> str:
    role = f"comity_{process}"
    if role not in PROCESS_ROLES:
        raise NodeError(f"{FILE.name}: {process!r} is no process with a role; write one of edge, desk, worker, notary.")
    return role


def _statement(grant: Grant) -> sql.Composed:
    right = sql.SQL(grant.right)  # one of RIGHT's words
    if grant.column:
        right = sql.SQL("{} ({})").format(right, sql.Identifier(grant.column))  # type: ignore[assignment]
    # A signature is PostgreSQL's own text (regprocedure), checked by _require_things against the catalogue.
    thing = sql.SQL(grant.thing) if grant.kind == "function" else sql.Identifier("public", grant.thing)
    return sql.SQL("GRANT {} ON {} {} TO {}").format(right, sql.SQL(grant.kind), thing, sql.Identifier(grant.role))


def _column_grants(connection: psycopg.Connection[Any]) -> list[sql.Composed]:
    """REVOKE for each right on a column: one on the whole table leaves them in place."""
    return [
        sql.SQL("REVOKE ALL ({}) ON {} FROM {}").format(
            sql.Identifier(grant.column),
            sql.Identifier("public", grant.thing),
            sql.SQL("PUBLIC") if grant.role == "PUBLIC" else sql.Identifier(grant.role),
        )
        for grant in found_grants(connection)
        if grant.column
    ]


def _require_things(connection: psycopg.Connection[Any]) -> None:
    rows = connection.execute(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    ).fetchall()
    missing = {grant.thing for grant in written_grants()} - {row[0] for row in rows}
    if missing:
        raise NodeError(
            f"{FILE.name} grants rights on {', '.join(sorted(missing))}, which no migration makes; "
            "correct the name there, functions by their full signature as \\df prints it."
        )
