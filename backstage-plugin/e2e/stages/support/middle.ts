// What may stand between Backstage and the service: a proxy, which on demand holds every answer back until it is whole.

import { createServer, request } from 'node:http';
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
        got.pipe(answer);
        return;
      }
      const held: Buffer[] = [];
      got.on('data', piece => held.push(piece));
      got.on('end', () => answer.end(Buffer.concat(held)));
    });
    // Whoever goes away takes the other side along.
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  }
}
