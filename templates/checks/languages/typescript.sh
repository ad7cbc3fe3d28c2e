#!/usr/bin/env bash
# Checks a rendered service in TypeScript: packages as its lock file has them, format, types, tests.
# Where it has a database its tests get one.
#
# One cache of npm for all of them, below the target folder.
set -euo pipefail

if [[ $# -ne 2 ]]; then
    echo "usage: $0 <rendered-dir> <target-dir>" >&2
    exit 2
fi

checks=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$checks/common.sh"
mkdir -p "$2"
cache=$(cd "$2" && pwd)/npm
cd "$1"

say "npm ci"
npm ci --cache "$cache" --prefer-offline --ignore-scripts --no-audit --no-fund --loglevel=error
if [[ -n $(npm ls --all --package-lock-only --parseable 2>&1 >/dev/null | grep -v 'npm warn' || true) ]]; then
    fail "\`package-lock.json\` does not fit \`package.json\`: lock the packages of the template anew"
fi
say "npm run check"
npm run --silent check
say "npm test"
beside=()
if [[ -d migrations ]]; then beside=("$checks/languages/postgres.sh"); fi
"${beside[@]}" npm test --silent
