#!/usr/bin/env bash
# Checks the Backstage plugins: generated files, format, types and tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

./install.sh
export PATH="$PWD/node_modules/.bin:$PATH"
plugins/stagecraft-node/generate.sh --check
prettier --check --log-level warn .
./build.sh

# Tests stand beside what they test, and run as they were built.
tests=()
while IFS= read -r -d '' file; do
    file=${file/\/src\//\/dist\/}
    tests+=("${file%.ts}.js")
done < <(find plugins/*/src -name '*.test.ts' -print0 | sort -z)
node --enable-source-maps --test --test-force-exit --test-timeout=60000 "${tests[@]}"
