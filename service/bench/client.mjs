// The client of every measurement: Backstage's scaffolder API over HTTP, the same code for every server.
// It knows nothing of who answers; it turns every answer that is not the expected one into an error.

import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const API = '/api/scaffolder/v2';
const FINAL = ['completed', 'failed', 'cancelled', 'skipped'];

/** How long to wait before asking again: 2 % of the time already waited, within bounds, so that asking
 *  costs a slow server little and a fast one is still seen to the percent. */
export const pause = (waitedMs, leastMs, mostMs) => sleep(Math.min(mostMs, Math.max(leastMs, waitedMs * 0.02)));

/** Milliseconds on a clock that never goes back. */
export const now = () => performance.now();

export class Client {
  #port;
  #token;
  #agent = new http.Agent({ keepAlive: true, maxSockets: 128, timeout: 1500 });

  constructor(port, token) {
    this.#port = port;
    this.#token = token;
  }

  close() {
    this.#agent.destroy();
  }

  #open(method, path, body, agent = this.#agent) {
    const headers = { authorization: `Bearer ${this.#token}` };
    const payload = body === undefined ? undefined : JSON.stringify(body);
    if (payload !== undefined) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = Buffer.byteLength(payload);
    }
    return new Promise((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port: this.#port, method, path, headers, agent }, resolve);
      request.on('error', reject);
      request.end(payload);
    });
  }

  /** One request; resolves to `{status, body}`, with the body parsed when it is JSON. */
  async request(method, path, body) {
    const response = await this.#open(method, path, body);
    const chunks = [];
    for await (const chunk of response) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    try {
      return { status: response.statusCode, body: JSON.parse(text) };
    } catch {
      return { status: response.statusCode, body: text };
    }
  }

  async #expect(status, method, path, body) {
    const answer = await this.request(method, path, body);
    if (answer.status !== status) {
      throw new Error(`${method} ${path} answered ${answer.status}, not ${status}: ${JSON.stringify(answer.body).slice(0, 400)}`);
    }
    return answer.body;
  }

  /** True when the server already knows the template. A server that is still starting does not. */
  async serves(template) {
    const path = `${API}/templates/default/template/${template}/parameter-schema`;
    return (await this.request('GET', path)).status === 200;
  }

  async createTask(template, values) {
    const body = { templateRef: `template:default/${template}`, values };
    return (await this.#expect(201, 'POST', `${API}/tasks`, body)).id;
  }

  /** Asks for the task every 10 ms (later every 2 % of the time waited) until it is completed. */
  async completedByPolling(id) {
    const start = now();
    for (;;) {
      const { status } = await this.#expect(200, 'GET', `${API}/tasks/${id}`);
      if (status === 'completed') return;
      if (FINAL.includes(status)) throw new Error(`task \`${id}\` ended as ${status}: ${await this.#failure(id)}`);
      await pause(now() - start, 10, 250);
    }
  }

  async #failure(id) {
    const events = await this.#expect(200, 'GET', `${API}/tasks/${id}/events`);
    return JSON.stringify(events.find((event) => event.type === 'completion')?.body?.error ?? null);
  }

  /** Opens the task's event stream on a new connection, as a browser does, and returns when the
   *  `completion` event has arrived and says that nothing failed. */
  async completedByStream(id) {
    const response = await this.#open('GET', `${API}/tasks/${id}/eventstream`, undefined, false);
    if (response.statusCode !== 200) throw new Error(`the event stream of \`${id}\` answered ${response.statusCode}`);
    let text = '';
    try {
      response.setEncoding('utf8');
      for await (const chunk of response) {
        text += chunk;
        const frames = text.split(/\r?\n\r?\n/);
        text = frames.pop();
        const completion = frames.find((frame) => /^event: ?completion$/m.test(frame));
        if (completion === undefined) continue;
        const { body } = JSON.parse(/^data: ?(.*)$/m.exec(completion)[1]);
        if (body.error) throw new Error(`task \`${id}\` failed: ${JSON.stringify(body.error)}`);
        return;
      }
    } finally {
      response.destroy();
    }
    throw new Error(`the event stream of \`${id}\` ended without a completion event`);
  }

  /** How many tasks have reached each of the given states. */
  async countTasks(...states) {
    const query = states.map((state) => `status=${state}`).join('&');
    return (await this.#expect(200, 'GET', `${API}/tasks?${query}&limit=0`)).totalTasks;
  }

  async dryRun(template, values, files) {
    const directoryContents = files.map(({ path, content }) => ({
      path,
      base64Content: Buffer.from(content).toString('base64'),
    }));
    return this.#expect(200, 'POST', `${API}/dry-run`, { template, values, secrets: {}, directoryContents });
  }
}
