// The service, and an official backend beside it with our modules.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Program, freePort } from '../e2e/stages/support/program.ts';

const TOKEN = 'a-token-for-the-test';
const PATIENCE_MS = 60_000;

/** Says hello, waits as long as it is told, and gives out what it said. */
const template = (name: string) => `
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: ${name} }
spec:
  type: service
  steps:
    - { id: say, name: Say, action: 'debug:log', input: { message: 'hello \${{ parameters.name }}' } }
    - { id: wait, name: Wait, action: 'debug:wait', input: { seconds: '\${{ parameters.seconds }}' } }
  output: { said: 'hello \${{ parameters.name }}' }
`;

/** A template of Backstage's own scaffolder that runs the one of the service. */
const STEP = `
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: step }
spec:
  type: service
  steps:
    - id: run
      name: Run
      action: stagecraft:run
      input:
        templateRef: template:default/hello
        values: { name: '\${{ parameters.name }}', seconds: '\${{ parameters.seconds }}' }
  output: { said: '\${{ steps.run.output.output.said }}' }
`;

/** A task, as both sides list it. */
export interface Task {
  id: string;
  status: string;
  spec: { parameters: { name?: string } };
}

/** Something that a task told. */
export interface TaskEvent {
  type: string;
  body: { message?: string; output?: { said?: string }; error?: { message: string } };
}

/** Everything that runs. */
export class Stage {
  readonly backstage: Program;
  readonly service: Program;
  readonly #urls: { backstage: string; service: string };
  readonly #folder: string;

  private constructor(folder: string, ports: { backstage: number; service: number }) {
    this.#folder = folder;
    const [backstage, service] = [`http://127.0.0.1:${ports.backstage}`, `http://127.0.0.1:${ports.service}`];
    this.#urls = { backstage, service };
    const settings = join(folder, 'stagecraft.json');
    writeFileSync(
      settings,
      JSON.stringify({
        data_dir: join(folder, 'data'),
        server: { listen: `127.0.0.1:${ports.service}` },
        templates: { sources: [join(folder, 'templates')], reload_seconds: 1 },
        auth: { tokens: [{ token: TOKEN, subject: 'external:test' }] },
        backstage: { base_url: backstage },
        worker: { lease_seconds: 3 },
      }),
    );
    this.service = new Program({
      program: process.env.STAGECRAFT ?? '',
      args: ['--config', settings, 'serve'],
      env: {},
      log: join(folder, 'stagecraft.log'),
      ready: `${service}/readyz`,
    });
    const here = import.meta.dirname;
    this.backstage = new Program({
      program: process.execPath,
      args: [join(here, 'backend.mjs'), '--config', join(here, 'app-config.yaml')],
      env: {
        NODE_ENV: 'development',
        BACKSTAGE: backstage,
        BACKSTAGE_PORT: String(ports.backstage),
        FOLDER: folder,
        SERVICE: service,
        TOKEN,
      },
      log: join(folder, 'backstage.log'),
      ready: `${backstage}/.backstage/health/v1/readiness`,
    });
  }

  static async open(): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), 'stagecraft-beside-'));
    mkdirSync(join(folder, 'backstage'));
    mkdirSync(join(folder, 'templates'));
    writeFileSync(join(folder, 'step.yaml'), STEP);
    const stage = new Stage(folder, { backstage: await freePort(), service: await freePort() });
    stage.put('hello');
    await Promise.all([stage.service.start(), stage.backstage.start()]);
    return stage;
  }

  /** Puts a template into the service's library. */
  put(name: string): void {
    mkdirSync(join(this.#folder, 'templates', name), { recursive: true });
    writeFileSync(join(this.#folder, 'templates', name, 'template.yaml'), template(name));
  }

  /** Takes it out again. */
  remove(name: string): void {
    rmSync(join(this.#folder, 'templates', name), { recursive: true });
  }

  async close(): Promise<void> {
    await Promise.all([this.backstage.stop(), this.service.stop()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Sends a request to Backstage, such as `scaffolder/v2/tasks`, or to the service. */
  async send(method: string, path: string, body?: object, to: 'backstage' | 'service' = 'backstage') {
    return fetch(`${this.#urls[to]}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
  }

  /** Creates a task of Backstage's scaffolder. */
  async run(name: string, seconds: number): Promise<string> {
    const request = { templateRef: 'template:default/step', values: { name, seconds } };
    return ((await (await this.send('POST', 'scaffolder/v2/tasks', request)).json()) as Task).id;
  }

  /** The tasks of the service that were made for a name. */
  async inner(name: string): Promise<Task[]> {
    const answer = await this.send('GET', 'scaffolder/v2/tasks', undefined, 'service');
    const { tasks } = (await answer.json()) as { tasks: Task[] };
    return tasks.filter(({ spec }) => spec.parameters.name === name);
  }

  async events(task: string): Promise<TaskEvent[]> {
    return (await (await this.send('GET', `scaffolder/v2/tasks/${task}/events`)).json()) as TaskEvent[];
  }

  /** Waits for a line in the log of a task. */
  async says(task: string, pattern: RegExp): Promise<void> {
    await until(`task ${task} says ${pattern}`, async () =>
      (await this.events(task)).some(({ body }) => pattern.test(body.message ?? '')),
    );
  }

  /** Waits for the end of a task of Backstage. */
  async ends(task: string): Promise<TaskEvent['body'] & { status: string }> {
    let status = '';
    await until(`task ${task} ends`, async () => {
      ({ status } = (await (await this.send('GET', `scaffolder/v2/tasks/${task}`)).json()) as Task);
      return !['open', 'processing'].includes(status);
    });
    return { ...(await this.events(task)).findLast(({ type }) => type === 'completion')?.body, status };
  }

  /** Whether the catalog has a template. */
  async knows(name: string): Promise<boolean> {
    const answer = await this.send('GET', `catalog/entities/by-name/template/default/${name}`);
    await answer.body?.cancel();
    return answer.ok;
  }
}

/** Waits for something that nothing tells of. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
    await pause(100);
  }
}
