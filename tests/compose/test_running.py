"""Each service of docker-compose.yml runs by its command as it stands, from what its image has, and ends by SIGTERM."""

import json
import re
import stat
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from tests import cluster
from tests.compose import composefile
from tests.compose.stack import running_stack, wait_until
from tests.compose.test_file import PRIVATE

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("compose")]


@pytest.fixture(scope="module")
def stack():
    # Below the run's folder, which PostgreSQL's account may enter.
    folder = Path(tempfile.mkdtemp(prefix="compose-", dir=cluster.folder()))
    folder.chmod(0o711)
    with running_stack(folder) as found:
        yield found


@pytest.fixture(scope="module")
def served(stack):
    """The order of the first start: migrate, keys, then what serves; what migrate and keys said."""
    said = {name: stack.run(name) for name in ("migrate", "keys")}
    assert [one.returncode for one in said.values()] == [0, 0], [one.stderr for one in said.values()]
    for service in composefile.SERVED:
        stack.start(service)
    return said


def test_keys_makes_every_group_and_says_what_nobody_can_look_up_later(stack, served):
    said = json.loads(served["keys"].stdout)
    assert set(said) == {"kit", "kit_identity", "username", "password"}
    assert said["kit_identity"].startswith("AGE-SECRET-KEY-")
    assert Path(said["kit"]).is_file()
    private = [path for path in (stack.folder / "srv" / "keys").rglob("*") if path.is_file()]
    assert {path.relative_to(stack.folder / "srv" / "keys").parts[0] for path in private} >= {
        "identity", "notary", "worker", "shared",
    }  # fmt: skip
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in private)


@pytest.mark.parametrize("service", ["desk", "edge"])
def test_what_has_a_health_check_becomes_healthy(stack, served, service):
    assert wait_until(lambda: stack.is_healthy(service)), stack.log(service).read_text()


def test_the_notary_signs_what_happened_so_far(stack, served):
    with stack.connect("notary") as connection:
        count = "SELECT count(*) FROM audit_checkpoint"
        assert wait_until(lambda: connection.execute(count).fetchone() > (0,)), stack.log("notary").read_text()


def test_the_worker_takes_what_wakes_it(stack, served):
    query = "SELECT total_messages > 0 AND queue_length = 0 FROM pgmq.metrics('wake')"

    def idle() -> bool:
        try:
            with stack.connect("worker", "BROKER_URL") as connection:
                return connection.execute(query).fetchone() == (True,)
        except psycopg.ProgrammingError:  # the queue is still being made
            return False

    assert wait_until(idle), stack.log("worker").read_text()


def test_the_edge_runs_without_anything_that_could_use_a_private_key(stack, served):
    looked = f"import importlib.util as u\nfor name in {PRIVATE}: print(name, bool(u.find_spec(name)))"
    for service, expected in (("desk", "True"), ("edge", "False")):
        done = stack.run(service, "python", "-c", looked)
        assert done.returncode == 0, done.stderr
        assert re.findall(r"^\S+ (\w+)$", done.stdout, re.MULTILINE) == [expected] * len(PRIVATE)


def test_a_role_reaches_its_own_database_and_the_superuser_none(stack, served):
    with stack.connect("edge") as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("comity_edge",)
    address = stack.environment("edge")["DATABASE_URL"]
    password = re.search(r":([^:@/]+)@", address)[1]
    refused = (
        address.replace("/comity", "/comity_broker"),
        address.replace("comity_edge", "comity_owner"),
        address.replace(f"comity_edge:{password}", f"postgres:{stack.variables['COMITY_SUPERUSER_PASSWORD']}"),
    )
    for other in refused:
        assert other != address
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(other)


def test_an_act_of_the_administrator_runs_as_the_desks_role(stack, served):
    listed = stack.run("act")
    assert (listed.returncode, listed.stdout) == (0, ""), listed.stderr
    exported = stack.run("act", "comity", "card", "export")
    assert json.loads(exported.stdout)["payload"]["addresses"] == {"edge": "https://edge.example.org"}, exported.stderr


def test_keys_of_the_coming_days_are_published_by_the_service_that_has_the_identity(stack, served):
    published = stack.run("keys", "comity", "keys", "publish")
    made_on = datetime.fromtimestamp(Path(json.loads(served["keys"].stdout)["kit"]).stat().st_mtime, UTC).date()
    if made_on != datetime.now(UTC).date() and published.stdout == "Made and published 1 keys.\n":
        published = stack.run("keys", "comity", "keys", "publish")  # midnight has passed: that was the new day's
    assert published.stdout == "Made and published 0 keys.\n", published.stderr
    refused = stack.run("act", "comity", "keys", "publish")
    assert refused.returncode != 0


def test_every_service_still_runs_and_stops_by_sigterm(stack, served):
    assert {name: process.poll() for name, process in stack.running.items()} == dict.fromkeys(composefile.SERVED)
    assert stack.stop() == dict.fromkeys(composefile.SERVED, 0)
    # The root of a container is read-only.
    assert {name: image.written() for name, image in stack.images.items()} == {"edge": set(), "node": set()}
