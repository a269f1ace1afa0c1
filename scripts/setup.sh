#!/bin/sh
# Makes .venv from the hash-pinned locks. Usage: setup.sh base|test. Does nothing where nothing changed.
set -eu
cd "$(dirname "$0")/.."
group="${1:-base}"
python="${PYTHON:-}"
fail() { echo "comity: $1" >&2; exit 1; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
if [ -z "$python" ]; then
    for candidate in python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 && new_enough "$candidate"; then python="$candidate"; break; fi
    done
    [ -n "$python" ] || fail "no Python 3.11 or newer was found ($(python3 --version 2>&1 || true)); install one (Debian 12 or 13: apt install python3 python3-venv) or name it with PYTHON=/path/to/python3."
fi
new_enough "$python" || fail "$python is $("$python" --version 2>&1), Python 3.11 or newer is needed; name another with PYTHON=/path/to/python3."

stamp=".venv/.comity-$group"
wanted="$(cat requirements/bootstrap.txt requirements/$group.txt pyproject.toml | cksum)"
if [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then
    exec .venv/bin/python scripts/translations.py
fi

# An unfinished .venv (interrupted set-up, or one made by a Python without ensurepip) is made anew.
if [ ! -x .venv/bin/uv ] || ! .venv/bin/python -c '' 2>/dev/null; then
    rm -rf .venv
    "$python" -c 'import venv, ensurepip' 2>/dev/null || fail "$python has no venv module; install it (Debian: apt install python3-venv) and run this again."
    echo "comity: setting up .venv (once; about a minute)"
    "$python" -m venv .venv || fail "could not make .venv in $(pwd); is the folder writable?"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
fi
# The system's certificates: networks of administrations often end TLS with an authority of their own, known to the system.
export UV_PYTHON_DOWNLOADS=never UV_LINK_MODE="${UV_LINK_MODE:-copy}" UV_SYSTEM_CERTS=1
.venv/bin/uv pip install --quiet --require-hashes -r "requirements/$group.txt"
# Editable, without isolation: hatchling comes from the same lock.
.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
echo "$wanted" > "$stamp"
.venv/bin/python scripts/translations.py
