#!/usr/bin/env bash
# Brings the engines that the template language is compared with, from their packages, into this folder.
set -euo pipefail
cd "$(dirname "$0")"

[ node_modules/.installed -nt package-lock.json ] && [ node_modules/.installed -nt install.sh ] && exit 0

command -v npm >/dev/null || { echo "npm is needed to bring the original template engines for the tests: install Node.js 20 or later" >&2; exit 1; }
echo "bringing the original template engines for the tests" >&2
# One of them asks for a newer Node than it needs; no script of a package is run.
npm ci --ignore-scripts --engine-strict=false --no-audit --no-fund --loglevel=error >&2
touch node_modules/.installed
