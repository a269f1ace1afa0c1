"""`comity serve` and `comity roles`: a node's parts on servers where something else supervises."""

import signal
import subprocess
import sys
import time

import pytest

from backend.cli.node import child
from backend.cli.node.home import CHECKOUT
from backend.cli.node.node import answers
from backend.cli.node.roles import ROLES
from tests.ports import free_port

COMITY = [sys.executable, "-m", "backend.cli.main"]


def serve(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMITY, "serve", *arguments],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        timeout=180,
        check=False,
    )


@pytest.mark.parametrize("process", ["edge", "desk"])
def test_a_process_serves_alone_with_what_its_environment_says(pair_of_nodes, process):
    environment = pair_of_nodes.gd.env(process)
    del environment["DJANGO_SETTINGS_MODULE"]
    port = free_port()
    served = child.start(
        [*COMITY, "serve", process, "--port", str(port)],
        environment=environment,
        output=subprocess.DEVNULL,
        folder=CHECKOUT,
    )
    try:
        deadline = time.monotonic() + 90
        while not answers(f"http://127.0.0.1:{port}") and time.monotonic() < deadline:
            time.sleep(0.1)
        assert answers(f"http://127.0.0.1:{port}")
    finally:
        child.stop(served, signal.SIGTERM, 10)


@pytest.mark.parametrize(
    ("process", "missing"),
    [
        ("edge", "COMITY_NODE, COMITY_STATE, COMITY_SECRET_KEY, COMITY_EDGE_URL, COMITY_SEALED, DATABASE_URL"),
        ("beat", "COMITY_NODE, COMITY_STATE, BROKER_URL"),
        ("notary", "COMITY_NODE, COMITY_STATE, COMITY_KEYS, DATABASE_URL"),
    ],
)
def test_in_production_what_is_missing_is_one_sentence(process, missing):
    done = serve({"COMITY_ENV": "production"}, process)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"comity: COMITY_ENV=production and the process '{process}' lacks {missing}; set what is missing, development "
        "defaults are not used in production.\n"
    )


def test_the_roles_of_a_server_of_ones_own(tmp_path):
    first, second = (
        subprocess.run(
            [*COMITY, "roles", tmp_path / "secrets"], capture_output=True, text=True, cwd=CHECKOUT, check=True
        )
        for _ in range(2)
    )
    assert first.stdout == second.stdout
    for role in ROLES:
        assert f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '" in first.stdout
    assert "REVOKE ALL ON DATABASE comity FROM PUBLIC;" in first.stdout
