#!/bin/sh
# The tests, on every core; arguments go to pytest, which runs all without any.
set -eu
cd "$(dirname "$0")/.."
# What is compiled once is kept, whatever the shell says: each process that tests start would compile it anew.
unset PYTHONDONTWRITEBYTECODE
exec .venv/bin/python -m pytest -n "${COMITY_TEST_WORKERS:-2}" --dist loadgroup "$@"
