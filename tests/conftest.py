"""Set-up that all tests share: the run's database, logins as each role, no network beyond this machine."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from backend.cli.node import roles
from backend.cli.node.grants import apply_grants
from backend.intake import sweeping
from tests import cluster
from tests.nodes import Pair, running_pair

# However slow the machine is, an example is not a failure; the rest is as hypothesis has it there.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Django's own, which nothing changes: what a test leaves is emptied around them.
_KEPT = frozenset({"django_content_type", "auth_permission"})


def _emptied(_case: TransactionTestCase) -> None:
    """What a test that commits leaves is removed. Django's own way makes all permissions anew each time: 0.2 s."""
    tables = [name for name in connection.introspection.django_table_names(include_views=False) if name not in _KEPT]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables)  # noqa: S608
        )
        filled = [name for (name,) in cursor.fetchall()]
        if filled:
            cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")


def pytest_configure() -> None:
    """Tests that commit leave an empty database behind them."""
    TransactionTestCase._fixture_teardown = _emptied  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """This worker's database, copied from a template that the first worker migrates and grants."""
    with cluster.one_at_a_time("template"):
        with django_db_blocker.unblock():
            _make_template()
        with _administrator() as connection:
            connection.execute(f"CREATE DATABASE {cluster.database_name()} TEMPLATE {cluster.TEMPLATE}")
            for role in roles.PROCESS_ROLES:
                connection.execute(f"GRANT CONNECT ON DATABASE {cluster.database_name()} TO {role}")
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def as_role(transactional_db: None) -> Iterator[Callable[[str], psycopg.Connection]]:
    """Logs in to the test's database as a process's role ("edge", "desk", "worker", "notary"), by its own password."""
    opened: list[psycopg.Connection] = []

    def connect(process: str) -> psycopg.Connection:
        opened.append(psycopg.connect(cluster.database_url(f"comity_{process}"), autocommit=True))
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


@pytest.fixture
def seen_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if an earlier sweep had seen each file that no row names: the next one removes it."""
    monkeypatch.setattr(sweeping, "SEEN_AGAIN", 0.0)


@pytest.fixture(scope="session")
def pair_of_nodes() -> Iterator[Pair]:
    """Two real nodes, gd and cr, on loopback; all tests that use them run in one xdist worker."""
    folder = cluster.folder() / "nodes"
    folder.mkdir(mode=0o700)
    with running_pair(folder) as pair:
        yield pair


@pytest.hookimpl(tryfirst=True)
def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names long values by their argument and place: a key made at random would give each worker other tests."""
    return argname if isinstance(val, str | bytes) and len(val) > 40 else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps the tests that share the two nodes together, and marks them."""
    for item in items:
        if "pair_of_nodes" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("nodes"))
            item.add_marker(pytest.mark.journey)


def _administrator() -> psycopg.Connection:
    return psycopg.connect(cluster.database_url(roles.OWNER, roles.DATABASE), autocommit=True)


def _make_template() -> None:
    with _administrator() as administrator:
        found = administrator.execute("SELECT 1 FROM pg_database WHERE datname = %s", [cluster.TEMPLATE]).fetchone()
        if found:
            return
        administrator.execute("CREATE DATABASE comity_unfinished TEMPLATE template0")
        settings = connections["default"].settings_dict
        ours, settings["NAME"] = settings["NAME"], "comity_unfinished"
        try:
            call_command("migrate", verbosity=0, interactive=False)
            with psycopg.connect(cluster.database_url(roles.OWNER, "comity_unfinished"), autocommit=True) as owner:
                apply_grants(owner)
        finally:
            connections["default"].close()
            settings["NAME"] = ours
        administrator.execute(f"ALTER DATABASE comity_unfinished RENAME TO {cluster.TEMPLATE}")
