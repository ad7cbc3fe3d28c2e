#!/usr/bin/env bash
# Runs the modules in the official backend, before the real service: `check.sh <stagecraft>`.
set -euo pipefail
program=$(realpath "${1:?the program to test}")
cd "$(dirname "${BASH_SOURCE[0]}")"

../build.sh
PACKAGES=$(../../service/bench/stock/install.sh)
export PACKAGES STAGECRAFT=$program
# The one that the official backend's SQLite was compiled for.
"$PACKAGES/node_modules/.bin/node" --test --test-timeout=180000 beside.test.mts
