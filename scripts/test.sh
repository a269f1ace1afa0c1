#!/bin/sh
# The tests, on every core; arguments go to pytest, which runs all without any.
set -eu
cd "$(dirname "$0")/.."
exec .venv/bin/python -m pytest -n "${COMITY_TEST_WORKERS:-2}" --dist loadgroup "$@"
