// Fails if a package asks for what the tests' Backstage does not have: `node check-plugins.mjs <folder…>`.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const { satisfies } = createRequire(import.meta.url)('semver');
const read = path => JSON.parse(readFileSync(path, 'utf8'));
let missing = 0;

/** The `package.json` that Node would take for a name, whether or not the package lets it be asked for. */
function found(name, folder) {
  for (const place of createRequire(join(folder, 'package.json')).resolve.paths(name) ?? []) {
    try {
      return read(join(place, name, 'package.json'));
    } catch {
      // The next one up.
    }
  }
  return undefined;
}

for (const folder of process.argv.slice(2).map(path => resolve(path))) {
  const { name, dependencies = {}, peerDependencies = {} } = read(join(folder, 'package.json'));
  for (const [wanted, range] of Object.entries({ ...peerDependencies, ...dependencies })) {
    const version = found(wanted, folder)?.version;
    if (version !== undefined && satisfies(version, range)) continue;
    console.error(
      `\`${name}\` asks for \`${wanted}\` ${range}, and the tests' Backstage has ${version ?? 'none'}: add it to e2e/package.json`,
    );
    missing += 1;
  }
}
process.exit(missing === 0 ? 0 : 1);
