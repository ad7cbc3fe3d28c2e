#!/usr/bin/env bash
# Writes the types of the service's API from its description. With `--check` it only says whether they are current.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

description=../../../service/openapi.json
file=src/generated/openapi.ts
generator=../../node_modules/.bin/openapi-typescript

generate() {
    printf '// Made by `make generate` from service/openapi.json: change that, not this.\n\n'
    "$generator" "$description" --alphabetize --default-non-nullable false | sed -e '1,/^ \*\/$/d' | sed -e '/./,$!d'
}

if [[ ${1:-} == --check ]]; then
    if ! diff <(generate) "$file" >/dev/null; then
        echo "the types of the Backstage plugins are not those of service/openapi.json: run \`make generate\`" >&2
        exit 1
    fi
    exit 0
fi
mkdir -p "$(dirname "$file")"
made=$(mktemp)
trap 'rm -f "$made"' EXIT
generate >"$made"
cp "$made" "$file"
