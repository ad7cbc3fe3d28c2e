// The official catalog and scaffolder, as the packages in `PACKAGES` have them, and our modules as they were built.

import { createRequire } from 'node:module';
import { join } from 'node:path';

const official = createRequire(join(process.env.PACKAGES, 'package.json'));
const ours = createRequire(new URL('../plugins/', import.meta.url));

const backend = official('@backstage/backend-defaults').createBackend();
for (const plugin of [
  '@backstage/plugin-catalog-backend',
  '@backstage/plugin-catalog-backend-module-scaffolder-entity-model',
  '@backstage/plugin-scaffolder-backend',
]) {
  backend.add(official(plugin).default);
}
for (const plugin of ['catalog-backend-module-stagecraft', 'scaffolder-backend-module-stagecraft']) {
  backend.add(ours(`./${plugin}`).default);
}
await backend.start();
