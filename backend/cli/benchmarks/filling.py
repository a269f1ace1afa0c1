"""Fills a node's tables with very many incidents: by SQL, since their reports are nobody's and are not measured.

Titles are encrypted as the worker encrypts them, sixteen incidents under a data key; what else is encrypted is random
bytes. Which indicators they have is told by a formula, so that a benchmark knows what to ask for. Of four that each has
most are nobody else's, some are of a series of eight incidents, some of a pool of 250,000 that repeats unevenly, and
one in fifty is one of ten that everybody has: of a million incidents the first of the ten is in 25,000.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from psycopg import sql

from backend.audit.storage import Connection
from backend.cli.benchmarks.node import TemporaryNode

EACH = 4  # indicators of an incident
TYPE = "email"
SHARING_A_KEY = 16
_TITLE = b"Payment diverted by a forged invoice"
_TABLES = ("incidents_incident", "incidents_indicator")
_TRIGGERS = (("incidents_incident", "incident_is_compared"), ("incidents_indicator", "indicator_is_compared"))

# The number of the value that incident `n` has in its place `p`; numbers of the four kinds lie apart. One expression:
# PostgreSQL takes it into the statement instead of calling it eight million times.
_FORMULA = """
CREATE FUNCTION bench_value(n bigint, p bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN (hashint8extended(n * 4 + p, 1) & 1048575) < 20971 THEN
            3000000000 + floor(10 * power((hashint8extended(n * 4 + p, 2) & 1048575) / 1048576.0::float8, 2))::bigint
        WHEN (hashint8extended(n * 4 + p, 1) & 1048575) < 115343 THEN 2000000000 + n / 8
        WHEN (hashint8extended(n * 4 + p, 1) & 1048575) < 429916 THEN
            1000000000
            + floor(250000 * power((hashint8extended(n * 4 + p, 2) & 1048575) / 1048576.0::float8, 3))::bigint
        ELSE n * 4 + p END
$$;
CREATE TABLE bench_token (value bigint PRIMARY KEY, token bytea NOT NULL);
CREATE UNLOGGED TABLE bench_incident (n bigint, id uuid, data_key uuid, title_ct bytea);
CREATE TABLE bench_plain (value text, incident uuid);
"""
_INCIDENTS = """
INSERT INTO incidents_incident
    (id, reference, unit_id, device_id, submission_id, data_key_id, reported_at, received_at, title_ct, report_ct,
     statement_ct)
SELECT b.id, 'GD-BENCH-' || b.n, d.unit_id, d.id, gen_random_uuid(), b.data_key, at, at, b.title_ct, '', ''
FROM bench_incident b CROSS JOIN (SELECT id, unit_id FROM units_device LIMIT 1) d
CROSS JOIN LATERAL (SELECT now() - (10000000 - b.n) * interval '30 seconds' AS at) t ORDER BY b.n
"""
_INDICATORS = """
INSERT INTO incidents_indicator (incident_id, type, normalisation, token, value_ct, position)
SELECT b.id, %(type)s, 1, coalesce(known.token, decode(md5('token ' || v.value), 'hex')),
    decode(md5(v.value::text) || md5(b.n::text), 'hex'), p
FROM bench_incident b CROSS JOIN generate_series(0, %(each)s - 1) p
CROSS JOIN LATERAL (SELECT bench_value(b.n, p) AS value) v LEFT JOIN bench_token known ON known.value = v.value
ORDER BY b.n, p
"""
_PLAIN = """
INSERT INTO bench_plain SELECT 'person' || bench_value(b.n, p) || '@lantern.example', b.id
FROM bench_incident b CROSS JOIN generate_series(0, %(each)s - 1) p ORDER BY b.n, p
"""


def keep_tokens(owner: Connection, tokens: Mapping[int, bytes]) -> None:
    """Keep, before the first filling, the tokens of the values that will be asked for, by number."""
    with owner.cursor() as cursor, cursor.copy("COPY bench_token FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int8", "bytea"])
        for row in tokens.items():
            copy.write_row(row)


def make_formula(owner: Connection) -> None:
    """Make the tables beside those of the node, and the function `bench_value(n, p)`."""
    owner.execute(_FORMULA)


def value_of(number: int) -> str:
    """The indicator behind a number of the formula."""
    return f"person{number}@lantern.example"


def fill(node: TemporaryNode, owner: Connection, count: int) -> None:
    """Bring the incidents made here up to `count`."""
    row = owner.execute("SELECT count(*) FROM incidents_incident WHERE reference LIKE 'GD-BENCH-%'").fetchone()
    start = int(row[0]) if row else 0
    if start >= count:
        return
    _keep_titles(owner, range(start, count))
    owner.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'; SET synchronous_commit = off")
    with _bare(owner, ("bench_plain", *_TABLES)):
        for statement in (_INCIDENTS, _INDICATORS, _PLAIN):
            # Not prepared: each of the three is told how many rows there are by now.
            owner.execute(statement, {"type": TYPE, "each": EACH} if "%(" in statement else None)
    owner.execute("CREATE INDEX IF NOT EXISTS bench_plain_value ON bench_plain (value)")
    for table in ("bench_plain", *_TABLES, "vault_datakey"):
        owner.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))


def _keep_titles(owner: Connection, numbers: range) -> None:
    """The ids, data keys and encrypted titles of these incidents, to be joined with the rest by SQL."""
    owner.execute("TRUNCATE bench_incident")
    with owner.cursor() as cursor:
        rows = list(_titles(numbers))
        with cursor.copy("COPY vault_datakey (id, wrapped, made_at) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["uuid", "bytea", "timestamptz"])
            for row in rows:
                if row.key is not None:
                    copy.write_row(row.key)
        with cursor.copy("COPY bench_incident FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int8", "uuid", "uuid", "bytea"])
            for row in rows:
                copy.write_row(row.title)
    owner.execute("ANALYZE bench_incident")


class _Row(NamedTuple):
    """What of an incident is made here: the data key's row, where it is a new one; number, id, data key's id, title."""

    key: tuple[UUID, bytes, datetime] | None
    title: tuple[int, UUID, UUID, bytes]


def _titles(numbers: Iterable[int]) -> Iterator[_Row]:
    from backend.incidents.columns import sealed
    from backend.incidents.models import Incident
    from backend.vault.columns import new_data_key

    at = datetime.now(UTC)
    for place, number in enumerate(numbers):
        new = place % SHARING_A_KEY == 0
        if new:
            row, key = new_data_key(at=at)
        pk = uuid4()
        title = sealed(key, Incident, pk, "title_ct", _TITLE)
        yield _Row((row.id, bytes(row.wrapped), at) if new else None, (number, pk, row.id, title))


@contextmanager
def _bare(owner: Connection, tables: Iterable[str]) -> Iterator[None]:
    """The tables without indexes, foreign keys and our triggers while they are filled; then as they were.

    Foreign keys come back unproved: the submissions and devices that these incidents would have are not there.
    """
    undone = [*_drop_constraints(owner, tables), *_drop_indexes(owner, tables)]
    for table, trigger in _TRIGGERS:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    yield
    for table, trigger in _TRIGGERS:
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    for statement in undone:
        owner.execute(statement)


def _drop_constraints(owner: Connection, tables: Iterable[str]) -> list[str]:
    found = owner.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype FROM pg_constraint "
        "WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('f', 'u') ORDER BY contype DESC",
        [list(tables)],
    ).fetchall()
    for table, name, _, _ in found:
        owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return [
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {made}"
        + (" NOT VALID" if kind == "f" and not made.endswith("NOT VALID") else "")
        for table, name, made, kind in found
    ]


def _drop_indexes(owner: Connection, tables: Iterable[str]) -> list[str]:
    found = owner.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
        "WHERE i.indrelid::regclass::text = ANY(%s) AND NOT i.indisprimary",
        [list(tables)],
    ).fetchall()
    for name, _ in found:
        owner.execute(f"DROP INDEX {name}")
    return [made for _, made in found]
