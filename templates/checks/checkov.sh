#!/usr/bin/env bash
# Runs checkov over rendered folders: Terraform, Dockerfiles, workflows. What is allowed says so in
# the file itself, with the reason: `checkov:skip=<id>: <reason>`.
set -euo pipefail

if [[ $# -ne 1 ]]; then
    echo "usage: $0 <dir>" >&2
    echo "  <dir> holds one rendered folder, or many" >&2
    exit 2
fi

checks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$checks/common.sh"
take_turns "$checks/.checkov.lock"
# Apart from the other tools: it wants other versions of what they share.
install_venv "$checks/requirements-checkov.txt" "$checks/.venv-checkov"

say "checkov $1"
# Beside the workflows, which zizmor reads; templates of policies, which parliament reads.
"$checks/.venv-checkov/bin/checkov" --directory "$1" --framework terraform dockerfile \
    --skip-download --quiet --compact --skip-path node_modules --skip-path '\.venv' --skip-path '/target/'
