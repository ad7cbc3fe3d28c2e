#!/usr/bin/env bash
# Puts our packages into the tests' Backstage as a registry would give them: packed, unpacked, nothing else of the
# sources. What they ask for must be there in a version that they accept.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

../build.sh --pack > /dev/null
rm -rf backend/node_modules
for packed in ../target/*.tgz; do
    name=$(tar -xzOf "$packed" package/package.json | node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).name')
    mkdir -p "backend/node_modules/$name"
    tar -xz --strip-components=1 -C "backend/node_modules/$name" -f "$packed"
done
node check-plugins.mjs backend/node_modules/@stagecraft/*
