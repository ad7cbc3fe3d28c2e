#!/usr/bin/env bash
# Brings a Backstage, puts our packages into it, starts it and the service, and goes through all stages in a real
# Chromium: `run.sh target/debug/stagecraft`. With `PICTURES=<folder>` it keeps pictures of the stages.
set -euo pipefail
STAGECRAFT=$(realpath "${1:?name the program: backstage-plugin/e2e/run.sh target/debug/stagecraft}")
[[ -z ${PICTURES:-} ]] || PICTURES=$(realpath -m "$PICTURES")
export STAGECRAFT PICTURES=${PICTURES:-}
cd "$(dirname "${BASH_SOURCE[0]}")"

./install.sh > /dev/null
./plugins.sh
export PATH="$PWD/node_modules/.bin:$PATH"
tsc
tsc --project app
node --test --test-timeout=600000 stages/all.test.ts
