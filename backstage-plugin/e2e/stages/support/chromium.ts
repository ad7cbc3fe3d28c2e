// A real Chromium: the one of an npm package, or the one that `CHROMIUM` names.

import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { unpackedChromium } from '../../../../service/preview/e2e/chromium.ts';

const PACKAGES = resolve(dirname(fileURLToPath(import.meta.url)), '../../node_modules');

/** Starts the browser. */
export async function launch(): Promise<Browser> {
  const given = process.env['CHROMIUM'];
  const { executablePath, env } = given ? { executablePath: given, env: {} } : unpackedChromium(PACKAGES);
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'],
    env: { ...process.env, HOME: tmpdir(), ...env },
  });
}
