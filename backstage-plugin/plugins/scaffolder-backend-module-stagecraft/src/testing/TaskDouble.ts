import { ServiceDouble } from '@stagecraft/backstage-plugin-stagecraft-node/testUtils';
import type { ServerResponse } from 'node:http';

const TASKS = '/api/scaffolder/v2/tasks';

/** An event, as the service would send it. */
export interface DoubleEvent {
  type: 'log' | 'completion' | 'cancelled' | 'recovered';
  body: {
    message?: string;
    stepId?: string;
    status?: string;
    output?: object;
    error?: { name: string; message: string };
  };
}

/** The task routes of the service, over HTTP: one task per key, whose events a test tells. */
export class TaskDouble {
  readonly #events: DoubleEvent[] = [];
  readonly #keys: string[] = [];
  readonly #streams = new Set<{ response: ServerResponse; after: number }>();
  /** What was asked, as `<who> <method> <what>`. */
  readonly calls: string[] = [];
  readonly bodies: unknown[] = [];
  readonly afters: number[] = [];
  /** Called on a request to cancel. */
  onCancel: () => void = () => undefined;

  private constructor(readonly service: ServiceDouble) {
    service.on('POST', TASKS, (request, response) => {
      const key = String(request.headers['idempotency-key']);
      if (!this.#keys.includes(key)) this.#keys.push(key);
      const id = `t${this.#keys.indexOf(key) + 1}`;
      this.#serve(id);
      this.#note(request.headers.authorization, 'create', request, () => answer(response, 201, { id }));
    });
  }

  static async open(): Promise<TaskDouble> {
    return new TaskDouble(await ServiceDouble.open());
  }

  /** The key of each task, in order. */
  get keys(): string[] {
    return [...this.#keys];
  }

  /** Something happens to the task. */
  tell(...events: DoubleEvent[]): void {
    this.#events.push(...events);
    this.#streams.forEach(stream => this.#send(stream));
  }

  /** Breaks what is open off, as a proxy or a restart would. */
  breakOff(): void {
    this.#streams.forEach(({ response }) => response.destroy());
    this.#streams.clear();
  }

  /** Answers a dry run. */
  tries(trial: object): void {
    this.service.on('POST', '/api/stagecraft/v1/dry-run', (request, response) => {
      this.#note(request.headers.authorization, 'try', request, () => answer(response, 200, trial));
    });
  }

  #serve(id: string): void {
    this.service.on('GET', `${TASKS}/${id}/eventstream`, (request, response) => {
      request.resume();
      this.calls.push(`${who(request.headers.authorization)} follow`);
      const after = Number(new URL(request.url ?? '', 'http://service').searchParams.get('after') ?? 0);
      this.afters.push(after);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      const stream = { response, after };
      this.#streams.add(stream);
      this.#send(stream);
    });
    this.service.on('POST', `${TASKS}/${id}/cancel`, (request, response) => {
      this.#note(request.headers.authorization, 'cancel', request, () => {
        answer(response, 200, { status: 'cancelled' });
        this.onCancel();
      });
    });
    this.service.on('POST', `${TASKS}/${id}/retry`, (request, response) => {
      this.#note(request.headers.authorization, 'retry', request, () => {
        answer(response, 201, { id });
        this.tell({ type: 'recovered', body: { message: 'again' } });
      });
    });
  }

  #note(token: string | undefined, what: string, request: NodeJS.ReadableStream, then: () => void): void {
    let text = '';
    request.on('data', chunk => (text += chunk));
    request.on('end', () => {
      this.calls.push(`${who(token)} ${what}`);
      if (text) this.bodies.push(JSON.parse(text));
      then();
    });
  }

  #send(stream: { response: ServerResponse; after: number }): void {
    for (const [index, event] of this.#events.entries()) {
      const id = index + 1;
      if (id <= stream.after) continue;
      stream.after = id;
      const data = { id, taskId: 't1', createdAt: '2026-01-01T00:00:00.000Z', ...event };
      stream.response.write(`event: ${event.type}\ndata: ${JSON.stringify(data)}\nid: ${id}\n\n`);
      if (event.type === 'completion') {
        stream.response.end();
        this.#streams.delete(stream);
        return;
      }
    }
  }
}

function who(authorization: string | undefined): string {
  return (authorization ?? '').replace(/^Bearer /, '');
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
