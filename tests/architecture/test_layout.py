"""The layout that the import contracts and the documents speak of."""

import subprocess

import pytest

from backend.cli.node.home import CHECKOUT

PARTS = ("conventions", "audit", "directory", "accounts", "units", "intake", "vault", "incidents",
         "edge", "desk", "worker", "notary", "settings", "cli")  # fmt: skip


def tracked(*patterns: str) -> list[str]:
    done = subprocess.run(["git", "ls-files", *patterns], capture_output=True, text=True, cwd=CHECKOUT, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("part", PARTS)
def test_backend_has(part):
    assert (CHECKOUT / "backend" / part / "__init__.py").is_file()


def test_backend_has_nothing_else():
    found = {path.parent.name for path in (CHECKOUT / "backend").glob("*/__init__.py")}
    assert found == set(PARTS)


def test_crypto_knows_no_django_and_no_domain():
    imports = [
        line
        for path in (CHECKOUT / "crypto").rglob("*.py")
        for line in path.read_text().splitlines()
        if line.startswith(("import ", "from ")) and line.split()[1].split(".")[0] in ("django", "backend", "referral")
    ]
    assert imports == []


def test_every_folder_of_tests_is_a_package():
    """Without __init__.py, tests/crypto would stand in for crypto."""
    folders = {path.parent for path in (CHECKOUT / "tests").rglob("test_*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_settings_are_imported_by_name_only():
    found = [path for path in tracked("*.py") if path.startswith(("crypto", "backend", "referral"))
             and not path.startswith("backend/settings")
             and "import backend.settings" in (CHECKOUT / path).read_text()]  # fmt: skip
    assert found == []
