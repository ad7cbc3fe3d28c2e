// The official backend with its catalog and its scaffolder, and nothing else: the least that runs a template. The
// packages are those of the folder in `BENCH_PACKAGES`.

import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.BENCH_PACKAGES, 'package.json'));
const { createBackend } = require('@backstage/backend-defaults');

const backend = createBackend();
for (const plugin of [
  '@backstage/plugin-catalog-backend',
  '@backstage/plugin-catalog-backend-module-scaffolder-entity-model',
  '@backstage/plugin-scaffolder-backend',
]) {
  backend.add(require(plugin).default);
}
await backend.start();
