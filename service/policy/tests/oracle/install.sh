#!/usr/bin/env bash
# Brings the engine that ours is compared with from its package, into this folder.
set -euo pipefail
cd "$(dirname "$0")"

[ .venv/.installed -nt requirements.txt ] && [ .venv/.installed -nt install.sh ] && exit 0

command -v python3 >/dev/null || { echo "python3 with venv is needed to bring the second policy engine for the tests" >&2; exit 1; }
echo "bringing the second policy engine for the tests" >&2
rm -rf .venv
python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --requirement requirements.txt >&2
touch .venv/.installed
