#!/usr/bin/env bash
# A code host, the service and a real catalog: what is pushed comes into the catalog, and people's files win.
# `living.sh target/debug/stagecraft target/debug/github-double`; with `KEEP=1` it keeps the logs.
set -euo pipefail
STAGECRAFT=$(realpath "${1:?name the program: living.sh target/debug/stagecraft target/debug/github-double}")
GITHUB_DOUBLE=$(realpath "${2:?name the code host: living.sh target/debug/stagecraft target/debug/github-double}")
export STAGECRAFT GITHUB_DOUBLE
cd "$(dirname "${BASH_SOURCE[0]}")"

./install.sh > /dev/null
./plugins.sh
export PATH="$PWD/node_modules/.bin:$PATH"
tsc
node --test --test-timeout=300000 living/living.test.ts
