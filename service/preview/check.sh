#!/usr/bin/env bash
# Checks the page of `stagecraft dev`: types, the committed bundle, the tests of its modules, and the page itself in a
# real Chromium over the program that is given.
set -euo pipefail
program=$(realpath "${1:?name the program: service/preview/check.sh target/debug/stagecraft}")
cd "$(dirname "${BASH_SOURCE[0]}")"

./install.sh
node_modules/.bin/tsc
node build.mjs --check
node test.mjs tests
STAGECRAFT=$program node test.mjs e2e
