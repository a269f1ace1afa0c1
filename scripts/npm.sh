#!/bin/sh
# Runs npm under the Node.js that scripts/node.sh finds; arguments go to npm.
set -eu
cd "$(dirname "$0")/.."
node="$(sh scripts/node.sh)"
# The wheel's own bin/npm does not start (its link was flattened): npm's entry file does.
cli="$(dirname "$node")/../lib/node_modules/npm/bin/npm-cli.js"
if [ -f "$cli" ]; then
    exec "$node" "$cli" "$@"
fi
exec npm "$@"
