// A real Chromium: the one of an npm package, or the one that `CHROMIUM` names.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const PACKAGES = resolve(dirname(fileURLToPath(import.meta.url)), '../../node_modules');

/** Starts the browser. */
export async function launch(): Promise<Browser> {
  const given = process.env['CHROMIUM'];
  const { executablePath, libraries } = given ? { executablePath: given, libraries: '' } : unpacked();
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
    env: { ...process.env, HOME: tmpdir(), ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}) },
  });
}

/** Unpacks the browser of the package once, and the libraries beside it where this machine has none of them. */
function unpacked(): { executablePath: string; libraries: string } {
  const from = join(PACKAGES, '@sparticuz/chromium');
  const { version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as { version: string };
  const to = join(PACKAGES, '.chromium', version);
  const executablePath = join(to, 'chromium');
  mkdirSync(to, { recursive: true });
  if (!existsSync(executablePath)) {
    const aside = join(to, `unpacking-${process.pid}`);
    writeFileSync(aside, brotliDecompressSync(readFileSync(join(from, 'bin/chromium.br'))), { mode: 0o755 });
    renameSync(aside, executablePath);
  }
  const missing = spawnSync('ldd', [executablePath], { encoding: 'utf8' }).stdout.includes('not found');
  if (!missing) return { executablePath, libraries: '' };
  const packed = brotliDecompressSync(readFileSync(join(from, 'bin/al2023.tar.br')));
  spawnSync('tar', ['-x', '-C', to], { input: packed });
  return { executablePath, libraries: join(to, 'lib') };
}
