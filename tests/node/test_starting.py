"""What keeps a node from starting, each in one clear sentence, and what it remembers."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from backend.cli.node import binaries, roles
from backend.cli.node.errors import NodeError
from backend.cli.node.files import private_folder, read_private, write_private
from backend.cli.node.home import CHECKOUT, Home, NodeSettings
from backend.cli.node.ports import require_free_port
from backend.cli.node.running import Wishes, settle
from tests.ports import free_port


def up(*arguments: object) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "backend.cli.main", "up", *map(str, arguments)],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        timeout=180,
        check=False,
    )
    return done.returncode, done.stderr


def test_a_port_in_use_is_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, said = up("--home", tmp_path / "home", "--edge-port", port, "--desk-port", free_port())
    assert code == 1
    assert said == (
        f"comity: port {port} for the edge is in use by another program; "
        "stop that program or choose another port with --edge-port.\n"
    )


def test_a_free_port_is_fine():
    require_free_port(free_port(), "edge", "--edge-port")


def test_a_home_that_cannot_be_written_is_one_sentence():
    # Nobody, root among them, makes folders here.
    code, said = up("--home", "/proc/comity-home", "--edge-port", free_port(), "--desk-port", free_port())
    assert code == 1
    assert said.startswith("comity: the home folder /proc/comity-home cannot be made or written (")
    assert said.endswith("make it writable for this account or name another with --home.\n")
    assert said.count("\n") == 1


def test_a_home_that_another_supervisor_holds_is_one_sentence(tmp_path):
    home = Home(tmp_path / "home")
    home.make()
    with home.lock():
        code, said = up("--home", home.path, "--edge-port", free_port(), "--desk-port", free_port())
    assert code == 1
    assert said == (
        f"comity: the home folder {home.path} is in use by the process {os.getpid()}; "
        "stop that node first or name another folder with --home.\n"
    )


def test_the_lock_is_free_again_afterwards(tmp_path):
    home = Home(tmp_path / "home")
    home.make()
    for _ in range(2):
        with home.lock():
            pass


def test_a_platform_without_postgresql_is_one_sentence(monkeypatch):
    assert (binaries.wheel_programs() / "postgres").is_file()
    monkeypatch.setattr(binaries, "PACKAGE", "no_such_package")
    with pytest.raises(NodeError, match="there are no PostgreSQL 18 programs for this platform"):
        binaries.wheel_programs()


def test_a_home_open_to_others_is_refused(tmp_path):
    home = Home(tmp_path / "home")
    home.make()
    home.keys("desk").mkdir(mode=0o700)
    home.folder("keys").chmod(0o750)
    with pytest.raises(NodeError, match="has mode 0750, readable or writable by others; chmod 700"):
        home.make()


def test_a_folder_of_another_account_is_refused(tmp_path):
    mine = private_folder(tmp_path / "mine")
    if os.geteuid() == 0:
        os.chown(mine, 65534, 65534)
        others, uid = mine, 65534
    else:
        others, uid = Path("/usr"), 0
    with pytest.raises(NodeError, match=f"belongs to the account with uid {uid} and this is uid {os.geteuid()}"):
        private_folder(others)


def test_a_password_file_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "x.pgpass"
    write_private(path, "secret\n")
    assert read_private(path) == "secret\n"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(NodeError, match="is readable by others; chmod 600"):
        read_private(path)


def test_passwords_are_made_once_and_one_file_a_role(tmp_path):
    folder = private_folder(tmp_path / "secrets")
    first = roles.make_passwords(folder)
    assert roles.make_passwords(folder) == first
    assert len(set(first.values())) == len(roles.ROLES)
    assert {path.stem for path in folder.iterdir()} == set(roles.ROLES)


def test_the_rules_of_access_trust_nobody_and_let_no_superuser_in():
    lines = [line.split() for line in roles.access_rules().splitlines() if not line.startswith("#")]
    assert {line[0] for line in lines} == {"local"}
    assert {line[3] for line in lines} == {"scram-sha-256"}
    named = {role for line in lines for role in line[2].split(",")}
    assert named == set(roles.ROLES)
    assert {line[1] for line in lines} == {"comity", "comity_broker"}


REMEMBERED = NodeSettings("gd", "gd", 8100, 8101, "http://127.0.0.1:8100", "https://desk.example.org")


def test_a_home_remembers_its_node_and_an_outside_address():
    settled = settle(REMEMBERED, Wishes(edge_port=9100), Path("/h"), "development")
    assert settled == NodeSettings("gd", "gd", 9100, 8101, "http://127.0.0.1:9100", "https://desk.example.org")


def test_a_home_of_one_node_is_not_anothers():
    with pytest.raises(NodeError, match="is that of the node 'gd' of 'gd', not of 'cr' of 'cr'"):
        settle(REMEMBERED, Wishes(node="cr", state="cr"), Path("/h"), "development")


def test_production_wants_addresses_with_tls():
    with pytest.raises(NodeError, match="in production --edge-url must be an https address"):
        settle(REMEMBERED, Wishes(), Path("/h"), "production")
    wishes = Wishes(edge_url="https://edge.example.org/")
    assert settle(REMEMBERED, wishes, Path("/h"), "production").edge_url == "https://edge.example.org"


def test_edge_and_desk_do_not_share_a_port():
    with pytest.raises(NodeError, match="cannot share the port 8101"):
        settle(REMEMBERED, Wishes(edge_port=8101), Path("/h"), "development")
