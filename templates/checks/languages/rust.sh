#!/usr/bin/env bash
# Checks a rendered service in Rust: lock file, format, lints, tests. Where it has a database its
# tests get one.
#
# One target folder for all of them, so that their dependencies are built once.
set -euo pipefail

if [[ $# -ne 2 ]]; then
    echo "usage: $0 <rendered-dir> <target-dir>" >&2
    exit 2
fi

checks=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$checks/common.sh"
CARGO_TARGET_DIR=$2
export CARGO_TARGET_DIR
cd "$1"

# Cargo rewrites a lock file that is not in its own order, even when `--locked` takes it.
say "Cargo.lock is as Cargo would write it"
before=$(<Cargo.lock)
cargo tree --quiet >/dev/null
if [[ $(<Cargo.lock) != "$before" ]]; then
    printf '%s\n' "$before" >Cargo.lock
    fail "Cargo changes \`Cargo.lock\`; lock the dependencies of the template anew"
fi

say "cargo fmt"
cargo fmt --check
# Cargo tells two folders with one package name apart by the age of their files alone: what it built
# of another rendering must not be taken for this one, nor be replaced while tests run.
take_turns "$CARGO_TARGET_DIR/.validate.lock"
cargo clean --quiet --package "$(cargo pkgid)"
say "cargo clippy"
cargo clippy --quiet --all-targets --locked -- -D warnings
say "cargo test"
beside=()
if [[ -d migrations ]]; then beside=("$checks/languages/postgres.sh"); fi
"${beside[@]}" cargo test --quiet --locked
