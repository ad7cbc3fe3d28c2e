#!/usr/bin/env bash
# Brings the tests' Backstage, exactly the packages of the lock file, and bundles its app. Both are kept in a cache
# folder by what they were made from, so that a second run, also of another clone, takes seconds. No script of a
# package is run but the one that compiles SQLite.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

command -v npm >/dev/null || { echo "npm is needed to bring a Backstage for the tests: install Node.js 20 or later" >&2; exit 1; }
kept=${XDG_CACHE_HOME:-$HOME/.cache}/stagecraft

# digest <file…>: a name for what these files hold.
digest() { cat "$@" | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c1-16; }

packages=$kept/e2e-$(digest package-lock.json)
if [[ ! -e $packages/.installed ]]; then
    echo "bringing a Backstage for the tests, which takes some minutes the first time" >&2
    mkdir -p "$kept"
    # Made aside and moved in one go: a run that was broken off leaves nothing that looks whole.
    aside=$(mktemp -d "$kept/bringing-XXXXXX")
    trap 'rm -rf "$aside"' EXIT
    mkdir "$aside/app"
    cp package.json package-lock.json .npmrc "$aside"
    cp app/package.json "$aside/app"
    (
        cd "$aside"
        npm ci --ignore-scripts --engine-strict=false --no-audit --no-fund --loglevel=error >&2
        # The headers that it is compiled with come with the Node that it is run on.
        export PATH="$PWD/node_modules/.bin:$PATH"
        npm_config_nodedir=$(node -p 'require("path").resolve(process.execPath, "../..")')
        export npm_config_nodedir
        npm rebuild better-sqlite3 --foreground-scripts=false --loglevel=error >&2
        touch .installed
    )
    [[ -e $packages ]] || mv "$aside" "$packages"
fi
# What has not been used for a month is of a lock file that is gone.
touch "$packages"
find "$kept" -maxdepth 1 -name 'e2e-*' -mtime +30 -exec rm -rf {} +
ln -sfn "$packages/node_modules" node_modules

app=app-$(digest package-lock.json app/build.yaml app/package.json app/public/* app/src/*)
if [[ ! -e node_modules/$app/package.json ]]; then
    echo "bundling the app of that Backstage" >&2
    rm -rf app/dist
    (
        export PATH="$PWD/node_modules/.bin:$PATH"
        cd app
        cli-module-build package build --config build.yaml > /dev/null
    )
    find app/dist -name '*.map' -delete
    rm -rf "node_modules/$app"
    mkdir "node_modules/$app"
    mv app/dist "node_modules/$app"
    printf '{ "name": "%s", "version": "0.0.0" }\n' "$app" > "node_modules/$app/package.json"
fi
printf '%s\n' "$app"
