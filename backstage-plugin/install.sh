#!/usr/bin/env bash
# Brings the packages that the plugins are made and tested with, exactly those of the lock file, and with them the Node
# that Backstage is run on. No script of a package is run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

[ node_modules/.installed -nt package-lock.json ] && exit 0
command -v npm >/dev/null || { echo "npm is needed to make and test the Backstage plugins: install Node.js 20 or later" >&2; exit 1; }
echo "bringing the packages of the Backstage plugins" >&2
# npm itself may run on an older Node than the packages ask for: they are not run with it.
npm ci --ignore-scripts --engine-strict=false --no-audit --no-fund --loglevel=error >&2
major=$(PATH="$PWD/node_modules/.bin:$PATH" node -p 'process.versions.node.split(".")[0]')
if [[ $major -lt 22 ]]; then
    echo "the Backstage plugins need Node.js 22 or 24, which is not brought for this platform: install it" >&2
    exit 1
fi
touch node_modules/.installed
