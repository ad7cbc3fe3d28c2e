// Backstage's HTTP API, for what a test prepares or looks up beside the pages.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from './stage.ts';

/** Who signs in: the guest of the stock provider, or a second user. */
export type Who = 'guest' | 'jane';

const PATIENCE_MS = 60_000;

/** The API as a user calls it. */
export class Api {
  private readonly url: string;
  private readonly token: string;

  private constructor(url: string, token: string) {
    this.url = url;
    this.token = token;
  }

  static async of(stage: Stage, who: Who = 'guest'): Promise<Api> {
    const provider = who === 'guest' ? 'guest' : 'colleague';
    const answer = await fetch(`${stage.url}/api/auth/${provider}/refresh`, { method: 'POST' });
    assert.equal(answer.status, 200);
    const { backstageIdentity } = (await answer.json()) as { backstageIdentity: { token: string } };
    return new Api(stage.url, backstageIdentity.token);
  }

  /** Sends a request to a plugin, such as `scaffolder/v2/tasks`. */
  async send(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.url}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Creates a task, and gives its id. */
  async create(template: string, values: object): Promise<string> {
    const answer = await this.send('POST', 'scaffolder/v2/tasks', {
      templateRef: `template:default/${template}`,
      values,
    });
    const text = await answer.text();
    assert.equal(answer.status, 201, text);
    return (JSON.parse(text) as { id: string }).id;
  }

  /** Waits until a task is in a state, and fails when it ended in another. */
  async reaches(task: string, state: string) {
    await until(`task ${task} is ${state}`, async () => {
      const answer = await this.send('GET', `scaffolder/v2/tasks/${task}`);
      if (!answer.ok) return false;
      const { status } = (await answer.json()) as { status: string };
      if (status !== state && !['open', 'processing'].includes(status)) {
        throw new Error(`task ${task} is ${status}, not ${state}`);
      }
      return status === state;
    });
  }

  /** Waits until the catalog has an entity, such as `component/default/orders`. */
  async knows(entity: string) {
    await until(`the catalog has ${entity}`, async () => {
      const answer = await this.send('GET', `catalog/entities/by-name/${entity}`);
      await answer.body?.cancel();
      return answer.ok;
    });
  }
}

/** Waits for something that nothing tells of. */
export async function until(what: string, holds: () => Promise<boolean>) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
    await pause(200);
  }
}
