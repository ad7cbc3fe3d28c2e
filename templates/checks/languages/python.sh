#!/usr/bin/env bash
# Checks a rendered service in Python: packages as its lock file has them, format, lints, types,
# tests. Where it has a database its tests get one.
#
# One environment below the target folder for all of them.
set -euo pipefail

if [[ $# -ne 2 ]]; then
    echo "usage: $0 <rendered-dir> <target-dir>" >&2
    exit 2
fi

checks=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$checks/common.sh"
mkdir -p "$2"
venv=$(cd "$2" && pwd)/python
cd "$1"

# What is there already, in the version that is wanted, is not installed again.
take_turns "$venv.lock"
say "pip install requirements-dev.txt"
[[ -x $venv/bin/pip ]] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --no-deps \
    --only-binary :all: --requirement requirements-dev.txt
"$venv/bin/pip" check --disable-pip-version-check
# What runs in the image is what was tested.
say "requirements.txt is a part of requirements-dev.txt"
versions() { grep -oE '^[^# =]+==[^ ;]+' "$1" | LC_ALL=C sort; }
missing=$(LC_ALL=C comm -23 <(versions requirements.txt) <(versions requirements-dev.txt))
[[ -z $missing ]] || fail "not in \`requirements-dev.txt\`: $missing"
say "ruff format"
"$venv/bin/ruff" format --quiet --diff
say "ruff check"
"$venv/bin/ruff" check --quiet
say "mypy"
"$venv/bin/mypy" --python-executable "$venv/bin/python"
say "pytest"
beside=()
if [[ -d migrations ]]; then beside=("$checks/languages/postgres.sh"); fi
PYTHONDONTWRITEBYTECODE=1 "${beside[@]}" "$venv/bin/pytest" --quiet -p no:cacheprovider
