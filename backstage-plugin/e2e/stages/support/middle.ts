// What may stand between Backstage and the service: a proxy, which on demand holds every answer back until it is whole.

import { createServer, request } from 'node:http';
import { pipeline } from 'node:stream';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** A proxy in front of one address. */
export class Middle {
  /** Whether answers are held back until they are whole, as some proxies do. */
  holdsBack = false;
  private readonly server: Server;

  private constructor(target: string) {
    this.server = createServer((asked, answer) => this.pass(target, asked, answer));
  }

  static async before(target: string, port: number): Promise<Middle> {
    const middle = new Middle(target);
    await new Promise<void>(done => middle.server.listen(port, '127.0.0.1', done));
    return middle;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }

  private pass(target: string, asked: IncomingMessage, answer: ServerResponse) {
    const onward = request(new URL(asked.url ?? '/', target), { method: asked.method, headers: asked.headers }, got => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      if (!this.holdsBack) {
        answer.flushHeaders();
        // What breaks off on one side breaks off on the other.
        pipeline(got, answer, () => undefined);
        return;
      }
      const held: Buffer[] = [];
      got.on('data', piece => held.push(piece));
      got.on('end', () => answer.end(Buffer.concat(held)));
      got.on('error', () => answer.destroy());
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  }
}
