#!/usr/bin/env bash
# Gives each plugin its `dist/`. With `--pack` also the packages as a registry would have them, in `target/`, one
# `<folder of the plugin>.tgz` each.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

./install.sh
export PATH="$PWD/node_modules/.bin:$PATH"
if [[ ${1:-} == --pack ]]; then
    # What is packed was made of the present sources alone.
    rm -rf plugins/*/dist target
fi
tsc --build plugins/*
[[ ${1:-} == --pack ]] || exit 0

mkdir -p target
for plugin in plugins/*/; do
    cp ../LICENSE "$plugin"
    packed=$(npm pack --silent --ignore-scripts --pack-destination target "./$plugin")
    mv "target/$packed" "target/$(basename "$plugin").tgz"
done
ls -1 target
