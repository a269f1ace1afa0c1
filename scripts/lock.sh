#!/bin/sh
# Rewrites the locked requirements from the .in files. The locks carry hashes and name no registry.
set -eu
cd "$(dirname "$0")/.."
for group in bootstrap base edge test node learn; do
    .venv/bin/uv pip compile "requirements/$group.in" --output-file "requirements/$group.txt" --quiet \
        --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header "$@"
done
