"""Other people's programs for age: npm's age-encryption by way of scripts/age-*.mjs, and Debian's age."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def node() -> str:
    """The path of a Node.js, with `node_modules` as package-lock.json says."""
    with (Path(tempfile.gettempdir()) / f"comity-npm-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Parallel test workers install once.
        if not (ROOT / "node_modules" / "age-encryption").is_dir():
            subprocess.run(["sh", "scripts/npm.sh", "ci", "--no-audit", "--no-fund"], cwd=ROOT, check=True)
        found = subprocess.run(["sh", "scripts/node.sh"], cwd=ROOT, check=True, capture_output=True, text=True)
    return found.stdout.strip()


@pytest.fixture(scope="session")
def debian_age() -> str:
    """The path of the program `age`."""
    path = shutil.which("age")
    if path is None:
        message = "Debian's age is not installed: apt install age"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
