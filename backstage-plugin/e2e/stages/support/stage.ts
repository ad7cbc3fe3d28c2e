// The stage: the service, a Backstage that calls it, and a browser. Made once for all tests, ended after them.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { launch } from './chromium.ts';
import { Middle } from './middle.ts';
import { Program, freePort } from './program.ts';

/** The folder that all of this lies in. */
export const HERE = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const TOP = resolve(HERE, '../..');
const PROGRAM = resolve(process.env['STAGECRAFT'] ?? join(TOP, 'target/debug/stagecraft'));

/** Everything that runs. */
export interface Stage {
  /** Address of the Backstage, as people open it. */
  url: string;
  /** Host of the local forge: what a template's `repoUrl` begins with. */
  forge: string;
  backstage: Program;
  service: Program;
  /** Stands between Backstage and the service. */
  middle: Middle;
  browser: Browser;
}

let made: Promise<Stage> | undefined;
const endings: (() => Promise<void> | void)[] = [];

/** The stage, which the first call sets up. */
export function stage(): Promise<Stage> {
  return (made ??= setUp());
}

/** Ends everything that was started, in the reverse order. */
export async function strike() {
  for (const end of endings.reverse()) await end();
}

async function setUp(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'stagecraft-e2e-'));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  endings.push(() => keepLogs(folder));
  const [backstagePort, servicePort] = [await freePort(), await freePort()];
  const [forgePort, middlePort] = [await freePort(), await freePort()];
  const serviceUrl = `http://127.0.0.1:${servicePort}`;
  const url = `http://localhost:${backstagePort}`;
  const forge = `127.0.0.1:${forgePort}`;
  templates(join(folder, 'templates'), forge);

  const settings = join(folder, 'stagecraft.json');
  writeFileSync(
    settings,
    JSON.stringify({
      data_dir: join(folder, 'data'),
      server: { listen: `127.0.0.1:${servicePort}` },
      templates: { sources: [join(folder, 'templates/all.yaml')] },
      forges: { [forge]: { kind: 'local', listen: forge } },
      // A Backstage that is away is given up soon.
      backstage: { base_url: url, retry_seconds: 4 },
      // A task whose worker was killed is taken over soon.
      worker: { lease_seconds: 3 },
    }),
  );
  const service = new Program({
    program: PROGRAM,
    args: ['--config', settings, 'serve'],
    env: {},
    log: join(folder, 'stagecraft.log'),
    ready: `${serviceUrl}/readyz`,
  });
  endings.push(() => service.stop());
  const middle = await Middle.before(serviceUrl, middlePort);
  endings.push(() => middle.stop());

  const app = spawnSync(join(HERE, 'install.sh'), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (app.status !== 0) throw new Error('the Backstage of the tests cannot be brought');
  const backstage = new Program({
    program: process.execPath,
    args: [join(HERE, 'backend/index.ts'), '--config', join(HERE, 'app-config.yaml')],
    env: {
      NODE_ENV: 'development',
      APP_PACKAGE: app.stdout.trim(),
      BACKSTAGE_PORT: String(backstagePort),
      E2E_DIR: HERE,
      FORGE: forge,
      SERVICE: `http://127.0.0.1:${middlePort}`,
      STAGE_DIR: folder,
    },
    log: join(folder, 'backstage.log'),
    ready: `${url}/.backstage/health/v1/readiness`,
  });
  mkdirSync(join(folder, 'backstage'));
  endings.push(() => backstage.stop());

  await Promise.all([service.start(), backstage.start()]);
  const browser = await launch();
  endings.push(() => browser.close());
  return { url, forge, backstage, service, middle, browser };
}

/** Puts what was logged beside the pictures, if there are any. */
function keepLogs(folder: string) {
  const pictures = process.env['PICTURES'];
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  for (const name of ['stagecraft.log', 'backstage.log']) cpSync(join(folder, name), join(pictures, name));
}

/** The templates of the tests and the golden paths, which name GitHub, as a site with this forge has them. */
function templates(folder: string, forge: string) {
  cpSync(join(HERE, 'templates'), folder, { recursive: true });
  for (const name of ['_shared', 'aws-service', 'rust-service']) {
    cpSync(join(TOP, 'templates', name), join(folder, name), { recursive: true });
  }
  for (const name of ['aws-service', 'rust-service', 'node-service']) {
    const path = join(folder, name, 'template.yaml');
    const text = readFileSync(path, 'utf8');
    const local = text.replace('- github.com\n', `- ${forge}\n`);
    if (local === text) throw new Error(`the template \`${name}\` names no host that could be replaced`);
    writeFileSync(path, local);
  }
}
