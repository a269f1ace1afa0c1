#!/bin/sh
# Every test, on every core; arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
exec .venv/bin/python -m pytest -n "${COMITY_TEST_WORKERS:-2}" --dist loadgroup "$@"
