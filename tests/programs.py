"""Programs of others that tests run."""

import fcntl
import os
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def node_js() -> str:
    """The path of a Node.js, with `node_modules` as package-lock.json says."""
    with (Path(tempfile.gettempdir()) / f"comity-npm-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Parallel test workers install once.
        if not (ROOT / "node_modules" / "age-encryption").is_dir():
            subprocess.run(["sh", "scripts/npm.sh", "ci", "--no-audit", "--no-fund"], cwd=ROOT, check=True)
        found = subprocess.run(["sh", "scripts/node.sh"], cwd=ROOT, check=True, capture_output=True, text=True)
    return found.stdout.strip()
