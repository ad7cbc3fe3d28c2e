#!/usr/bin/env bash
# Checks a rendered service in Python: packages as its lock file has them, format, lints, types,
# tests. Where it has a database its tests get one.
#
# One environment below the target folder for all that have the same lock file.
set -euo pipefail

if [[ $# -ne 2 ]]; then
    echo "usage: $0 <rendered-dir> <target-dir>" >&2
    exit 2
fi

checks=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$checks/common.sh"
mkdir -p "$2/python"
environments=$(cd "$2/python" && pwd)
cd "$1"

venv=$environments/$(python3 -c 'import hashlib; print(hashlib.sha256(open("requirements-dev.txt", "rb").read()).hexdigest()[:16])')
take_turns "$environments/.lock"
if [[ ! -f $venv/installed ]]; then
    say "pip install requirements-dev.txt"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --no-deps \
        --only-binary :all: --requirement requirements-dev.txt
    "$venv/bin/pip" check --disable-pip-version-check
    touch "$venv/installed"
fi
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
