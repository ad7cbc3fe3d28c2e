/**
 * In the place of the service in tests of whatever calls it.
 *
 * @packageDocumentation
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the service got it. */
export interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What the service does with a request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** In the place of the service: answers what a test says, and remembers what it was asked. */
export class ServiceDouble {
  readonly seen: Seen[] = [];
  readonly #handlers = new Map<string, Handler>();
  #server: Server;
  #port = 0;

  private constructor() {
    this.#server = this.#create();
  }

  /** Starts one at a free port of this machine. */
  static async open(): Promise<ServiceDouble> {
    const double = new ServiceDouble();
    await double.start();
    return double;
  }

  /** Its address. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Answers such a request, whatever its query. */
  on(method: string, path: string, handler: Handler): void {
    this.#handlers.set(`${method} ${path}`, handler);
  }

  /** Answers with JSON. */
  answers(method: string, path: string, body: unknown, status = 200): void {
    this.on(method, path, (request, response) => {
      request.resume();
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }

  /** The last request. */
  get last(): Seen {
    const last = this.seen.at(-1);
    if (!last) throw new Error('the service was not asked anything');
    return last;
  }

  /** How many connections there are. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  }

  /** Comes up, at the same port as before. */
  async start(): Promise<void> {
    if (!this.#server.listening) this.#server = this.#create();
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Goes away, with all that is open. */
  async stop(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #create(): Server {
    return createServer((request, response) => {
      const { method = '', url = '', headers } = request;
      const seen: Seen = { method, url, headers, body: '' };
      this.seen.push(seen);
      request.on('data', (chunk: Buffer) => (seen.body += chunk.toString()));
      const handler = this.#handlers.get(`${method} ${url.split('?')[0]}`);
      if (handler) return handler(request, response);
      request.resume();
      const error = { error: { name: 'NotFoundError', message: 'not here' }, response: { statusCode: 404 } };
      return void response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(error));
    });
  }
}
