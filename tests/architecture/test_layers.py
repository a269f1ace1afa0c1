"""The import contracts of pyproject.toml, and what no linter sees."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from backend.cli.node.home import CHECKOUT
from backend.cli.node.processes import BY_NAME

ROOTS = ("crypto", "backend", "referral", "learning")


def sources() -> list[Path]:
    return [path for root in ROOTS for path in sorted((CHECKOUT / root).rglob("*.py"))]


def test_the_import_contracts_hold():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_contracts_are_those_of_the_design():
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert [contract["name"] for contract in contracts] == [
        "Arrows point down only",
        "Every part of backend has its layer",
        "Nothing imports what learns the wording",
        "Only the vault imports private-key code",
        "Edge, intake and units reach neither the vault nor private-key code",
        "Nothing imports the settings",
    ]
    assert contracts[1]["exhaustive"]


# Applications are loaded from strings, which no linter follows: the edge is started, as it is served, and looked at.
LOOK = """
import sys
from backend.edge.asgi import application
from django.apps import apps
from django.conf import settings
assert callable(application)
print(",".join(sorted(config.name for config in apps.get_app_configs())))
print(",".join(sorted(sys.modules)))
"""
FORBIDDEN = (
    "crypto.keyholder",
    "backend.vault",
    "backend.accounts",
    "backend.incidents",
    "backend.desk",
    "backend.worker",
    "referral",
    "celery",
    "kombu",
    "allauth",
    "rest_framework",
    "pyhanko",
    "typst",
)


@pytest.fixture(scope="module")
def edge() -> tuple[list[str], list[str]]:
    """The applications and the modules of an edge process."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LOOK],
        env={
            "PATH": "/usr/bin:/bin",
            "DJANGO_SETTINGS_MODULE": BY_NAME["edge"].settings,
            "COMITY_PROCESS": "edge",
            "COMITY_SEALED": "/nowhere",
        },
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    applications, modules = done.stdout.splitlines()
    return applications.split(","), modules.split(",")


def test_the_edge_loads_no_application_but_its_own(edge):
    assert edge[0] == ["backend.audit", "backend.directory", "backend.edge", "backend.intake", "backend.units"]


@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_edge_has_nothing_in_memory_of(edge, name):
    assert "backend.intake.models" in edge[1]
    assert [module for module in edge[1] if module == name or module.startswith(f"{name}.")] == []


def reads_environment(tree: ast.AST) -> bool:
    """Whether code reads os.environ; `os.environ[…] = …` passes something on to what is started next."""
    written = {
        id(target.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Subscript)
    }
    return any(
        (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb") and id(node) not in written)
        or (isinstance(node, ast.Attribute) and node.attr in ("getenv", "getenvb"))
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {a.name for a in node.names} & {"environ", "getenv"}
        )
        for node in ast.walk(tree)
    )


@pytest.mark.long
def test_nothing_but_the_settings_reads_the_environment():
    found = [str(path.relative_to(CHECKOUT)) for path in sources() if reads_environment(ast.parse(path.read_text()))]
    assert found == ["backend/settings/environment.py"]


def test_nothing_reaches_out_of_the_checkout():
    """A user's clone has no folder beside it."""
    found = [path for path in sources() if "../shared" in path.read_text()]
    assert found == []
