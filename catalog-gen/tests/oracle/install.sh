#!/usr/bin/env bash
# Brings Backstage's own judges of catalog entities, which ours is compared with, from their packages, into this folder.
set -euo pipefail
cd "$(dirname "$0")"

[ node_modules/.installed -nt package-lock.json ] && [ node_modules/.installed -nt install.sh ] && exit 0

command -v npm >/dev/null || { echo "npm is needed to bring Backstage's catalog model for the tests: install Node.js 20 or later" >&2; exit 1; }
echo "bringing Backstage's catalog model for the tests" >&2
# The exact versions of its lock file; packages that the judges never call are left out (`absent`).
npm ci --ignore-scripts --omit=optional --omit=peer --no-audit --no-fund --loglevel=error >&2
touch node_modules/.installed
