"""`make fuzz`: tests/fuzz at its full length, in parts beside each other; seed and number reproduce a run."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent


def main() -> int:
    """The exit code of the tests."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--examples", type=int, default=100_000, help="mutated submissions, uploads and reports")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 1))
    options = asked.parse_args()
    # More parts than workers, so that none is idle at the end and no process grows old.
    parts = options.workers * 4
    environment = {
        **os.environ,
        "COMITY_FUZZ_EXAMPLES": str(options.examples),
        "COMITY_FUZZ_SEED": str(options.seed),
        "COMITY_FUZZ_SHARDS": str(parts),
    }
    print(f"seed {options.seed}, {options.examples} examples in {parts} parts", flush=True)
    words = f"-m pytest tests/fuzz -n {options.workers} --dist load -p no:cacheprovider -q -rP"
    return subprocess.run([sys.executable, *words.split()], cwd=CHECKOUT, env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
