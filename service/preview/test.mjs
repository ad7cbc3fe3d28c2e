// Runs the tests: `node test.mjs tests` those of single modules, `node test.mjs e2e` those in a browser.
//
// Node of today's long-term versions reads no TypeScript, so the tests are bundled first, into the folder of the
// packages, where those are found that are not bundled.

import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const [folder = 'tests', ...rest] = process.argv.slice(2);
const out = join(here, 'node_modules', '.tests', folder);

const names = readdirSync(join(here, folder)).filter(name => /\.test\.tsx?$/.test(name));
if (names.length === 0) {
  console.error(`there are no tests in ${folder}`);
  process.exit(1);
}
rmSync(out, { recursive: true, force: true });
await build({
  absWorkingDir: here,
  entryPoints: names.map(name => join(folder, name)),
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  jsx: 'automatic',
  logLevel: 'warning',
});
const files = names.map(name => join(out, name.replace(/\.tsx?$/, '.mjs')));
const { status } = spawnSync(process.execPath, ['--test', '--test-timeout=180000', '--test-concurrency=1', ...rest, ...files], { stdio: 'inherit', cwd: here });
process.exit(status ?? 1);
