#!/usr/bin/env bash
# Brings the packages that the page is made and tested with, exactly those of the lock file. No script of a package is
# run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

[ node_modules/.installed -nt package-lock.json ] && exit 0
command -v npm >/dev/null || { echo "npm is needed to make and test the preview page: install Node.js 20 or later" >&2; exit 1; }
echo "bringing the packages of the preview page" >&2
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
touch node_modules/.installed
