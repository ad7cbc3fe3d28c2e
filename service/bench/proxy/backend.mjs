// A Backstage backend that holds the proxy in front of Stagecraft and nothing else. Backstage is that of the folder in
// `BENCH_PACKAGES`, the proxy that of the one in `BENCH_PLUGINS`: the workspaces of `backstage-plugin`, built.

import { createRequire } from 'node:module';
import path from 'node:path';

const from = (folder) => createRequire(path.join(folder, 'package.json'));
const { createBackend } = from(process.env.BENCH_PACKAGES)('@backstage/backend-defaults');
const plugin = from(process.env.BENCH_PLUGINS)('@stagecraft/backstage-plugin-scaffolder-backend');

const backend = createBackend();
backend.add(plugin.default);
await backend.start();
