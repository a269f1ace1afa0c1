#!/bin/sh
# Writes .env for docker-compose.yml: the node's name and addresses, and a random secret for each role and process.
# Usage: sh compose/make-env.sh NODE STATE EDGE_URL DESK_URL, for example:
#        sh compose/make-env.sh gd gd https://edge.example.org https://desk.example.org
set -eu
[ $# -eq 4 ] || { echo "usage: sh compose/make-env.sh NODE STATE EDGE_URL DESK_URL" >&2; exit 2; }
file="${COMITY_ENV_FILE:-$(dirname "$0")/../.env}"
[ ! -e "$file" ] || { echo "comity: $file exists and holds the passwords of a database; move it away to make a new one." >&2; exit 1; }
umask 077
secret() { od -An -v -tx1 -N 32 /dev/urandom | tr -d ' \n'; }
{
    echo "COMITY_NODE=$1"
    echo "COMITY_STATE=$2"
    echo "COMITY_EDGE_URL=$3"
    echo "COMITY_DESK_URL=$4"
    for role in SUPERUSER OWNER EDGE DESK WORKER NOTARY BROKER; do echo "COMITY_${role}_PASSWORD=$(secret)"; done
    for process in EDGE DESK; do echo "COMITY_${process}_SECRET_KEY=$(secret)"; done
} > "$file"
echo "Wrote $file: keep it as you keep a key."
