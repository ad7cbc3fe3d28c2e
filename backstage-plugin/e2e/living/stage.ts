// A code host, the service that hears from it, and a catalog that follows the service.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Program, freePort } from '../stages/support/program.ts';

const TOKEN = 'a-token-for-the-test';
const PATIENCE_MS = 60_000;

const ALWAYS = `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: always }
spec: { type: service, lifecycle: production, owner: people }
`;

/** As much of an entity as the tests look at. */
export interface Entity {
  metadata: { description?: string; annotations?: Record<string, string> };
  spec: { type?: string; lifecycle?: string; owner?: string };
}

/** What the code host printed when it started. */
interface Facts {
  api: string;
  git: string;
  token: string;
  settings: Record<string, unknown>;
}

/** Everything that runs. */
export class Stage {
  readonly #folder: string;
  readonly #running: Program[] = [];
  readonly #service: string;
  readonly #backstage: string;
  readonly #facts: Facts;

  private constructor(folder: string, urls: { service: string; backstage: string }, facts: Facts) {
    this.#folder = folder;
    this.#service = urls.service;
    this.#backstage = urls.backstage;
    this.#facts = facts;
  }

  static async open(): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), 'stagecraft-living-'));
    ['backstage', 'people', 'templates'].forEach(name => mkdirSync(join(folder, name)));
    // A pattern without any file would be an error, which leaves everything as it was.
    writeFileSync(join(folder, 'people', 'always.yaml'), ALWAYS);
    const [hostPort, servicePort, backstagePort] = [await freePort(), await freePort(), await freePort()];
    const service = `http://127.0.0.1:${servicePort}`;
    const backstage = `http://127.0.0.1:${backstagePort}`;
    const host = codeHost(folder, hostPort, service);
    try {
      await host.start();
      const stage = new Stage(folder, { service, backstage }, factsOf(join(folder, 'host.log')));
      stage.#running.push(host);
      await stage.#start(servicePort, backstagePort);
      return stage;
    } catch (error) {
      await host.stop();
      throw error;
    }
  }

  async #start(servicePort: number, backstagePort: number): Promise<void> {
    const settings = join(this.#folder, 'stagecraft.json');
    writeFileSync(
      settings,
      JSON.stringify({
        data_dir: join(this.#folder, 'data'),
        server: { listen: `127.0.0.1:${servicePort}` },
        templates: { sources: [join(this.#folder, 'templates')], reload_seconds: 0 },
        auth: { tokens: [{ token: TOKEN, subject: 'external:test' }] },
        forges: { 'github.com': this.#facts.settings },
        backstage: { base_url: this.#backstage },
        catalog: { owners: ['github.com/acme'] },
      }),
    );
    const service = new Program({
      program: process.env['STAGECRAFT'] ?? '',
      args: ['--config', settings, 'serve'],
      env: {},
      log: join(this.#folder, 'stagecraft.log'),
      ready: `${this.#service}/readyz`,
    });
    const here = import.meta.dirname;
    const backstage = new Program({
      program: process.execPath,
      args: [join(here, '../backend/living.ts'), '--config', join(here, 'app-config.yaml')],
      env: {
        NODE_ENV: 'development',
        BACKSTAGE: this.#backstage,
        BACKSTAGE_PORT: String(backstagePort),
        FOLDER: this.#folder,
        SERVICE: this.#service,
        TOKEN,
      },
      log: join(this.#folder, 'backstage.log'),
      ready: `${this.#backstage}/.backstage/health/v1/readiness`,
    });
    this.#running.push(service, backstage);
    await Promise.all([service.start(), backstage.start()]);
  }

  async close(): Promise<void> {
    await Promise.all(this.#running.map(program => program.stop()));
    if (process.env['KEEP']) {
      console.log(`kept: ${this.#folder}`);
    } else {
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  /** Makes a repository of `acme` on the code host; what is in it is still to be pushed. */
  async make(name: string): Promise<void> {
    const made = await fetch(`${this.#facts.api}/orgs/acme/repos`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#facts.token}`,
        'content-type': 'application/json',
        'user-agent': 'people',
      },
      body: JSON.stringify({ name }),
    });
    if (!made.ok) throw new Error(`${name} is not made: ${made.status} ${await made.text()}`);
    const folder = join(this.#folder, 'work', name);
    mkdirSync(folder, { recursive: true });
    git(folder, 'init', '--quiet', '--initial-branch=main');
    const address = new URL(`${this.#facts.git}/acme/${name}.git`);
    [address.username, address.password] = ['x-access-token', this.#facts.token];
    git(folder, 'remote', 'add', 'origin', address.href);
  }

  /** Commits files and pushes them; a file without a text goes. */
  push(name: string, files: Record<string, string | undefined>): void {
    const folder = join(this.#folder, 'work', name);
    for (const [path, text] of Object.entries(files)) {
      if (text === undefined) rmSync(join(folder, path));
      else writeFileSync(join(folder, path), text);
    }
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'change');
    git(folder, 'push', '--quiet', 'origin', 'main');
  }

  /** Writes a file that the catalog reads beside the service, as people do; without a text it goes. */
  people(name: string, text?: string): void {
    const file = join(this.#folder, 'people', name);
    if (text === undefined) rmSync(file);
    else writeFileSync(file, text);
  }

  /** The entity of that reference, `component/default/shop`, as the catalog shows it. */
  async shown(reference: string): Promise<Entity | undefined> {
    const answer = await fetch(`${this.#backstage}/api/catalog/entities/by-name/${reference}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    if (answer.ok) return (await answer.json()) as Entity;
    await answer.body?.cancel();
    return undefined;
  }

  /** What the service says of the repositories that it looks after. */
  async standing(name: string): Promise<string | undefined> {
    const answer = await fetch(`${this.#service}/api/stagecraft/v1/repositories`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const { repositories } = (await answer.json()) as { repositories: { repository: string; state: string }[] };
    return repositories.find(({ repository }) => repository === `github.com/acme/${name}`)?.state;
  }
}

function codeHost(folder: string, port: number, service: string): Program {
  return new Program({
    program: process.env['GITHUB_DOUBLE'] ?? '',
    args: [
      ...['--listen', `127.0.0.1:${port}`, '--user', 'jane', '--key', join(folder, 'app.pem')],
      ...['--webhook', `${service}/webhooks/github`],
    ],
    env: {},
    log: join(folder, 'host.log'),
    ready: `http://127.0.0.1:${port}/meta`,
  });
}

/** Reads `name: value` lines. */
function factsOf(log: string): Facts {
  const lines = readFileSync(log, 'utf8').split('\n');
  const value = (name: string) => lines.find(line => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
  return {
    api: value('api_url'),
    git: value('git_url'),
    token: value('token'),
    settings: {
      kind: 'github',
      app_id: value('app_id'),
      private_key: { file: value('private_key') },
      webhook_secret: value('webhook_secret'),
      api_url: value('api_url'),
      git_url: value('git_url'),
    },
  };
}

function git(folder: string, ...args: string[]): void {
  const who = ['-c', 'user.name=Jane', '-c', 'user.email=jane@example.com', '-c', 'credential.helper='];
  execFileSync('git', ['-C', folder, ...who, ...args], {
    env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Waits for something that nothing tells of; gives the milliseconds that it took. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<number> {
  const begun = performance.now();
  while (!(await holds().catch(() => false))) {
    if (performance.now() - begun > PATIENCE_MS) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
    await pause(20);
  }
  return performance.now() - begun;
}
