import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { forward, type ForwardRequest } from './forward';

/** Closes a connection when it is used a second time, as a server does that has just given it up. */
let server: Server;
let baseUrl: string;
let connections = 0;

before(async () => {
  server = createServer(socket => {
    connections += 1;
    let requests = 0;
    socket.on('error', () => undefined);
    socket.on('data', () => {
      requests += 1;
      if (requests > 1) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => void server.close());

async function ask(request: Partial<ForwardRequest> = {}): Promise<string> {
  const { signal } = new AbortController();
  const answer = await forward(baseUrl, { method: 'GET', path: '/api/x', headers: {}, signal, ...request });
  let body = '';
  for await (const chunk of answer.body) body += chunk;
  return body;
}

test('a connection that the service gave up meanwhile is replaced', async () => {
  assert.equal(await ask(), 'ok');
  assert.equal(await ask(), 'ok');
  assert.equal(connections, 2);
});

test('what must not be sent twice never goes over a connection that may be given up', async () => {
  assert.equal(await ask({ method: 'POST', body: Readable.from(['{}']) }), 'ok');
  assert.equal(await ask({ method: 'POST' }), 'ok');
});

test('a request that is not wanted any more is not sent', async () => {
  const before = connections;
  await assert.rejects(ask({ signal: AbortSignal.abort(new Error('enough')) }), /enough/);
  assert.equal(connections, before);
});
